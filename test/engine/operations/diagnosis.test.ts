import { RejectedError } from '../../../src/engine/model/errors.js';
import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

function refuse(name: string, verb: 'create' | 'update', times?: number): void {
  const error = () => new RejectedError(`no ${name}`, { reasonClass: 'BadRequest' });
  bench.cloud.rule({ name, verb, error, ...(times === undefined ? {} : { times }) });
}

const diagnosis = (id: string) => bench.stacks.diagnosis(bench.caller, id);

/** `a.b: message (line)` of each cause. */
async function causes(id: string): Promise<string[]> {
  const { causes = [] } = (await diagnosis(id)) ?? {};
  return causes.map(({ path, message, line }) => `${path.join('.')}: ${message}${line ? ` (${line})` : ''}`);
}

test('a creation that was rolled back still says what was wrong, and what can be done now', async () => {
  refuse('b', 'create');
  const stack = await bench.create(hot({ a: {}, b: { needs: ['a'] } }), { disableRollback: false });
  expect(`${stack.action}_${stack.status}`).toBe('ROLLBACK_COMPLETE');
  expect(await causes(stack.id)).toEqual(['b: no b']);
  expect((await diagnosis(stack.id))?.nextActions).toContain('delete the stack');
});

test('an update that was rolled back still says what was wrong, until another goes well', async () => {
  const { id } = await bench.create(hot({ a: {} }), { disableRollback: false });
  refuse('b', 'create', 1);
  expect((await bench.update(id, hot({ a: {}, b: {} }))).action).toBe('ROLLBACK');
  expect(await causes(id)).toEqual(['b: no b']);
  await bench.update(id, hot({ a: {}, b: {} }));
  expect(await diagnosis(id)).toBeUndefined();
});

test('a rollback that fails tells why, and what it was to undo', async () => {
  const { id } = await bench.create(hot({ a: { value: '1' } }), { disableRollback: false });
  refuse('b', 'create');
  bench.cloud.rule({
    name: 'a',
    verb: 'update',
    skip: 1,
    error: () => new RejectedError('not back', { reasonClass: 'BadRequest' }),
  });
  const stack = await bench.update(id, hot({ a: { value: '2' }, b: { needs: ['a'] } }));
  expect(`${stack.action}_${stack.status}`).toBe('ROLLBACK_FAILED');
  expect(await causes(id)).toEqual(['a: not back', 'b: no b']);
  expect((await diagnosis(id))?.nextActions).toContain(
    'roll back again, skipping the resources that cannot be rolled back',
  );
});

test('every cause in nested stacks is named, with its line in its own template', async () => {
  const inner = [
    'heat_template_version: 2018-08-31',
    'resources:',
    '  one:',
    '    type: Fake::Thing',
    '  two:',
    '    type: Fake::Thing',
    '  three: { type: Fake::Thing, depends_on: two }',
  ].join('\n');
  const middle = ['heat_template_version: 2018-08-31', 'resources:', '  deep: { type: inner.yaml }'].join('\n');
  for (const name of ['one', 'two', 'other']) refuse(name, 'create');
  const { id } = await bench.create(hot({ top: { type: 'middle.yaml' }, other: {} }), {
    files: { 'inner.yaml': inner, 'middle.yaml': middle },
  });
  expect((await causes(id)).sort()).toEqual([
    'other: no other',
    'top.deep.one: no one (3)',
    'top.deep.two: no two (5)',
  ]);
});

test('what was under way when time was up is named', async () => {
  bench.cloud.rule({ name: 'b', verb: 'create', until: new Promise(() => undefined) });
  const stack = await bench.create(hot({ a: {}, b: { needs: ['a'] } }), { timeoutMins: 1 });
  expect(stack.statusReason).toBe('Timed out');
  expect(await causes(stack.id)).toEqual([
    expect.stringMatching(/^b: CREATE aborted \(Task create from .*b.* Timed out\)/),
  ]);
});

test.each([
  ['suspend', 'suspend the stack again: what is suspended already stays so'],
  ['check', 'check the stack again'],
] as const)('a failed %s has its own ways on', async (action, way) => {
  const { id } = await bench.create(hot({ a: {} }));
  const error = () => new RejectedError('no', { reasonClass: 'BadRequest' });
  bench.cloud.rule({ name: 'a', verb: action, error });
  expect((await bench.act(id, action)).status).toBe('FAILED');
  expect((await diagnosis(id))?.nextActions).toContain(way);
});
