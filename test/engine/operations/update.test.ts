import { RejectedError, UncertainError } from '../../../src/engine/model/errors.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const refused = () => new RejectedError('no such thing', { reasonClass: 'BadRequest' });

test('a change in place is an update, and what does not change is left alone', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' }, b: { value: '1' } }));
  const from = bench.cloud.ledger.length;
  const events = (await bench.events(id)).length;
  const stack = await bench.update(id, hot({ a: { value: '2' }, b: { value: '1' } }));
  expect([stack.action, stack.status]).toEqual(['UPDATE', 'COMPLETE']);
  expect(bench.cloud.deeds(from)).toEqual(['update a']);
  expect(await bench.events(id, { from: events })).toEqual([
    'web UPDATE_IN_PROGRESS',
    'a UPDATE_IN_PROGRESS',
    'a UPDATE_COMPLETE',
    'web UPDATE_COMPLETE',
  ]);
  expect(await bench.states(id)).toEqual(['a: UPDATE_COMPLETE', 'b: CREATE_COMPLETE']);
});

test('an update without any change calls no driver', async () => {
  const template = hot({ a: { value: '1', password: 'p' }, b: { needs: ['a'] } });
  const { id } = await bench.create(template);
  const calls = bench.cloud.calls.length;
  expect((await bench.update(id, template)).status).toBe('COMPLETE');
  expect(bench.cloud.calls.slice(calls)).toEqual([]);
});

test('a replacement is made first, then its dependants are moved, then the old one goes', async () => {
  const { id } = await bench.create(hot({ a: { fixed: '1' }, b: { needs: ['a'] } }));
  const from = bench.cloud.ledger.length;
  const events = (await bench.events(id)).length;
  await bench.update(id, hot({ a: { fixed: '2' }, b: { needs: ['a'] } }));
  expect(bench.cloud.deeds(from)).toEqual(['create a', 'update b', 'delete a']);
  expect(await bench.events(id, { from: events })).toEqual([
    'web UPDATE_IN_PROGRESS',
    'a UPDATE_IN_PROGRESS',
    'a UPDATE_COMPLETE',
    'a CREATE_IN_PROGRESS',
    'a CREATE_COMPLETE',
    'b UPDATE_IN_PROGRESS',
    'b UPDATE_COMPLETE',
    'a DELETE_IN_PROGRESS',
    'a DELETE_COMPLETE',
    'web UPDATE_COMPLETE',
  ]);
  expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {"fixed":"2"}', 'Fake::Thing b {"needs":["a-3"]}']);
});

test.each([
  { reason: 'a type that cannot update replaces', type: 'Fake::Fixed', deeds: ['create a', 'delete a'] },
  {
    reason: 'a type that must be unique deletes first',
    type: 'Fake::Unique',
    change: 'fixed',
    deeds: ['delete a', 'create a'],
  },
])('$reason', async ({ type, change = 'value', deeds }) => {
  const { id } = await bench.create(hot({ a: { type, [change]: '1' } }));
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, hot({ a: { type, [change]: '2' } }))).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toEqual(deeds);
});

test('deleting first waits for a deletion that takes its time', async () => {
  bench.cloud.latencyMs = 500;
  const { id } = await bench.create(hot({ a: { type: 'Fake::Unique', fixed: '1' } }));
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, hot({ a: { type: 'Fake::Unique', fixed: '2' } }))).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toEqual(['delete a', 'create a']);
});

test('another type under the same name replaces', async () => {
  const { id } = await bench.create(hot({ a: {} }));
  const stack = await bench.update(id, hot({ a: { type: 'Fake::Sturdy' } }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Sturdy a {}']);
});

test('an update that turns out to need a new resource replaces, and says so', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' } }));
  const events = (await bench.events(id)).length;
  await bench.update(id, hot({ a: { value: 'wants another' } }));
  expect(await bench.events(id, { from: events, reasons: true })).toEqual([
    'web UPDATE_IN_PROGRESS Stack UPDATE started',
    'a UPDATE_IN_PROGRESS state changed',
    'a UPDATE_COMPLETE The Resource a requires replacement.',
    'a CREATE_IN_PROGRESS state changed',
    'a CREATE_COMPLETE state changed',
    'a DELETE_IN_PROGRESS state changed',
    'a DELETE_COMPLETE state changed',
    'web UPDATE_COMPLETE Stack UPDATE completed successfully',
  ]);
});

test('an immutable property refuses, with its name', async () => {
  const { id } = await bench.create(hot({ a: { pinned: '1' } }));
  const stack = await bench.update(id, hot({ a: { pinned: '2' } }));
  expect(stack.statusReason).toBe(
    'Resource UPDATE failed: NotSupported: resources.a: Update to properties pinned of a (Fake::Thing) is not supported.',
  );
  expect(await bench.states(id)).toEqual(['a: UPDATE_FAILED']);
});

test('removed resources go after all updates, dependants first', async () => {
  const { id } = await bench.create(hot({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] }, d: { value: '1' } }));
  const from = bench.cloud.ledger.length;
  await bench.update(id, hot({ d: { value: '2' } }));
  expect(bench.cloud.deeds(from)).toEqual(['update d', 'delete c', 'delete b', 'delete a']);
  expect(await bench.states(id)).toEqual(['d: UPDATE_COMPLETE']);
});

