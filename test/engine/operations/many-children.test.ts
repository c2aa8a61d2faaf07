import { createEngine, type Engine } from '../../../src/create-engine.js';
import { systemClock } from '../../../src/engine/model/clock.js';
import type { JsonMap } from '../../../src/engine/model/value.js';
import { localCaller } from '../../../src/local-caller.js';
import { createSimulatedCloud } from '../../../src/resources/clouds/simulated/simulated-cloud.js';
import { FakeClock } from '../../helpers/fake-clock.js';

/** A cloud that takes one call at a time leaves room for two resources in work: children of children need more. */
const caller = localCaller();
let engine: Engine;

beforeEach(async () => {
  const clock = new FakeClock();
  engine = await createEngine({ clock, cloud: (world) => createSimulatedCloud({ world, clock, concurrency: 1 }) });
});
afterEach(() => engine.close(0));

const hot = (resources: JsonMap): JsonMap => ({ heat_template_version: '2021-04-16', resources });
const group = (count: number, type: string, properties: JsonMap = {}): JsonMap => ({
  type: 'OS::Heat::ResourceGroup',
  properties: { count, resource_def: { type, properties } },
});

test('stacks of stacks of stacks are made, changed, visited and deleted with room for two', async () => {
  const files = (value: string) => ({
    'outer.yaml': JSON.stringify(hot({ inner: group(3, 'inner.yaml'), more: { type: 'inner.yaml' } })),
    'inner.yaml': JSON.stringify(hot({ a: { type: 'OS::Heat::TestResource', properties: { value } } })),
  });
  const template = hot({ top: group(4, 'outer.yaml') });
  const { id } = await engine.stacks.create(caller, { name: 'deep', template, files: files('one') });
  expect(await engine.stacks.settled(id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
  const made = await engine.stacks.resources(caller, id, { nestedDepth: 5 });
  expect(made.filter(({ record }) => record.type === 'OS::Heat::TestResource')).toHaveLength(16);

  await engine.stacks.update(caller, id, { template, files: files('two') });
  expect(await engine.stacks.settled(id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
  for (const action of ['SUSPEND', 'RESUME', 'CHECK'] as const) {
    await engine.stacks.action(caller, id, action.toLowerCase() as 'suspend' | 'resume' | 'check');
    expect(await engine.stacks.settled(id)).toMatchObject({ action, status: 'COMPLETE' });
  }
  await engine.stacks.delete(caller, id);
  expect(await engine.stacks.settled(id)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
});

test('members that wait for each other are all made, however many they are', async () => {
  const member = hot({
    handle: { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'HEAT_SIGNAL' } },
    quorum: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'handle' }, timeout: 3600 } },
  });
  await engine.close(0);
  // Who waits for others waits in real time: the fake one would let the condition run out at once.
  engine = await createEngine({
    cloud: (world) => createSimulatedCloud({ world, clock: systemClock, concurrency: 1 }),
  });
  const { id } = await engine.stacks.create(caller, {
    name: 'quorum',
    template: hot({ nodes: group(20, 'member.yaml') }),
    files: { 'member.yaml': JSON.stringify(member) },
  });
  const waiting = async () => {
    const all = await engine.stacks.resources(caller, id, { nestedDepth: 3 });
    return all.filter(({ record }) => record.type === 'OS::Heat::WaitCondition' && record.status === 'IN_PROGRESS');
  };
  for (;;) {
    const found = await waiting();
    if (found.length === 20) {
      for (const { record } of found) await engine.stacks.signal(caller, record.stackId, 'handle', {});
      break;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await engine.stacks.settled(id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
});

test('a mistake of a later member, which no check before has seen, is told with its place when it is made', async () => {
  const member = {
    heat_template_version: '2018-08-31',
    parameters: { index: { type: 'string', constraints: [{ allowed_pattern: '^(?!7$).*' }] } },
    resources: { a: { type: 'OS::Heat::Value', properties: { value: { get_param: 'index' } } } },
  };
  const { id } = await engine.stacks.create(caller, {
    name: 'later',
    template: hot({ nodes: group(9, 'member.yaml', { index: '%index%' }) }),
    files: { 'member.yaml': JSON.stringify(member) },
  });
  const { statusReason } = await engine.stacks.settled(id);
  expect(statusReason).toMatch(/^Resource CREATE failed: StackValidationFailed: resources\.nodes\.resources\[7\]: /);
  expect(statusReason).toContain('Property error: resources[7].properties.index: "7" does not match pattern');
  const diagnosis = await engine.stacks.diagnosis(caller, id);
  expect(diagnosis?.causes.map(({ path }) => path)).toEqual([['nodes', '7']]);
});
