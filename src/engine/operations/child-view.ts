import type { ChildMember, ChildView } from '../drivers/resource-type.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { type Json, type JsonMap, masked, revealed } from '../model/value.js';
import type { EvaluatedOutput } from '../planning/evaluate-output.js';
import { identityOf, stackArn } from '../planning/stack-identity.js';
import type { EngineParts } from './engine-parts.js';
import { readAttribute } from './lookup-sources.js';
import type { StackLoader } from './stack-loader.js';

/** Shows child stacks to the types that compose them. */
export interface ChildViews {
  /** undefined if there is no such stack (any more). */
  view(stackId: string): Promise<ChildView | undefined>;
  /** Works the outputs of a stack out while its records are at hand: a group of thousands is asked for all of them at once. */
  keepOutputs(stack: StackRecord): Promise<void>;
}

/** @param records the records of a stack as they are now, running operations included. */
export function createChildViews(
  parts: EngineParts,
  loader: StackLoader,
  records: (stackId: string) => Promise<readonly ResourceRecord[]>,
): ChildViews {
  const current = async (stackId: string) => currentRecords(await records(stackId));
  const plainOutputs = (stack: StackRecord) =>
    parts.store.reads.derived(stack.id, async () => {
      const value = await loader.plainOutputs(stack, await current(stack.id));
      return { value, keep: value !== undefined };
    });
  const views: ChildViews = {
    async view(stackId) {
      const stack = await parts.store.reads.stack(stackId);
      if (!stack || stack.deletedAt !== undefined) return undefined;
      let read: Promise<ReadonlyMap<string, ResourceRecord>> | undefined;
      const all = () => {
        read ??= current(stackId).then((found) => new Map(found.map((record) => [record.name, record])));
        return read;
      };
      let worked: Promise<readonly EvaluatedOutput[]> | undefined;
      const outputs = () => {
        worked ??= plainOutputs(stack).then(
          async (plain) => plain ?? loader.outputs(stack, [...(await all()).values()], views),
        );
        return worked;
      };
      return {
        stackId,
        stackName: stack.name,
        arn: stackArn(identityOf(stack)),
        ...(stack.parentResource === undefined ? {} : { resourceName: stack.parentResource }),
        members: async () => [...(await all()).values()].map(memberOf),
        async outputError(name) {
          const found = (await outputs()).find((output) => output.name === name);
          return found?.error && `Error in ${stack.parentResource} output ${name}: ${found.error}`;
        },
        async outputs() {
          return Object.fromEntries(
            (await outputs()).map(({ name, value }): [string, Json] => [
              name,
              value === undefined ? null : revealed(value),
            ]),
          );
        },
        async memberAttribute(member, attribute, path) {
          const record = (await all()).get(member);
          if (!record) return null;
          const type = await loader.typeOf(stack, record);
          return revealed(await readAttribute(parts, stack, { record, type }, attribute, path, views));
        },
      };
    },
    async keepOutputs(stack) {
      await plainOutputs(stack);
    },
  };
  return views;
}

/** One record per name: the one that stands for it. */
export function currentRecords(all: readonly ResourceRecord[]): ResourceRecord[] {
  const byName = new Map<string, ResourceRecord>();
  for (const record of all) {
    const before = byName.get(record.name);
    const isOnItsWayOut = record.replacedBy !== undefined || record.action === 'DELETE';
    if (!before || !isOnItsWayOut) byName.set(record.name, record);
  }
  return [...byName.values()];
}

/** A resource as the type that composes its stack sees it. */
export function memberOf(record: ResourceRecord): ChildMember {
  return {
    name: record.name,
    uuid: record.id,
    type: record.type,
    physicalId: record.physicalId,
    reference: record.reference ?? record.physicalId ?? null,
    status: `${record.action}_${record.status}`,
    createdAt: record.createdAt,
    properties: masked(record.properties) as JsonMap,
  };
}
