import { EngineBench, hot } from './helpers/engine-bench.js';
test('x', async () => {
  const bench = await EngineBench.start();
  const { db } = bench.engine.store;
  const { sql } = await import('kysely');
  const id = await bench.begin(hot(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`r${index}`, { value: 'x'.repeat(2000), needs: index > 0 ? [`r${index - 1}`] : [] }]))));
  await bench.until(() => bench.cloud.things.size > 3);
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
  const r = await sql.raw(`pragma max_page_count = ${rows[0]?.page_count ?? 0}`).execute(db);
  console.log(rows, r.rows, bench.cloud.things.size);
  await bench.turns(2000);
  console.log(bench.logs, bench.cloud.things.size, (await bench.engine.store.reads.stack(id))?.status, (await sql`pragma page_count`.execute(db)).rows);
});
