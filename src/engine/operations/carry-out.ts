import { EVENT_REASONS } from '../model/event-reasons.js';
import { newId } from '../model/ids.js';
import type { Intent, ResourceRecord } from '../model/records.js';
import { type Json, type JsonMap, revealed, type ValueMap } from '../model/value.js';
import type { DesiredResource, EvaluatedResource } from '../planning/desired.js';
import { metadataDigest } from '../planning/evaluate-resource.js';
import type { ChildStacks } from './child-stacks.js';
import { DriverCall, type Finished } from './driver-call.js';
import type { JournalEntry } from './journal.js';
import { closed, fail } from './record-failure.js';
import { awaitSignals, creationSignals, withoutSignals } from './resource-signals.js';
import type { Run } from './run.js';
import { sealed, secretTexts } from './seal-secrets.js';

/** What applying a resource needs besides the run. */
export interface ApplyInput {
  readonly run: Run;
  readonly resource: DesiredResource;
  /** Evaluates the declaration with what is known now; throws what evaluation throws. */
  readonly evaluate: () => Promise<EvaluatedResource>;
  readonly children: ChildStacks;
  readonly waiting: (isWaiting: boolean) => void;
}

/** Writes down what is about to be done; resolves when that is durable. */
export async function begin(
  run: Run,
  record: ResourceRecord,
  turn: { readonly action: 'CREATE' | 'UPDATE'; readonly intent: Intent; readonly evaluated: EvaluatedResource },
): Promise<ResourceRecord> {
  const { evaluated } = turn;
  const { record: next, entry } = run.changed(record, {
    action: turn.action,
    status: 'IN_PROGRESS',
    statusReason:
      isReplacement(run, record) && turn.action === 'CREATE' ? EVENT_REASONS.replacing : EVENT_REASONS.changed,
    intent: { ...turn.intent, declared: { metadata: evaluated.metadata, digest: evaluated.definitionDigest } },
    policies: evaluated.policies,
    requires: evaluated.requires,
    data: withoutSignals(record.data),
    // An update makes the record the one that stands for its name, whatever a failed replacement had in mind.
    ...(turn.action === 'CREATE' ? { metadata: evaluated.metadata } : { replacedBy: undefined }),
  });
  const replaced =
    isReplacement(run, record) && turn.action === 'CREATE' ? run.records.get(record.replaces ?? '') : undefined;
  await run.record(replaced?.physicalId === undefined ? entry : tellingOf(entry, replaced.physicalId));
  return next;
}

/** The event of a replacement still speaks of what is replaced. */
function tellingOf(entry: JournalEntry, physicalId: string): JournalEntry {
  return { ...entry, events: entry.events?.map((one) => ({ ...one, event: { ...one.event, physicalId } })) ?? [] };
}

/** CloudFormation's events tell replacements from first creations. */
function isReplacement(run: Run, record: ResourceRecord): boolean {
  return record.replaces !== undefined && run.stack.origin === 'cfn';
}

/** Carries an intent out and puts its result, or its failure, on record. */
export async function finish(
  input: ApplyInput,
  begun: ResourceRecord,
  evaluated: EvaluatedResource,
  act: (call: DriverCall) => Promise<Finished>,
): Promise<Finished> {
  const { run, resource } = input;
  const call = new DriverCall(run, resource.type, begun, input.waiting);
  try {
    const finished = await act(call);
    if (finished.state === 'done') {
      await awaitCreationSignals(input, begun, finished);
      // Waiting for a signal may have changed the record meanwhile; what the verb says goes on top of that.
      const latest = run.records.get(begun.id) ?? call.record;
      const { entry } = run.changed(latest, {
        status: 'COMPLETE',
        statusReason:
          isReplacement(run, begun) && begun.action === 'CREATE' ? EVENT_REASONS.replaced : EVENT_REASONS.changed,
        intent: begun.intent && closed(begun.intent),
        lost: undefined,
        tried: undefined,
        physicalId: finished.physicalId,
        reference: finished.reference,
        properties: evaluated.properties,
        attributes: sealed(finished.attributes, secretTexts(evaluated.properties)) as ValueMap,
        definitionDigest: evaluated.definitionDigest,
        data: finished.data ?? latest.data,
        metadata: finished.metadata ?? metadataAfter(resource, begun, latest, evaluated),
      });
      run.recordSoon(entry);
      if (finished.leaves !== undefined) leaveBehind(run, begun, finished.leaves);
    }
    return finished;
  } catch (error) {
    if (run.letsGo(error)) throw error;
    await call.giveUp();
    throw await fail(run, run.records.get(begun.id) ?? call.record, error);
  }
}

/** The old thing gets a record of its own: the clean-up deletes it, a rollback before that goes back to it. */
function leaveBehind(run: Run, { intent: _, ...begun }: ResourceRecord, physicalId: string): void {
  const old: ResourceRecord = {
    ...begun,
    id: newId(),
    seq: run.records.nextSeq(),
    status: 'COMPLETE',
    intent: undefined,
    physicalId,
    replacedBy: begun.id,
  };
  run.recordSoon({ resources: [old] });
}

/** What signals and deployments have put into the metadata stays until the template itself says something else. */
function metadataAfter(
  { type }: DesiredResource,
  begun: ResourceRecord,
  latest: ResourceRecord,
  evaluated: EvaluatedResource,
): Json {
  const isSame = metadataDigest(begun.definitionDigest) === metadataDigest(evaluated.definitionDigest);
  if (begun.action !== 'UPDATE' || isSame) return latest.metadata;
  const properties = revealed(evaluated.properties) as JsonMap;
  return type.mergedMetadata?.(latest.metadata, evaluated.metadata, properties) ?? evaluated.metadata;
}

/** A creation policy may want signals from the new resource before it counts as created. */
async function awaitCreationSignals(
  { run, waiting }: ApplyInput,
  begun: ResourceRecord,
  { physicalId, reference }: Extract<Finished, { state: 'done' }>,
): Promise<void> {
  const wanted = begun.action === 'CREATE' ? creationSignals(begun.policies.creation) : undefined;
  if (!wanted || wanted.count <= 0) return;
  // Who is to signal looks for the thing that it is: it is there already.
  await run.record({ resources: [{ ...(run.records.get(begun.id) ?? begun), physicalId, reference }] });
  waiting(true);
  try {
    await awaitSignals(run, begun.id, { ...wanted, since: begun.createdAt });
  } finally {
    waiting(false);
  }
}
