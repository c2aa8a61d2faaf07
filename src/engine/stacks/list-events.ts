import { NotFoundError } from '../model/errors.js';
import type { StackRecord } from '../model/records.js';
import type { EventQuery } from '../store/lists.js';
import type { Caller, EventFilter, EventView } from './requests.js';
import { ownStack, type ServiceParts } from './service-parts.js';

const COLUMNS = { createdAt: 'created_at', resourceType: 'resource_type', resourceName: 'resource_name' } as const;

/** Events of a stack, of its nested stacks too as deep as is asked for. */
export async function listEvents(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  filter: EventFilter,
): Promise<EventView[]> {
  const stack = await ownStack(parts, caller, stackId, { deleted: true });
  const stacks = await stacksWithin(parts, stack, filter.nestedDepth ?? 0);
  const marker = filter.marker === undefined ? undefined : await parts.store.reads.event(filter.marker);
  const query: EventQuery = {
    stackIds: [...stacks.keys()],
    operationId: filter.operationId,
    resourceNames: filter.resourceName === undefined ? filter.resourceNames : [filter.resourceName],
    resourceTypes: filter.resourceTypes,
    actions: filter.actions,
    statuses: filter.statuses,
    ids: filter.eventIds,
    physicalIds: filter.physicalIds,
    descending: filter.descending,
    limit: filter.limit,
    // Sequence numbers are in time order, so a page by time begins where the marker's event stands.
    sortColumns: filter.sortKeys?.filter((key) => key !== 'createdAt').map((key) => COLUMNS[key]),
    afterSeq: marker && !filter.descending ? marker.seq : filter.afterSeq,
    beforeSeq: marker && filter.descending ? marker.seq : undefined,
  };
  const events = await parts.store.lists.events(query);
  return events.map((event) => ({ event, stack: stacks.get(event.stackId) ?? stack }));
}

async function stacksWithin(
  parts: ServiceParts,
  stack: StackRecord,
  depth: number,
): Promise<ReadonlyMap<string, StackRecord>> {
  const found = new Map([[stack.id, stack]]);
  let level = [stack];
  for (let below = depth; below > 0 && level.length > 0; below--) {
    const next: StackRecord[] = [];
    for (const parent of level) next.push(...(await parts.store.reads.children(parent.id)));
    for (const child of next) found.set(child.id, child);
    level = next;
  }
  return found;
}

/** One event of a resource. */
export async function showEvent(
  parts: ServiceParts,
  caller: Caller,
  stackId: string,
  resource: string,
  eventId: string,
): Promise<EventView> {
  const stack = await ownStack(parts, caller, stackId, { deleted: true });
  const event = await parts.store.reads.event(eventId);
  if (event?.stackId !== stack.id || event.resourceName !== resource) {
    throw new NotFoundError('Event', eventId, `No event ${eventId} found`);
  }
  return { event, stack };
}