test('policy and metadata changes are changes of the record, without a driver call', async () => {
  const { id } = await bench.create(hot({ a: {} }));
  const calls = bench.cloud.calls.length;
  await bench.update(id, hot({ a: { section: { deletion_policy: 'Retain', metadata: { colour: 'red' } } } }));
  expect(bench.cloud.calls.slice(calls)).toEqual([]);
  const record = await bench.record(id, 'a');
  expect([record.policies.deletion, record.metadata]).toEqual(['Retain', { colour: 'red' }]);
});

test('a policy binds from the record after its block has left the template', async () => {
  const { id } = await bench.create(hot({ a: { section: { deletion_policy: 'Retain' } }, b: {} }));
  await bench.update(id, hot({ b: {} }));
  expect(await bench.states(id)).toEqual(['b: CREATE_COMPLETE']);
  expect(bench.cloud.named('a')).toHaveLength(1);
});

test('a failed update with rollback restores the former properties and resources, and deletes what it made', async () => {
  const before = hot({ a: { value: '1' }, r: { fixed: '1' }, gone: {} }, { value: { get_attr: ['a', 'value'] } });
  const { id } = await bench.create(before, { disableRollback: false });
  const inventory = bench.cloud.inventory();
  bench.cloud.rule({ name: 'z', verb: 'create', error: refused });
  const after = hot({ a: { value: '2' }, r: { fixed: '2' }, fresh: {}, z: { needs: ['a', 'r', 'fresh'] } });
  const stack = await bench.update(id, after);
  expect([stack.action, stack.status, stack.statusReason]).toEqual([
    'ROLLBACK',
    'COMPLETE',
    'Stack ROLLBACK completed successfully',
  ]);
  expect(bench.cloud.inventory()).toEqual(inventory);
  expect((await bench.records(id)).map(({ name }) => name).sort()).toEqual(['a', 'gone', 'r']);
  expect(await bench.outputs(id)).toEqual({ value: '1' });
  const calls = bench.cloud.calls.length;
  await bench.update(id, before);
  expect(bench.cloud.calls.slice(calls)).toEqual([]);
});

test('without rollback a failed update keeps its template, and the next one goes on from there', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' } }));
  bench.cloud.rule({ name: 'b', verb: 'create', times: 1, error: refused });
  const template = hot({ a: { value: '2' }, b: { needs: ['a'] } });
  const failed = await bench.update(id, template);
  expect([failed.action, failed.status, failed.statusReason]).toEqual([
    'UPDATE',
    'FAILED',
    'Resource CREATE failed: BadRequest: resources.b: no such thing',
  ]);
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, template)).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toEqual(['create b']);
});

test('a rollback goes back to the last state that was reached, also after the failed stack was looked at', async () => {
  const { id } = await bench.create(hot({ a: { value: 'good' } }));
  bench.cloud.rule({ name: 'z', verb: 'create', error: () => new RejectedError('no') });
  await bench.update(id, hot({ a: { value: 'half' }, z: { needs: ['a'] } }), { disableRollback: true });
  expect((await bench.act(id, 'check')).action).toBe('CHECK');
  const stack = await bench.update(id, hot({ a: { value: 'bad' }, z: { needs: ['a'] } }), { disableRollback: false });
  expect(`${stack.action}_${stack.status}`).toBe('ROLLBACK_COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {"value":"good"}']);
});

