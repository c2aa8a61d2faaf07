import type { ResourceRecord } from '../model/records.js';
import { hasSecret, isMap, type JsonMap, revealed, Secret, sameValue, type ValueMap } from '../model/value.js';
import type { DesiredResource, DesiredStack, EvaluatedResource } from '../planning/desired.js';
import { evaluateResource } from '../planning/evaluate-resource.js';
import { evaluateWithLookups, LookupCache } from '../planning/lookups.js';
import type { KnownResource, StackScope } from '../planning/scope.js';
import { applyResource, throwIfInvalid } from './apply-resource.js';
import type { ChildStacks } from './child-stacks.js';
import type { ChildViews } from './child-view.js';
import { currentRecords } from './child-view.js';
import { ResourceFailure } from './failure.js';
import { addedRecords } from './initial-records.js';
import { createLookupSource } from './lookup-sources.js';
import { removeResource } from './remove-resource.js';
import type { Run } from './run.js';
import { skipResource } from './skip-resource.js';
import { knownByRecord, type StackLoader } from './stack-loader.js';
import { type WalkResult, walkGraph } from './walk-graph.js';
import { type WalkAction, walkResource } from './walk-resource.js';

/** What the phases of an operation share besides the run. */
export interface PhaseInput {
  readonly run: Run;
  readonly loader: StackLoader;
  readonly children: ChildStacks;
  readonly views: ChildViews;
}

/** What went wrong in a phase; nothing if `failures` is empty. */
export interface PhaseResult {
  readonly failures: readonly ResourceFailure[];
  readonly skipped: number;
}

/** Brings every resource of the template to what it is to be, each as soon as all that it needs is there. */
export async function applyPhase(input: PhaseInput, desired: DesiredStack): Promise<PhaseResult> {
  const { run, loader } = input;
  const names = desired.graph.names;
  const lookups = new LookupCache();
  const done = new Set<string>();
  const scope = loader.scope(run.stack, desired, (name) => known(run, desired, name, done), lookups);
  const source = createLookupSource(run.parts, run.stack, (name) => subject(run, desired, name), input.views);
  const restored = await snapshotResources(run);
  // CloudFormation tells of a resource only when it is begun.
  const added = run.stack.origin === 'heat' ? addedRecords(run.stack, desired, run.records, run.parts.clock.now()) : [];
  if (added.length > 0) run.recordSoon({ resources: added });
  const result = await walkGraph({
    requires: desired.graph.requires,
    concurrency: run.cloud.concurrency,
    workload: run.cloud.workload,
    isStopped: () => run.stopped !== undefined,
    visit: async (node, waiting) => {
      const resource = desired.resources.get(names[node] ?? '');
      if (!resource) return;
      if (skipResource(run, resource.name)) return void done.add(resource.name);
      const evaluate = () => evaluateWithLookups(() => checked(desired, resource, scope, restored), lookups, source);
      await applyResource({ run, resource, evaluate, children: input.children, waiting }).catch((error: unknown) => {
        run.noteFailure();
        throw error;
      });
      done.add(resource.name);
      lookups.forget(resource.name);
    },
  });
  return phaseResult(run, result);
}

function checked(
  desired: DesiredStack,
  resource: DesiredResource,
  scope: StackScope,
  restored: JsonMap,
): EvaluatedResource {
  const { evaluated, diagnostics } = evaluateResource(desired, resource, scope);
  throwIfInvalid(diagnostics);
  const snapshot = restored[resource.name];
  if (!resource.type.restore || !isMap(snapshot) || Object.keys(snapshot).length === 0) return evaluated;
  const properties = resource.type.restore(revealed(evaluated.properties) as JsonMap, snapshot as JsonMap);
  return { ...evaluated, properties: secretAgain(properties, evaluated.properties) };
}

/** Types see plain values; what was secret before is so again. */
function secretAgain(plain: JsonMap, before: ValueMap): ValueMap {
  return Object.fromEntries(
    Object.entries(plain).map(([name, value]) => {
      const known = before[name] ?? null;
      if (!hasSecret(known)) return [name, value];
      return [name, sameValue(revealed(known), value) ? known : new Secret(value)];
    }),
  );
}

/** What a snapshot that is being restored keeps of each resource. */
async function snapshotResources(run: Run): Promise<JsonMap> {
  const { snapshotId } = run.operation.options;
  if (run.operation.action !== 'RESTORE' || snapshotId === undefined) return {};
  const snapshot = await run.parts.store.reads.snapshot(snapshotId);
  const resources = (snapshot?.data.resources ?? {}) as JsonMap;
  return Object.fromEntries(
    Object.entries(resources).map(([name, entry]) => [name, revealed((entry as JsonMap).resource_data ?? null)]),
  );
}

