import { FlakyError, RejectedError, ThrottledError, UnavailableError } from '../../../src/engine/model/errors.js';
import { CrashCamera, reopen } from '../../helpers/crash-images.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';
import { FakeCloud } from '../../helpers/fake-cloud.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const refused = () => new RejectedError('no such thing', { reasonClass: 'BadRequest' });

test('resources are created after what they need, and outputs see them', async () => {
  const template = hot(
    { c: { needs: ['b'], value: 'x' }, b: { needs: ['a'] }, a: { value: 'first' } },
    { id: { get_resource: 'c' }, value: { get_attr: ['a', 'value'] } },
  );
  const stack = await bench.create(template);
  expect([stack.action, stack.status, stack.statusReason]).toEqual([
    'CREATE',
    'COMPLETE',
    'Stack CREATE completed successfully',
  ]);
  expect(bench.cloud.deeds()).toEqual(['create a', 'create b', 'create c']);
  expect(await bench.outputs(stack.id)).toEqual({ id: 'c-3', value: 'first' });
  expect(await bench.events(stack.id, { reasons: true })).toEqual([
    'web CREATE_IN_PROGRESS Stack CREATE started',
    'a CREATE_IN_PROGRESS state changed',
    'a CREATE_COMPLETE state changed',
    'b CREATE_IN_PROGRESS state changed',
    'b CREATE_COMPLETE state changed',
    'c CREATE_IN_PROGRESS state changed',
    'c CREATE_COMPLETE state changed',
    'web CREATE_COMPLETE Stack CREATE completed successfully',
  ]);
});

test('independent resources are on their way at the same time', async () => {
  bench.cloud.latencyMs = 1000;
  const began = bench.clock.now();
  await bench.create(hot({ a: {}, b: {}, c: {}, d: { needs: ['a', 'b'] } }));
  expect(bench.clock.now() - began).toBe(2000);
});

test('a failed create skips its dependants, lets the others finish, and reports only the cause', async () => {
  bench.cloud.rule({ name: 'b', verb: 'create', error: refused });
  bench.cloud.latencyMs = 10;
  const stack = await bench.create(hot({ a: {}, b: {}, c: { needs: ['b'] }, d: { needs: ['a'] } }));
  expect([stack.action, stack.status]).toEqual(['CREATE', 'FAILED']);
  expect(stack.statusReason).toBe('Resource CREATE failed: BadRequest: resources.b: no such thing');
  expect(await bench.states(stack.id)).toEqual([
    'a: CREATE_COMPLETE',
    'b: CREATE_FAILED',
    'c: INIT_COMPLETE',
    'd: INIT_COMPLETE',
  ]);
  const failed = await bench.record(stack.id, 'b');
  expect(failed.statusReason).toBe('BadRequest: resources.b: no such thing');
  const diagnosis = await bench.stacks.diagnosis(bench.caller, stack.id);
  expect(diagnosis?.causes.map(({ path, message }) => [path, message])).toEqual([[['b'], 'no such thing']]);
  expect(diagnosis?.skipped).toBe(2);
  expect(diagnosis?.nextActions).not.toEqual([]);
});

test('with rollback a failed create is undone, and the stack stays without resources', async () => {
  bench.cloud.rule({ name: 'c', verb: 'create', error: refused });
  const stack = await bench.create(hot({ a: {}, b: { needs: ['a'] }, c: { needs: ['b'] } }), {
    disableRollback: false,
  });
  expect([stack.action, stack.status, stack.statusReason]).toEqual([
    'ROLLBACK',
    'COMPLETE',
    'Stack ROLLBACK completed successfully',
  ]);
  expect(bench.cloud.inventory()).toEqual([]);
  expect(bench.cloud.deeds()).toEqual(['create a', 'create b', 'delete b', 'delete a']);
  expect(await bench.records(stack.id)).toEqual([]);
  const events = await bench.events(stack.id);
  expect(events.slice(events.indexOf('web CREATE_FAILED'))).toEqual([
    'web CREATE_FAILED',
    'web ROLLBACK_IN_PROGRESS',
    'c DELETE_IN_PROGRESS',
    'c DELETE_COMPLETE',
    'b DELETE_IN_PROGRESS',
    'b DELETE_COMPLETE',
    'a DELETE_IN_PROGRESS',
    'a DELETE_COMPLETE',
    'web ROLLBACK_COMPLETE',
  ]);
});

