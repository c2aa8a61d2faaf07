import { createEngine, type Engine } from '../../src/create-engine.js';
import { localCaller } from '../../src/local-caller.js';

const caller = localCaller();
const TEMPLATE = `heat_template_version: 2021-04-16
resources:
  handle: { type: OS::Heat::WaitConditionHandle }
  told: { type: OS::Heat::RandomString, properties: { salt: { get_attr: [handle, curl_cli] } } }
outputs:
  command: { value: { get_attr: [handle, curl_cli] } }
`;

let engine: Engine;
beforeEach(async () => {
  engine = await createEngine();
});
afterEach(() => engine.close());

test('what servers were told to signal with outlives a sleep of the stack', async () => {
  const input = { name: 's', template: TEMPLATE };
  const { id } = await engine.stacks.create(caller, input);
  await engine.stacks.settled(id);
  const command = async () => (await engine.stacks.outputs(caller, id))[0]?.value;
  const told = async () => (await engine.stacks.resource(caller, id, 'told')).record.physicalId;
  const before = [await command(), await told()];
  await engine.stacks.action(caller, id, 'suspend');
  await engine.stacks.settled(id);
  expect(await command()).toBe(before[0]);
  await engine.stacks.action(caller, id, 'resume');
  await engine.stacks.settled(id);
  await engine.stacks.update(caller, id, input);
  await engine.stacks.settled(id);
  expect([await command(), await told()]).toEqual(before);
});