test('a rollback that fails can be tried again', async () => {
  const before = hot({ a: { value: '1' } });
  const { id } = await bench.create(before, { disableRollback: false });
  bench.cloud.rule({ name: 'a', verb: 'update', error: refused });
  const failed = await bench.update(id, hot({ a: { value: '2' } }));
  // Heat replaces what failed: the rollback makes a new one.
  expect([failed.action, failed.status]).toEqual(['ROLLBACK', 'COMPLETE']);
  expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {"value":"1"}']);
});

test('a failed resource is replaced at the next update, a sturdy one is not', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' }, s: { type: 'Fake::Sturdy', value: '1' } }));
  bench.cloud.rule({ verb: 'update', times: 2, error: refused });
  await bench.update(id, hot({ a: { value: '2' }, s: { type: 'Fake::Sturdy', value: '2' } }));
  const from = bench.cloud.ledger.length;
  const stack = await bench.update(id, hot({ a: { value: '2' }, s: { type: 'Fake::Sturdy', value: '2' } }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from).sort()).toEqual(['create a', 'delete a', 'update s']);
});

test('a failed resource that needs nothing any more is mended in its record', async () => {
  const { id } = await bench.create(hot({ s: { type: 'Fake::Sturdy', value: '1' } }));
  bench.cloud.rule({ verb: 'update', times: 1, error: refused });
  await bench.update(id, hot({ s: { type: 'Fake::Sturdy', value: '2' } }));
  const from = (await bench.events(id)).length;
  await bench.update(id, hot({ s: { type: 'Fake::Sturdy', value: '1' } }));
  expect(await bench.events(id, { from, reasons: true })).toContain(
    's UPDATE_COMPLETE Update status to COMPLETE for FAILED resource neither update nor replace.',
  );
});

test('what was marked unhealthy is replaced, also by an update that changes nothing', async () => {
  const template = hot({ a: {}, b: { needs: ['a'] } });
  const { id } = await bench.create(template);
  await bench.stacks.markUnhealthy(bench.caller, id, 'a', true, 'it smells');
  const told = (await bench.events(id)).length;
  await bench.stacks.markUnhealthy(bench.caller, id, 'a', true, 'it smells');
  // It was ill already.
  expect(await bench.events(id)).toHaveLength(told);
  expect((await bench.record(id, 'a')).statusReason).toBe('it smells');
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, undefined)).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toEqual(['create a', 'update b', 'delete a']);
});

test('an update can be lost on its way and is sent again', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' } }));
  bench.cloud.rule({ name: 'a', verb: 'update', times: 1, lose: () => new UncertainError('cut off') });
  expect((await bench.update(id, hot({ a: { value: '2' } }))).status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Thing a {"value":"2"}']);
});

test('a type that every update visits is visited, one that every update renews is renewed', async () => {
  const template = hot({ v: { type: 'Fake::Visited' }, r: { type: 'Fake::Renewed' } });
  const { id } = await bench.create(template);
  const from = bench.cloud.ledger.length;
  await bench.update(id, template);
  expect(bench.cloud.deeds(from).sort()).toEqual(['create r', 'delete r', 'update v']);
});

test('converge makes again what is gone and sets back what has drifted', async () => {
  const template = hot({ a: { value: '1' }, b: { value: '1', password: 'secret-word' }, c: { value: '1' } });
  const { id } = await bench.create(template);
  for (const thing of bench.cloud.named('a')) bench.cloud.things.delete(thing.id);
  for (const thing of bench.cloud.named('b')) thing.properties.value = 'drifted';
  const from = bench.cloud.ledger.length;
  expect((await bench.update(id, template, { converge: true })).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from).sort()).toEqual(['create a', 'update b']);
  expect(bench.cloud.named('b')[0]?.properties.value).toBe('1');
});

test('converge looks at whatever may come to stand for a name, and makes anew what is broken', async () => {
  const { id } = await bench.create(hot({ a: { type: 'Fake::Unique', value: '1' }, b: {} }));
  // A failed update has left the old one and its replacement of another type.
  bench.cloud.rule({ name: 'c', verb: 'create', times: 1, error: () => new RejectedError('no') });
  await bench.update(id, hot({ a: { type: 'Fake::Fixed', value: '2' }, b: {}, c: { needs: ['a'] } }), {
    disableRollback: true,
  });
  for (const thing of bench.cloud.named('a')) thing.properties.value = 'drifted';
  const stack = await bench.update(id, hot({ a: { type: 'Fake::Unique', value: '1' }, b: {} }), { converge: true });
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual(['Fake::Thing b {}', 'Fake::Unique a {"value":"1"}']);
});

