import type { JsonMap } from '../../engine/model/value.js';
import { type StackEvent, stackOfLink } from '../heat/stack-event.js';

/** What is known of one resource while an operation runs. */
export interface ResourceProgress {
  readonly name: string;
  readonly stackId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  /** The stack inside it, if it has one. */
  readonly physicalId: string;
  readonly isNested: boolean;
  /** When it began to be worked on in this operation; times are in milliseconds. */
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** All that the progress display knows; a value, changed only by the functions here. */
export interface ProgressState {
  readonly rootName: string;
  readonly rootId: string;
  readonly status: string;
  readonly startedAt: number;
  /** By `stack id/resource name`, in order of first sight. */
  readonly resources: ReadonlyMap<string, ResourceProgress>;
}

/** Nothing seen yet. */
export function emptyProgress(rootName: string, rootId: string, startedAt: number): ProgressState {
  return { rootName, rootId, status: '', startedAt, resources: new Map() };
}

/** Takes over what a resource list (with nested ones) tells; it adds what no event has spoken of yet. */
export function applyResources(state: ProgressState, items: readonly JsonMap[]): ProgressState {
  const resources = new Map(state.resources);
  for (const item of items) {
    const stackId = stackOfLink(item, 'stack').id || state.rootId;
    const name = String(item.resource_name ?? '');
    const key = `${stackId}/${name}`;
    const known = resources.get(key);
    const isNested = stackOfLink(item, 'nested').id !== '';
    const fromList: ResourceProgress = {
      name,
      stackId,
      type: String(item.resource_type ?? ''),
      status: String(item.resource_status ?? ''),
      reason: String(item.resource_status_reason ?? ''),
      physicalId: String(item.physical_resource_id ?? ''),
      isNested,
    };
    if (known === undefined) {
      resources.set(key, fromList);
      continue;
    }
    // Events carry the times; a list read a moment earlier must not take a status back.
    const physicalId = known.physicalId || fromList.physicalId;
    resources.set(key, { ...known, type: fromList.type, physicalId, isNested: known.isNested || isNested });
  }
  return { ...state, resources };
}

/** Takes over new events, oldest first. */
export function applyEvents(state: ProgressState, events: readonly StackEvent[], receivedAt: number): ProgressState {
  if (events.length === 0) return state;
  const resources = new Map(state.resources);
  const nestedIds = new Set<string>();
  let status = state.status;
  for (const event of events) {
    if (event.ofStack) {
      if (event.stackId === state.rootId) status = event.status;
      else nestedIds.add(event.stackId);
      continue;
    }
    const key = `${event.stackId}/${event.resourceName}`;
    const known = resources.get(key);
    const at = eventTime(event, receivedAt);
    const isBusy = event.status.endsWith('IN_PROGRESS');
    const startedAt = isBusy ? at : (known?.startedAt ?? at);
    resources.set(key, {
      name: event.resourceName,
      stackId: event.stackId,
      type: known?.type ?? '',
      status: event.status,
      reason: event.reason,
      physicalId: event.physicalId || (known?.physicalId ?? ''),
      isNested: known?.isNested ?? false,
      startedAt,
      ...(isBusy ? {} : { endedAt: Math.max(at, startedAt) }),
    });
  }
  if (nestedIds.size > 0) {
    for (const [key, resource] of resources) {
      if (!resource.isNested && nestedIds.has(resource.physicalId)) resources.set(key, { ...resource, isNested: true });
    }
  }
  return { ...state, status, resources };
}

/** Event times have whole seconds; the moment of arrival is finer while the event is fresh. */
function eventTime(event: StackEvent, receivedAt: number): number {
  const at = Date.parse(event.time);
  return Number.isNaN(at) || Math.abs(receivedAt - at) < 2000 ? receivedAt : at;
}

/** How many resources are in which phase; nested stacks count by their members. */
export interface ProgressCounts {
  readonly total: number;
  readonly done: number;
  readonly busy: number;
  readonly failed: number;
  readonly waiting: number;
}

/** True if the operation that runs has settled this resource. */
export function isSettled(resource: ResourceProgress): boolean {
  return resource.endedAt !== undefined;
}

export function countProgress(state: ProgressState): ProgressCounts {
  let done = 0;
  let busy = 0;
  let failed = 0;
  let total = 0;
  for (const resource of state.resources.values()) {
    total += 1;
    if (resource.status.endsWith('FAILED') && isSettled(resource)) failed += 1;
    else if (isSettled(resource)) done += 1;
    else if (resource.status.endsWith('IN_PROGRESS')) busy += 1;
  }
  return { total, done, busy, failed, waiting: total - done - busy - failed };
}

/**
 * Milliseconds that are left, judged by the rate so far; undefined until enough is known: some resources done, and
 * two seconds gone by.
 */
export function estimateLeftMs(state: ProgressState, now: number): number | undefined {
  const { total, done, failed } = countProgress(state);
  const elapsed = now - state.startedAt;
  const settled = done + failed;
  if (settled < 3 || settled >= total || elapsed < 2000) return undefined;
  return ((total - settled) * elapsed) / settled;
}

/** True if there are members of a stack of which it is not known yet where in the tree it belongs. */
export function hasStrayMembers(state: ProgressState): boolean {
  const homes = new Set([state.rootId]);
  for (const resource of state.resources.values()) homes.add(resource.physicalId);
  for (const resource of state.resources.values()) if (!homes.has(resource.stackId)) return true;
  return false;
}
