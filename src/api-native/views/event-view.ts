import type { StackRecord } from '../../engine/model/records.js';
import { joinStatus } from '../../engine/model/status.js';
import type { JsonMap } from '../../engine/model/value.js';
import type { EventView } from '../../engine/stacks/requests.js';
import { type Links, link } from '../links.js';
import { isoTime } from './time.js';

/** An event in a list; `root` is the stack whose nested events were asked for. */
export function eventSummary(links: Links, { event, stack }: EventView, root?: StackRecord): JsonMap {
  return {
    id: event.id,
    links: [
      link(links.event(stack, event.resourceName, event.id)),
      link(links.resource(stack, event.resourceName), 'resource'),
      link(links.stack(stack), 'stack'),
      ...(root === undefined ? [] : [link(links.stack(root), 'root_stack')]),
    ],
    event_time: isoTime(event.createdAt),
    resource_name: event.resourceName,
    logical_resource_id: event.resourceName,
    resource_status: joinStatus(event.action, event.status),
    resource_status_reason: event.reason,
    physical_resource_id: event.physicalId ?? null,
  };
}

/** An event alone. */
export function eventDetail(links: Links, view: EventView): JsonMap {
  return {
    ...eventSummary(links, view),
    resource_type: view.event.resourceType,
    resource_properties: view.event.properties ?? {},
  };
}
