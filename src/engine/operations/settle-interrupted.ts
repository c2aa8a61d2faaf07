import type { Progress, ResourceContext, ResourceRef } from '../drivers/resource-type.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import { type JsonMap, revealed } from '../model/value.js';
import type { DesiredResource, EvaluatedResource } from '../planning/desired.js';
import { type ApplyInput, finish } from './carry-out.js';
import { progressOf } from './driver-call.js';
import { ResourceFailure } from './failure.js';
import { findMade } from './find-made.js';

/**
 * An intent that a crash has left open is carried to its end first: a create is looked for by its token, everything
 * else is idempotent for it. After that the record is one that can be decided on.
 */
export async function settleInterrupted(input: ApplyInput, record: ResourceRecord): Promise<void> {
  const { run, resource, children } = input;
  const { intent } = record;
  if (intent?.verb === 'check' && record.action === 'ADOPT' && record.status === 'IN_PROGRESS') {
    // Taking over only looks: it begins again.
    run.records.put({ ...record, action: 'INIT', status: 'COMPLETE', physicalId: undefined });
    return;
  }
  if (!intent || record.status !== 'IN_PROGRESS' || (intent.verb !== 'create' && intent.verb !== 'update')) return;
  if (record.type !== resource.typeName) return;
  run.records.settle(record);
  const desired = revealed(intent.desired ?? {}) as JsonMap;
  const evaluated: EvaluatedResource = {
    properties: intent.desired ?? {},
    metadata: intent.declared?.metadata ?? record.metadata,
    policies: record.policies,
    requires: record.requires,
    definitionDigest: intent.declared?.digest ?? record.definitionDigest,
    externalId: undefined,
  };
  const before = revealed(record.properties) as JsonMap;
  const changed = Object.keys({ ...before, ...desired });
  try {
    await finish(input, record, evaluated, async (call) => {
      if (resource.type.composed) {
        return intent.verb === 'create'
          ? children.create(run, resource, call.record, desired, input.waiting)
          : children.update(run, resource, call.record, desired, input.waiting);
      }
      return call.carryOut((ctx, ref) => recover(resource, intent, ctx, ref, { before, after: desired, changed }));
    });
  } catch (error) {
    // What an older operation has begun may fail: the decision that follows deals with it like with any other failure.
    if (!(error instanceof ResourceFailure) || run.letsGo(error) || intent.operationId === run.operation.id)
      throw error;
  }
}

async function recover(
  { type }: DesiredResource,
  intent: Intent,
  ctx: ResourceContext,
  ref: ResourceRef,
  change: { readonly before: JsonMap; readonly after: JsonMap; readonly changed: readonly string[] },
): Promise<Progress> {
  if (intent.verb === 'update') {
    return (await type.update?.(ctx, ref, change)) ?? { state: 'replace', why: 'it cannot be updated' };
  }
  const made = await findMade(type, ctx, change.after);
  return (made && progressOf(made)) ?? type.create(ctx, change.after);
}
