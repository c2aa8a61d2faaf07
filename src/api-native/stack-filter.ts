import type { StackRecord } from '../engine/model/records.js';
import { stackUserProjectId } from '../engine/operations/abandon-data.js';
import type { StackFilter, StackSortKey } from '../engine/stacks/requests.js';
import { valueError } from './api-error.js';
import type { Query } from './query.js';
import { readTags } from './values.js';

const SORT_KEYS: { readonly [name: string]: StackSortKey } = {
  stack_name: 'name',
  stack_status: 'status',
  creation_time: 'createdAt',
  updated_time: 'updatedAt',
};

/** What a listing asks for. */
export interface StackListing {
  readonly filter: StackFilter;
  /** Filters that the engine does not know: applied to what it gives. */
  readonly matches: ((stack: StackRecord) => boolean) | undefined;
}

/** Reads the sort direction; Heat's engine refuses others with a bare ValueError. */
export function readDescending(query: Query): boolean | undefined {
  const direction = query.text('sort_dir');
  if (direction === undefined) return undefined;
  if (!/^(asc|desc)(-nullsfirst|-nullslast)?$/.test(direction)) throw valueError();
  return direction.startsWith('desc');
}

function readSort(query: Query): StackFilter['sort'] {
  const descending = readDescending(query);
  const keys = (query.all('sort_keys') ?? []).flatMap((name) => SORT_KEYS[name] ?? []);
  if (keys.length > 0) return keys.map((key) => ({ key, descending: descending ?? false }));
  return [{ key: 'createdAt', descending: descending ?? true }];
}

/** `COMPLETE`, or `CREATE_COMPLETE`, which then filters the action too. */
function splitStatuses(values: readonly string[]): { statuses: string[]; actions: string[] } {
  const parts = values.map(
    (value) => /^(?:([A-Z]+)_)?(IN_PROGRESS|COMPLETE|FAILED)$/.exec(value) ?? [value, undefined, value],
  );
  return {
    statuses: [...new Set(parts.map((part) => part[2] ?? ''))],
    actions: [...new Set(parts.flatMap((part) => part[1] ?? []))],
  };
}

const lowerText = (value: unknown): string => String(value).toLowerCase();

/** Filters by columns that the engine's own filter leaves out. */
const OTHER_FILTERS: { readonly [name: string]: (stack: StackRecord, value: string) => boolean } = {
  tenant: (stack, value) => stack.projectId === value,
  stack_status_reason: (stack, value) => stack.statusReason === value,
  disable_rollback: (stack, value) => lowerText(stack.disableRollback) === lowerText(value),
  timeout_mins: (stack, value) => String(stack.timeoutMins ?? '') === value,
  stack_user_project_id: (stack, value) => stackUserProjectId(stack) === value,
};

function readMatches(query: Query): StackListing['matches'] {
  const asked = Object.keys(OTHER_FILTERS).flatMap((name) => {
    const values = query.all(name);
    return values === undefined ? [] : [{ test: OTHER_FILTERS[name], values }];
  });
  if (asked.length === 0) return undefined;
  return (stack) => asked.every(({ test, values }) => values.some((value) => test?.(stack, value)));
}

function readTagFilter(query: Query, all: string, any: string): StackFilter['tags'] {
  const tags = query.text(all);
  const anyTags = query.text(any);
  if (tags === undefined && anyTags === undefined) return undefined;
  return {
    ...(tags === undefined ? {} : { all: readTags(tags) }),
    ...(anyTags === undefined ? {} : { any: readTags(anyTags) }),
  };
}

/** Reads everything that `GET /stacks` understands; unknown names are left alone, as Heat does. */
export function readStackListing(query: Query, allProjects: boolean): StackListing {
  const either = (...names: string[]): string[] | undefined => {
    const values = names.flatMap((name) => query.all(name) ?? []);
    return values.length === 0 ? undefined : values;
  };
  const { statuses, actions } = splitStatuses(either('stack_status', 'status') ?? []);
  const allActions = [...(either('stack_action', 'action') ?? []), ...actions];
  const tags = readTagFilter(query, 'tags', 'tags_any');
  const notTags = readTagFilter(query, 'not_tags', 'not_tags_any');
  const limit = query.integer('limit');
  const filter: { -readonly [key in keyof StackFilter]: StackFilter[key] | undefined } = {
    ids: either('id'),
    names: either('stack_name', 'name'),
    statuses: statuses.length === 0 ? undefined : statuses,
    actions: allActions.length === 0 ? undefined : allActions,
    userName: either('stack_owner', 'username'),
    ownerIds: either('parent', 'owner_id'),
    tags,
    notTags,
    showDeleted: query.boolean('show_deleted'),
    showNested: query.boolean('show_nested'),
    showHidden: query.boolean('show_hidden'),
    allProjects: allProjects || undefined,
    limit: limit === 0 ? undefined : limit,
    marker: query.text('marker'),
    sort: readSort(query),
  };
  return { filter: withoutUndefined(filter), matches: readMatches(query) };
}

function withoutUndefined(filter: { [key in keyof StackFilter]: StackFilter[key] | undefined }): StackFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
