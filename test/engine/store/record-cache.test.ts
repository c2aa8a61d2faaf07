import type { ResourceRecord, StackRecord } from '../../../src/engine/model/records.js';
import type { Reads } from '../../../src/engine/store/reads.js';
import { RecordCache } from '../../../src/engine/store/record-cache.js';
import { fakeResource, fakeStack } from '../../helpers/fake-stacks.js';

/** Rows that can be changed behind the cache's back, and how often they were read. */
function rows() {
  const state = {
    stack: fakeStack() as StackRecord | undefined,
    resources: [fakeResource()] as ResourceRecord[],
    reads: 0,
  };
  const reads = {
    stack: async () => {
      state.reads++;
      return state.stack;
    },
    resources: async () => {
      state.reads++;
      return [...state.resources];
    },
  } as unknown as Reads;
  const cache = new RecordCache();
  return { state, cache, reads: cache.over(reads) };
}

const ID = fakeStack().id;

test('what was read is not read again until it is written', async () => {
  const { state, cache, reads } = rows();
  await reads.stack(ID);
  await reads.resources(ID);
  await reads.stack(ID);
  await reads.resources(ID);
  expect(state.reads).toBe(2);
  const changed = fakeStack({ status: 'FAILED' });
  await cache.writing({ stacks: [changed] }, async () => {
    state.stack = changed;
  });
  expect(await reads.stack(ID)).toBe(changed);
});

test.each([
  ['a changed resource', (resource: ResourceRecord) => ({ resources: [resource] })],
  ['a removed resource', (resource: ResourceRecord) => ({ removedResources: [resource.id] })],
])('%s is seen at once', async (_case, setOf) => {
  const { state, cache, reads } = rows();
  const [resource] = await reads.resources(ID);
  await cache.writing(setOf(resource as ResourceRecord), async () => {
    state.resources = [];
  });
  expect(await reads.resources(ID)).toEqual([]);
});

test('what is read while a write is under way does not outlive it', async () => {
  const { state, cache, reads } = rows();
  await cache.writing({ stacks: [fakeStack()] }, async () => {
    await reads.stack(ID);
    state.stack = undefined;
  });
  expect(await reads.stack(ID)).toBeUndefined();
});

test('a failed write does not leave what was never written', async () => {
  const { state, cache, reads } = rows();
  await reads.stack(ID);
  await expect(cache.writing({ stacks: [fakeStack()] }, async () => Promise.reject(new Error('full')))).rejects.toThrow(
    'full',
  );
  expect(await reads.stack(ID)).toBe(state.stack);
});

test('callers cannot change what is kept', async () => {
  const { reads } = rows();
  (await reads.resources(ID)).pop();
  expect(await reads.resources(ID)).toHaveLength(1);
});

test('stacks with very many resources are not kept', async () => {
  const { state, reads } = rows();
  state.resources = Array.from({ length: 6000 }, (_, index) => fakeResource({ id: `r${index}` }));
  await reads.resources(ID);
  await reads.resources(ID);
  expect(state.reads).toBe(2);
});

test('of many stacks only those are read that are not kept', async () => {
  const asked: (readonly string[])[] = [];
  const stored = new Map(['a', 'b', 'c'].map((id) => [id, fakeStack({ id })]));
  const reads = new RecordCache().over({
    stack: async (id: string) => stored.get(id),
    stacks: async (ids: readonly string[]) => {
      asked.push(ids);
      return ids.flatMap((id) => stored.get(id) ?? []);
    },
  } as unknown as Reads);
  await reads.stack('b');
  expect((await reads.stacks(['a', 'b', 'gone'])).map(({ id }) => id).sort()).toEqual(['a', 'b']);
  await reads.stacks(['a', 'b', 'c']);
  expect(asked).toEqual([['a', 'gone'], ['c']]);
});
