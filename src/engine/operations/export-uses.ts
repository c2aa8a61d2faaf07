import type { StackRecord } from '../model/records.js';
import { sameValue, Unknown, type Value } from '../model/value.js';
import type { DesiredStack } from '../planning/desired.js';
import { evaluateOutput } from '../planning/evaluate-output.js';
import { evaluateResource } from '../planning/evaluate-resource.js';
import { type Lookup, LookupCache } from '../planning/lookups.js';
import type { Store } from '../store/store.js';
import { EvaluationError } from '../template/expression.js';
import type { Run } from './run.js';
import type { StackLoader } from './stack-loader.js';

/** Remembers which exports were asked for; everything that would have to be looked up counts as unknown. */
class RecordingLookups extends LookupCache {
  readonly exports = new Set<string>();

  override take(lookup: Lookup): Value {
    if (lookup.kind === 'export') this.exports.add(lookup.name);
    return new Unknown([lookup.kind]);
  }
}

/** The names of all exports that a stack's template imports, as its parameters and conditions have it. */
export function importsOf(loader: StackLoader, stack: StackRecord, desired: DesiredStack): ReadonlySet<string> {
  if (!JSON.stringify(desired.template.processed).includes('ImportValue')) return new Set();
  const lookups = new RecordingLookups();
  const known = (name: string) =>
    desired.resources.has(name) ? ({ state: 'pending' } as const) : ({ state: 'inactive' } as const);
  const scope = loader.scope(stack, desired, known, lookups);
  const attempt = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      // What cannot be evaluated imports nothing that could be named.
      if (!(error instanceof EvaluationError)) throw error;
    }
  };
  for (const resource of desired.resources.values()) attempt(() => evaluateResource(desired, resource, scope));
  for (const output of desired.template.outputs.values()) attempt(() => evaluateOutput(output, scope));
  return lookups.exports;
}

/** The live stacks of a project and region that import an export, in order of their making. */
export async function importersOf(
  store: Store,
  loader: StackLoader,
  owner: Pick<StackRecord, 'projectId' | 'region'>,
  exportName: string,
): Promise<StackRecord[]> {
  const stacks = await store.lists.stacks(
    { projectId: owner.projectId, region: owner.region, nested: true },
    { sort: [{ column: 'created_at', descending: false }] },
  );
  const importers: StackRecord[] = [];
  for (const stack of stacks) {
    if (importsOf(loader, stack, await loader.desired(stack)).has(exportName)) importers.push(stack);
  }
  return importers;
}

/** An update may neither change nor drop an export that another stack imports. */
export async function refuseUsedExports(
  { parts, stack, operation }: Run,
  loader: StackLoader,
  values: readonly { readonly name: string; readonly body: string }[],
): Promise<void> {
  if (operation.action !== 'UPDATE') return;
  const before = await parts.store.db.selectFrom('exports').selectAll().where('stack_id', '=', stack.id).execute();
  for (const { name, body } of before) {
    const after = values.find((value) => value.name === name);
    const isSame =
      after && sameValue(parts.store.codec.decode<Value>(after.body), parts.store.codec.decode<Value>(body));
    if (isSame) continue;
    const importers = (await importersOf(parts.store, loader, stack, name)).filter((one) => one.id !== stack.id);
    const [first] = importers;
    if (!first) continue;
    const verb = after ? 'updated' : 'deleted';
    throw new EvaluationError(
      `Export ${name} cannot be ${verb} as it is in use by ${importers.map((one) => one.name).join(', ')}`,
    );
  }
}
