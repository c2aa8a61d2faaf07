import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';

/** An event as the commands use it. */
export interface StackEvent {
  readonly id: string;
  readonly time: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly resourceName: string;
  readonly status: string;
  readonly reason: string;
  readonly physicalId: string;
  /** True for an event of the stack itself. */
  readonly ofStack: boolean;
  readonly wire: JsonMap;
}

/** Reads an event of the API. */
export function toStackEvent(wire: JsonMap): StackEvent {
  const stack = stackOfLink(wire, 'stack');
  const physicalId = text(wire.physical_resource_id);
  const resourceName = text(wire.resource_name);
  return {
    id: text(wire.id),
    time: text(wire.event_time),
    stackName: stack.name,
    stackId: stack.id,
    resourceName,
    status: text(wire.resource_status),
    reason: text(wire.resource_status_reason),
    physicalId,
    ofStack: physicalId !== '' && physicalId === stack.id && resourceName === stack.name,
    wire: { ...wire, stack_name: stack.name },
  };
}

/** Name and id of the stack that a link of an event or resource points to. */
export function stackOfLink(item: JsonMap, rel: string): { name: string; id: string } {
  const links = Array.isArray(item.links) ? item.links : [];
  const link = links.find((entry) => isMap(entry) && entry.rel === rel);
  const href = isMap(link) && typeof link.href === 'string' ? link.href : '';
  const [name = '', id = ''] = (href.split('/stacks/')[1] ?? '').split('/');
  return { name: decodeURIComponent(name), id: decodeURIComponent(id) };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