test('restricted actions are refused with an event, and nothing is touched', async () => {
  const { id } = await bench.create(hot({ a: { value: '1', fixed: '1' } }));
  const environment = (actions: string[]) => ({
    resource_registry: { resources: { a: { restricted_actions: actions } } },
  });
  const from = (await bench.events(id)).length;
  const stack = await bench.update(id, hot({ a: { value: '2', fixed: '1' } }), {
    environment: environment(['update']),
  });
  expect(stack.statusReason).toBe(
    'Resource UPDATE failed: ResourceActionRestricted: resources.a: update is restricted for resource.',
  );
  expect(await bench.events(id, { from, reasons: true })).toContain(
    'a UPDATE_FAILED update is restricted for resource.',
  );
  expect(await bench.states(id)).toEqual(['a: CREATE_COMPLETE']);
  const second = await bench.update(id, hot({ a: { value: '1', fixed: '2' } }), {
    environment: environment(['replace']),
  });
  expect(second.statusReason).toContain('replace is restricted for resource.');
  expect(bench.cloud.deeds()).toEqual(['create a']);
});

test('a stack that is suspended or being deleted cannot be updated', async () => {
  const { id } = await bench.create(hot({ a: {} }));
  await bench.act(id, 'suspend');
  await expect(bench.update(id, hot({ a: {} }))).rejects.toThrow(
    'Updating a stack when it is suspended is not supported.',
  );
});

test('several mistakes in a row, then a good update: the world is what the template says', async () => {
  const { id } = await bench.create(hot({ a: { fixed: '1' }, b: { needs: ['a'] } }));
  bench.cloud.rule({ name: 'b', verb: 'update', times: 3, error: refused });
  bench.cloud.rule({ name: 'b', verb: 'create', times: 3, error: refused });
  for (const fixed of ['2', '3', '4']) await bench.update(id, hot({ a: { fixed }, b: { needs: ['a'] } }));
  bench.cloud.rules.length = 0;
  const stack = await bench.update(id, hot({ a: { fixed: '5' }, b: { needs: ['a'] } }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.inventory().map((line) => line.replace(/a-\d+/, 'a'))).toEqual([
    'Fake::Thing a {"fixed":"5"}',
    'Fake::Thing b {"needs":["a"]}',
  ]);
});

test('a name that an environment maps to another type is made anew, and the old one goes by its own type', async () => {
  const mapped = (type: string) => ({ environment: { resource_registry: { 'My::Thing': type } } });
  const template = hot({ a: { type: 'My::Thing', value: '1' } });
  const { id } = await bench.create(template, mapped('Fake::Thing'));
  const from = bench.cloud.ledger.length;
  const stack = await bench.update(id, template, mapped('Fake::Sturdy'));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toEqual(['create a', 'delete a']);
  expect(bench.cloud.inventory()).toEqual(['Fake::Sturdy a {"value":"1"}']);
  expect((await bench.update(id, template, mapped('Fake::Sturdy'))).status).toBe('COMPLETE');
  expect(bench.cloud.deeds(from)).toEqual(['create a', 'delete a']);
});

test('what an update adds shows as not begun until its turn comes', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' } }));
  bench.cloud.rule({ name: 'a', verb: 'update', error: () => new RejectedError('no') });
  await bench.update(id, hot({ a: { value: '2' }, b: { needs: ['a'] } }), { disableRollback: true });
  expect(await bench.states(id)).toEqual(['a: UPDATE_FAILED', 'b: INIT_COMPLETE']);
  const stack = await bench.update(id, hot({ a: { value: '1' } }));
  expect(stack.status).toBe('COMPLETE');
  expect(await bench.states(id)).toHaveLength(1);
});

test('a dependency that a condition switches off and on again is no change of its dependant', async () => {
  const template = (value: boolean) => ({
    ...hot({ a: {}, b: {} }),
    conditions: { on: value },
    resources: {
      a: { type: 'Fake::Thing', condition: 'on' },
      b: { type: 'Fake::Thing', depends_on: 'a' },
    },
  });
  const { id } = await bench.create(template(true));
  await bench.update(id, template(false));
  await bench.update(id, template(true));
  expect(await bench.states(id)).toContain('b: CREATE_COMPLETE');
});
