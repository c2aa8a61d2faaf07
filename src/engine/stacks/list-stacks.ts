import type { StackRecord } from '../model/records.js';
import type { StackQuery, StackSortColumn } from '../store/lists.js';
import type { Caller, StackFilter, StackSortKey } from './requests.js';
import type { ServiceParts } from './service-parts.js';

const COLUMNS: { readonly [key in StackSortKey]: StackSortColumn } = {
  name: 'name',
  status: 'status',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};

/** The stacks that a filter lets through, a page at a time, newest first unless asked otherwise. */
export async function listStacks(parts: ServiceParts, caller: Caller, filter: StackFilter): Promise<StackRecord[]> {
  const sort = filter.sort ?? [{ key: 'createdAt' as const, descending: true }];
  return parts.store.lists.stacks(toQuery(parts, caller, filter), {
    limit: filter.limit,
    marker: filter.marker,
    sort: sort.map(({ key, descending }) => ({ column: COLUMNS[key], descending })),
  });
}

export async function countStacks(parts: ServiceParts, caller: Caller, filter: StackFilter): Promise<number> {
  return parts.store.lists.countStacks(toQuery(parts, caller, filter));
}

function toQuery({ hiddenTag }: ServiceParts, caller: Caller, filter: StackFilter): StackQuery {
  const hidden = filter.showHidden ? [] : [hiddenTag];
  return {
    projectId: filter.allProjects ? undefined : caller.projectId,
    region: caller.origin === 'cfn' ? caller.region : undefined,
    ids: filter.ids,
    names: filter.names,
    actions: filter.actions,
    statuses: filter.statuses,
    userNames: filter.userName,
    ownerIds: filter.ownerIds,
    tagsAll: filter.tags?.all,
    tagsAny: filter.tags?.any,
    notTagsAll: filter.notTags?.all,
    notTagsAny: [...(filter.notTags?.any ?? []), ...hidden],
    deleted: filter.showDeleted,
    nested: filter.showNested,
  };
}