test('OnFailure DELETE removes the stack itself', async () => {
  bench.cloud.rule({ name: 'b', verb: 'create', error: refused });
  const stack = await bench.create(hot({ a: {}, b: { needs: ['a'] } }), { onFailure: 'DELETE' });
  expect([stack.action, stack.status]).toEqual(['DELETE', 'COMPLETE']);
  expect(bench.cloud.inventory()).toEqual([]);
});

test('errors that may pass are tried again with growing pauses and the same token', async () => {
  bench.cloud.rule({ name: 'a', verb: 'create', times: 3, error: () => new ThrottledError('slow down') });
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.clock.slept.filter((ms) => ms < 60_000)).toEqual([1000, 2000, 4000]);
  const calls = bench.cloud.calls.filter(({ verb }) => verb === 'create');
  expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  expect(new Set(calls.map(({ token }) => token)).size).toBe(1);
});

test('after five repetitions an error counts', async () => {
  bench.cloud.rule({
    name: 'a',
    verb: 'create',
    error: () => new UnavailableError('come back later', { reasonClass: 'ServiceUnavailable' }),
  });
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.statusReason).toBe('Resource CREATE failed: ServiceUnavailable: resources.a: come back later');
  expect(bench.cloud.calls.filter(({ verb }) => verb === 'create')).toHaveLength(6);
  expect((await bench.stacks.diagnosis(bench.caller, stack.id))?.causes[0]?.attempts).toBe(6);
});

test('a lost answer is settled by looking: nothing is made twice', async () => {
  bench.cloud.rule({ name: 'a', verb: 'create', times: 1, lose: true });
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.deeds()).toEqual(['create a']);
});

test('a lost answer while the thing is still being built waits for it', async () => {
  bench.cloud.latencyMs = 5000;
  bench.cloud.rule({ name: 'a', verb: 'create', times: 1, lose: true });
  const began = bench.clock.now();
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.deeds()).toEqual(['create a']);
  expect(bench.clock.now() - began).toBeGreaterThanOrEqual(5000);
});

test('a poll that fails for the moment is asked again, not the create', async () => {
  bench.cloud.latencyMs = 100;
  bench.cloud.rule({ name: 'a', verb: 'poll', times: 2, error: () => new UnavailableError('hiccup') });
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.calls.filter(({ verb }) => verb === 'create')).toHaveLength(1);
});

test('a type that cannot be looked up is created again under the same token', async () => {
  bench.cloud.rule({ name: 'a', verb: 'create', times: 1, lose: true });
  const stack = await bench.create(hot({ a: { type: 'Fake::Idempotent' } }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.deeds()).toEqual(['create a']);
});

test('what goes to an error state is taken away and made again, under a new token', async () => {
  bench.cloud.rule({
    name: 'a',
    verb: 'create',
    times: 2,
    breaks: () => new FlakyError('went to ERROR', { reasonClass: 'ResourceInError' }),
  });
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.status).toBe('COMPLETE');
  expect(bench.cloud.deeds()).toEqual(['create a', 'delete a', 'create a', 'delete a', 'create a']);
  expect(bench.cloud.doubles()).toEqual([]);
  expect(bench.cloud.named('a')).toHaveLength(1);
});

test('what breaks every time fails with its own words, and what is there is known', async () => {
  bench.cloud.rule({
    name: 'a',
    verb: 'create',
    breaks: () => new FlakyError('Went to status ERROR due to "no host"', { reasonClass: 'ResourceInError' }),
  });
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.statusReason).toBe(
    'Resource CREATE failed: ResourceInError: resources.a: Went to status ERROR due to "no host"',
  );
  expect((await bench.record(stack.id, 'a')).physicalId).toBe(bench.cloud.named('a')[0]?.id);
  await bench.delete(stack.id);
  expect(bench.cloud.inventory()).toEqual([]);
});

