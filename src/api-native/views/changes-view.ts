import type { ResourceRecord, StackRecord } from '../../engine/model/records.js';
import { type JsonMap, masked } from '../../engine/model/value.js';
import type { ChangeView } from '../../engine/stacks/requests.js';
import type { StackPlace } from '../links.js';
import type { RequestContext } from '../request-context.js';
import { engineResource, plannedResource } from './engine-resource.js';
import { isoTime } from './time.js';

type Bucket = 'unchanged' | 'updated' | 'replaced' | 'added' | 'deleted';

/** Heat knows no half-certain changes: what may be is told as if it were. */
const BUCKETS: { readonly [action in ChangeView['action']]: Bucket } = {
  create: 'added',
  import: 'added',
  update: 'updated',
  move: 'updated',
  'may-update': 'updated',
  replace: 'replaced',
  'may-replace': 'replaced',
  delete: 'deleted',
  retain: 'deleted',
  none: 'unchanged',
};

/** Heat counts what has a record and was never made to what stays. */
function bucketOf({ action, record }: ChangeView): Bucket {
  return action === 'create' && record !== undefined ? 'unchanged' : BUCKETS[action];
}

/** What an update would do, sorted into Heat's five lists. */
export async function changesView(
  context: RequestContext,
  stack: StackRecord,
  changes: readonly ChangeView[],
  showNested: boolean,
): Promise<{ [bucket in Bucket]: JsonMap[] }> {
  const buckets: { [bucket in Bucket]: JsonMap[] } = {
    unchanged: [],
    updated: [],
    replaced: [],
    added: [],
    deleted: [],
  };

  async function visit(place: StackPlace, list: readonly ChangeView[], parent: string | undefined): Promise<void> {
    for (const change of list) {
      const nested = await nestedStack(context, change.record);
      buckets[bucketOf(change)].push(changeView(context, place, change, parent, nested));
      if (!showNested || change.nested === undefined) continue;
      const below = nested ?? { projectId: place.projectId, name: `${place.name}-${change.name}`, id: 'None' };
      await visit(below, change.nested, change.name);
    }
  }

  await visit(stack, changes, undefined);
  return buckets;
}

async function nestedStack(
  context: RequestContext,
  record: ResourceRecord | undefined,
): Promise<StackRecord | undefined> {
  if (record?.childStackId === undefined) return undefined;
  return context.deps.stacks.find(context.caller, record.childStackId);
}

/** What stays or comes is shown as the new template has it; what changes or goes, as it is now. */
function changeView(
  { deps }: RequestContext,
  stack: StackPlace,
  change: ChangeView,
  parent: string | undefined,
  nested: StackRecord | undefined,
): JsonMap {
  const { record, preview } = change;
  const bucket = bucketOf(change);
  if (record === undefined || bucket === 'unchanged' || bucket === 'added') {
    const planned = preview ?? {
      name: change.name,
      type: change.type,
      metadata: record?.metadata ?? {},
      requiredBy: [],
      description: undefined,
    };
    return plannedResource(deps.catalogue, stack, planned, parent);
  }
  return engineResource(deps.catalogue, stack, {
    name: record.name,
    type: record.type,
    createdAt: isoTime(record.createdAt),
    updatedAt: isoTime(record.updateBegunAt ?? record.createdAt),
    physicalId: record.physicalId,
    action: record.action,
    status: record.status,
    reason: record.statusReason,
    requiredBy: preview?.requiredBy ?? [],
    ...(nested === undefined ? {} : { nested }),
    parentResource: parent,
    description: preview?.description,
    metadata: record.metadata,
    attributes: masked(record.attributes) as JsonMap,
  });
}
