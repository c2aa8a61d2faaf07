import { localCaller } from '../../../src/local-caller.js';
import { createEngine } from '../../../src/create-engine.js';

test('three resources become a stack', async () => {
  const { stacks, close } = await createEngine();
  const caller = localCaller();
  const template = `
heat_template_version: 2018-08-31
parameters: { p: { type: string, default: hello } }
resources:
  a: { type: OS::Heat::Value, properties: { value: { get_param: p } } }
  b: { type: OS::Heat::RandomString, properties: { length: 12 } }
  c: { type: OS::Heat::TestResource, properties: { value: { list_join: ['-', [{ get_attr: [a, value] }, { get_resource: b }]] } } }
outputs:
  o: { value: { get_attr: [c, output] } }
`;
  const stack = await stacks.create(caller, { name: 'web', template });
  let done = await stacks.settled(stack.id);
  console.log(done.action, done.status, done.statusReason, await stacks.outputs(caller, stack.id));
  console.log((await stacks.events(caller, stack.id, {})).map(({ event: e }) => [e.seq, e.resourceName, e.action, e.status, e.reason].join(' ')).join('\n'));
  await stacks.update(caller, stack.id, { template: template.replace('length: 12', 'length: 13') });
  done = await stacks.settled(stack.id);
  console.log(done.action, done.status, done.statusReason, await stacks.outputs(caller, stack.id));
  console.log((await stacks.events(caller, stack.id, {})).map(({ event: e }) => [e.seq, e.resourceName, e.action, e.status, e.reason].join(' ')).join('\n'));
  await stacks.delete(caller, stack.id);
  done = await stacks.settled(stack.id);
  console.log(done.action, done.status, done.statusReason);
  await close();
}, 20000);
