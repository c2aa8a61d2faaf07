import { StoreError } from '../../../src/engine/model/errors.js';
import { Operations } from '../../../src/engine/operations/operations.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const template = hot({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] }, n: { type: 'inner.yaml' } });
const files = { 'inner.yaml': JSON.stringify(hot({ one: {}, two: { needs: ['one'] } })) };

/** From now on the store refuses the writes that the filter names, until it is told to take them again. */
function failWrites(code: string, after = 0): () => void {
  const { commits } = bench.engine.store;
  const commit = commits.commit.bind(commits);
  let left = after;
  commits.commit = (write) => {
    if (left-- > 0) return commit(write);
    return Promise.reject(new StoreError(`${code}: no`, { sqlite: code }));
  };
  return () => {
    commits.commit = commit;
  };
}

test.each(['SQLITE_FULL', 'SQLITE_BUSY', 'SQLITE_READONLY', 'SQLITE_IOERR_WRITE'])(
  '%s in the middle stops the operation cleanly, and it goes on when writes are taken again',
  async (code) => {
    for (const after of [1, 2, 3, 5]) {
      const name = `web-${after}`;
      const id = await bench.begin(template, { name, files });
      const mend = failWrites(code, after);
      await bench.until(
        () => bench.logs.some((line) => line.includes('the store refused a write') && line.includes(code)),
        'the word about the store',
      );
      const stored = await bench.engine.store.reads.stack(id);
      expect([stored?.action, stored?.status]).toEqual(['CREATE', 'IN_PROGRESS']);
      mend();
      expect((await bench.settled(id)).status).toBe('COMPLETE');
      expect(bench.cloud.doubles()).toEqual([]);
      expect((await bench.delete(id)).status).toBe('COMPLETE');
      expect(bench.cloud.inventory()).toEqual([]);
      bench.logs.length = 0;
    }
  },
);

test('a real limit on the size of the database does the same', async () => {
  const { db } = bench.engine.store;
  const { sql } = await import('kysely');
  const id = await bench.begin(
    hot(
      Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [
          `r${index}`,
          { value: 'x'.repeat(2000), needs: index > 0 ? [`r${index - 1}`] : [] },
        ]),
      ),
    ),
  );
  await bench.until(() => bench.cloud.things.size > 3);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  await sql.raw(`pragma max_page_count = ${rows[0]?.page_count ?? 0}`).execute(db);
  await bench.until(() => bench.logs.some((line) => line.includes('the disk is full')), 'the word about the disk');
  expect((await bench.engine.store.reads.stack(id))?.status).toBe('IN_PROGRESS');
  await sql`pragma max_page_count = 1000000`.execute(db);
  expect((await bench.settled(id)).status).toBe('COMPLETE');
  expect(bench.cloud.things.size).toBe(40);
  expect(bench.cloud.doubles()).toEqual([]);
});

test('a request that cannot be written is refused, and the operation that it would have superseded goes on', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' } }));
  let open = () => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  bench.cloud.rule({ name: 'a', verb: 'update', times: 1, until });
  await bench.beginUpdate(id, hot({ a: { value: '2' } }));
  await bench.until(() => bench.cloud.calls.some(({ verb }) => verb === 'update'));
  const mend = failWrites('SQLITE_FULL');
  await expect(bench.beginUpdate(id, hot({ a: { value: '3' } }))).rejects.toThrow('SQLITE_FULL');
  mend();
  open();
  expect((await bench.settled(id)).status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {"value":"2"}']);
});

test('a rollback whose beginning cannot be written begins later', async () => {
  bench.cloud.rule({ name: 'c', verb: 'create', error: () => new Error('never') });
  const id = await bench.begin(hot({ a: {}, c: { needs: ['a'] } }), { disableRollback: false });
  await bench.until(() => bench.cloud.calls.some(({ name }) => name === 'c'));
  const mend = failWrites('SQLITE_FULL', 1);
  await bench.until(() => bench.logs.some((line) => line.includes('the store refused a write')));
  mend();
  const stack = await bench.settled(id);
  expect([stack.action, stack.status]).toEqual(['ROLLBACK', 'COMPLETE']);
  expect(bench.cloud.inventory()).toEqual([]);
});

test('what breaks an operation off ends it as a failure: nothing runs without anybody at it', async () => {
  const { id } = await bench.create(hot({ a: {} }));
  const stack = await bench.engine.store.reads.stack(id);
  if (!stack) throw new Error('no stack');
  await bench.engine.store.db
    .updateTable('templates')
    .set({ body: '{"document":{},"text":"nonsense","files":{},"environment":{}}' })
    .execute();
  bench.engine.operations.loader.forget(stack.templateId);
  expect(bench.engine.operations).toBeInstanceOf(Operations);
  const { ended } = await bench.engine.operations.begin(stack, { action: 'UPDATE', options: {} });
  expect((await ended).status).toBe('FAILED');
  expect((await bench.engine.store.reads.stack(id))?.statusReason).toContain('cannot be read');
  expect(await bench.engine.store.reads.runningOperations()).toEqual([]);
});