test('a create whose every answer is lost leaves nothing behind when its stack goes', async () => {
  bench.cloud.rule({ name: 'a', verb: 'create', lose: true });
  bench.cloud.rule({ name: 'a', verb: 'find', error: () => new UnavailableError('blind'), times: 6 });
  const stack = await bench.create(hot({ a: {} }));
  expect(stack.status).toBe('FAILED');
  expect(bench.cloud.named('a').length).toBeGreaterThan(0);
  bench.cloud.rules.length = 0;
  const gone = await bench.delete(stack.id);
  expect(gone.status).toBe('COMPLETE');
  expect(bench.cloud.inventory()).toEqual([]);
});

test('the stack times out: what runs is stopped, what was made is known', async () => {
  bench.clock.horizonMs = 3 * 3_600_000;
  bench.cloud.rule({ name: 'b', verb: 'create', until: new Promise(() => undefined) });
  const began = bench.clock.now();
  const stack = await bench.create(hot({ a: {}, b: { needs: ['a'] } }), { timeoutMins: 90 });
  expect([stack.action, stack.status, stack.statusReason]).toEqual(['CREATE', 'FAILED', 'Timed out']);
  expect(bench.clock.now() - began).toBe(90 * 60_000);
  expect(await bench.states(stack.id)).toEqual(['a: CREATE_COMPLETE', 'b: CREATE_FAILED']);
});

test('a timeout with rollback undoes the create', async () => {
  bench.clock.horizonMs = 3 * 3_600_000;
  bench.cloud.rule({ name: 'b', verb: 'create', until: new Promise(() => undefined) });
  const stack = await bench.create(hot({ a: {}, b: { needs: ['a'] } }), { disableRollback: false });
  expect([stack.action, stack.status]).toEqual(['ROLLBACK', 'COMPLETE']);
  expect(bench.cloud.inventory()).toEqual([]);
});

test("a type's own timeout fails the resource, as a cause and not as somebody's wish", async () => {
  bench.cloud.latencyMs = 8000;
  const stack = await bench.create(hot({ a: { type: 'Fake::Hasty' } }));
  expect(stack.statusReason).toBe('Resource CREATE failed: Timeout: resources.a: it took longer than 5000 ms');
  expect((await bench.stacks.diagnosis(bench.caller, stack.id))?.causes.map(({ path }) => path)).toEqual([['a']]);
});

test("a type's own timeout is not longer for an interruption", async () => {
  const cloud = new FakeCloud();
  cloud.latencyMs = 8000;
  const camera = await CrashCamera.start(cloud);
  let id = '';
  await camera.record(async () => {
    id = await camera.bench.begin(hot({ a: { type: 'Fake::Hasty' } }));
    await camera.bench.settled(id);
  });
  const made = camera.images.findIndex(({ label }) => label.endsWith('after create a'));
  const image = camera.images[made + 1];
  if (!image) throw new Error('there is no picture of what is waited for');
  const late = await reopen({ ...image, now: image.now + 4000 });
  expect((await late.settled(id)).statusReason).toContain('it took longer than 5000 ms');
  await late.close();
  await camera.close();
});

test('of two creates with one name one wins, and nobody else notices', async () => {
  const other = bench.begin(hot({ z: {} }), { name: 'other' });
  const both = await Promise.allSettled([bench.begin(hot({ a: {} })), bench.begin(hot({ a: {} }))]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const lost = both.find((one) => one.status === 'rejected');
  expect(String(lost?.reason)).toContain('The Stack (web) already exists.');
  expect((await bench.settled(await other)).status).toBe('COMPLETE');
  const won = both.find((one) => one.status === 'fulfilled');
  expect((await bench.settled(won?.value ?? '')).status).toBe('COMPLETE');
  expect(bench.cloud.named('a')).toHaveLength(1);
});

test('a mistake of a function fails the resource that has it', async () => {
  const template = hot({ a: { value: 'x' }, b: { value: { str_split: ['-', { get_attr: ['a', 'value'] }, 7] } } });
  const stack = await bench.create(template);
  expect(stack.status).toBe('FAILED');
  expect(stack.statusReason).toMatch(/^Resource CREATE failed: \w+: resources\.b: /);
});

test('secrets are masked in events and whole for the driver', async () => {
  const stack = await bench.create(hot({ a: { password: 'sesame-open' } }));
  expect(bench.cloud.named('a')[0]?.properties.password).toBe('sesame-open');
  const events = await bench.stacks.events(bench.caller, stack.id, {});
  expect(JSON.stringify(events)).not.toContain('sesame-open');
});
