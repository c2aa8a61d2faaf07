import { ValidationError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import type { DesiredStack } from '../planning/desired.js';
import type { Run } from './run.js';

/**
 * Renames records as an update's `moved` mapping says, before anything is decided: a resource that only changed its
 * name is the same resource, and no driver is called. All renames are one write. A mapping that was carried out before
 * (its old name is gone) is passed over, so that it may stay in the environment.
 */
export async function moveRecords(run: Run, desired: DesiredStack): Promise<void> {
  const { moved } = run.operation.options;
  if (!moved) return;
  const changed: ResourceRecord[] = [];
  for (const [from, to] of Object.entries(moved)) {
    const records = run.records.named(from);
    if (records.length === 0) continue;
    const problem = problemOf(run, desired, from, to);
    // A rollback gives back the names that the template has; what has got its name since then goes.
    if (problem !== undefined && run.operation.action === 'ROLLBACK') continue;
    if (problem !== undefined) refuse(from, problem);
    for (const record of records) changed.push({ ...record, name: to });
  }
  if (changed.length === 0) return;
  const renamed = new Map(Object.entries(moved));
  const followers = run.records
    .all()
    .filter((record) => !changed.some((one) => one.id === record.id))
    .filter((record) => record.requires.some((name) => renamed.has(name)))
    .map((record) => ({ ...record, requires: record.requires.map((name) => renamed.get(name) ?? name) }));
  const withRequires = changed.map((record) => ({
    ...record,
    requires: record.requires.map((name) => renamed.get(name) ?? name),
  }));
  const children = await namedAnew(run, changed);
  await run.record({
    resources: [...withRequires, ...followers],
    ...(children.length > 0 ? { stacks: children } : {}),
  });
}

/** The stacks nested in renamed resources, which know the name of the resource that stands for them. */
async function namedAnew(run: Run, renamed: readonly ResourceRecord[]): Promise<StackRecord[]> {
  const children: StackRecord[] = [];
  for (const { childStackId, name } of renamed) {
    const child = childStackId === undefined ? undefined : await run.parts.store.reads.stack(childStackId);
    if (child) children.push({ ...child, parentResource: name });
  }
  return children;
}

function problemOf(run: Run, desired: DesiredStack, from: string, to: string): string | undefined {
  return !desired.resources.has(to)
    ? `cannot move "${from}" to "${to}": the template has no resource of that name`
    : desired.resources.has(from)
      ? `cannot move "${from}" to "${to}": the template still has "${from}"`
      : run.records.named(to).length > 0
        ? `cannot move "${from}" to "${to}": the stack has a resource of that name already`
        : undefined;
}

function refuse(from: string, problem: string): never {
  throw new ValidationError([
    { severity: 'error', code: 'invalid-environment', message: problem, path: ['moved', from] },
  ]);
}