function known(run: Run, desired: DesiredStack, name: string, done: ReadonlySet<string>): KnownResource {
  if (!desired.resources.has(name)) return { state: 'inactive' };
  if (!done.has(name)) return { state: 'pending' };
  return knownByRecord(desired, name, run.records.current(name));
}

function subject(run: Run, desired: DesiredStack, name: string) {
  const record = run.records.current(name);
  return record && { record, type: desired.resources.get(name)?.type };
}

/** Removes every record that no name of the template means any more, dependants first. */
export async function cleanupPhase(input: PhaseInput, doomed: readonly ResourceRecord[]): Promise<PhaseResult> {
  const { run, loader } = input;
  const hooks = run.desired?.resources;
  const result = await walkGraph({
    requires: removalOrder(doomed),
    concurrency: run.cloud.concurrency,
    workload: run.cloud.workload,
    isStopped: () => run.stopped !== undefined,
    // One resource that cannot be deleted is no reason to leave the others.
    keepGoing: true,
    visit: async (node, waiting) => {
      const record = doomed[node];
      if (!record) return;
      await removeResource({
        run,
        record: run.records.get(record.id) ?? record,
        type: await loader.typeOf(run.stack, record),
        children: input.children,
        hooks: hooks?.get(record.name)?.hooks ?? new Set(),
        waiting,
      });
    },
  });
  return phaseResult(run, result);
}

/** A record goes after all records that needed it, by what was written down when they were made. */
export function removalOrder(doomed: readonly ResourceRecord[]): number[][] {
  const byName = new Map<string, number[]>();
  const byId = new Map(doomed.map((record, index) => [record.id, index]));
  doomed.forEach((record, index) => {
    const named = byName.get(record.name);
    if (named) named.push(index);
    else byName.set(record.name, [index]);
  });
  const requires: number[][] = doomed.map(() => []);
  doomed.forEach((record, index) => {
    for (const needed of record.requires) {
      for (const other of byName.get(needed) ?? []) if (other !== index) requires[other]?.push(index);
    }
    // Of two records of one name the replacement goes first.
    const replaced = record.replaces === undefined ? undefined : byId.get(record.replaces);
    if (replaced !== undefined) requires[replaced]?.push(index);
  });
  return requires;
}

/** Records that are left over once every name of the template has its record. */
export function leftovers(run: Run): ResourceRecord[] {
  return run.records.all().filter((record) => !run.records.isCurrent(record));
}

/** Visits every resource in order, for actions that do not change what it is to be. */
export async function walkPhase(input: PhaseInput, action: WalkAction): Promise<PhaseResult> {
  const { run, loader } = input;
  const records = currentRecords(run.records.all());
  const order = action === 'SUSPEND' ? removalOrder(records) : creationOrder(records);
  const failures: { node: number; error: unknown }[] = [];
  const result = await walkGraph({
    requires: order,
    concurrency: run.cloud.concurrency,
    workload: run.cloud.workload,
    isStopped: () => run.stopped !== undefined,
    visit: async (node, waiting) => {
      const record = records[node];
      if (!record) return;
      const type = await loader.typeOf(run.stack, record);
      const visited = walkResource({ run, record, type, action, children: input.children, waiting });
      // A check looks at everything, also behind what it found broken.
      await (action === 'CHECK' ? visited.catch((error: unknown) => void failures.push({ node, error })) : visited);
    },
  });
  return phaseResult(run, { failures: [...failures, ...result.failures], skipped: result.skipped });
}

function creationOrder(records: readonly ResourceRecord[]): number[][] {
  const byName = new Map(records.map((record, index) => [record.name, index]));
  return records.map((record) =>
    record.requires.map((name) => byName.get(name)).filter((index): index is number => index !== undefined),
  );
}

function phaseResult(run: Run, { failures, skipped }: WalkResult): PhaseResult {
  return {
    skipped,
    failures: failures.map(({ error }) => {
      if (error instanceof ResourceFailure) return error;
      if (run.letsGo(error)) return new ResourceFailure([], 'StoreError', String(error), 1, '', undefined);
      run.parts.log('a step of an operation failed without saying which resource', {
        error: String(error),
        stack: error instanceof Error ? (error.stack ?? '') : '',
      });
      return new ResourceFailure(
        [],
        'Exception',
        error instanceof Error ? error.message : String(error),
        1,
        '',
        undefined,
        { cause: error },
      );
    }),
  };
}
