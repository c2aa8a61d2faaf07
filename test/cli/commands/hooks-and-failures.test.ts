import { derivedInputs } from '../../../src/cli/commands/software-deployments.js';
import { pendingHooks } from '../../../src/cli/commands/stack-hooks.js';
import { runCli } from '../../../src/cli/main.js';
import { event, FakeHeat, resource, STACK_ID } from '../fake-heat.js';
import { FakeTerminal } from '../fake-terminal.js';

const paused = (name: string) =>
  event(name, 'CREATE_IN_PROGRESS', { reason: 'CREATE paused until Hook pre-create is cleared' });

test('hooks are pending since the operation began, unless they were cleared', () => {
  const old = paused('old');
  const events = [
    old,
    event('web', 'CREATE_IN_PROGRESS', { reason: 'Stack CREATE started' }),
    paused('a'),
    paused('b'),
    event('a', 'CREATE_IN_PROGRESS', { reason: 'Hook pre-create is cleared' }),
  ];
  expect(pendingHooks(events, { id: STACK_ID }, 'CREATE').map((hook) => hook.resource_name)).toEqual(['b']);
});

test('clearing with a wild card signals what matches and overlooks what does not wait', async () => {
  const heat = new FakeHeat();
  heat.status = 'CREATE_IN_PROGRESS';
  heat.resources = [resource('web1'), resource('web2'), resource('db')];
  const signal = (name: string): string => `POST /stacks/web/${STACK_ID}/resources/${name}/signal`;
  heat.reply(signal('web1'), null);
  heat.reply(signal('web2'), { error: { type: 'InvalidBreakPointHook', message: 'no' } }, 400);
  const terminal = new FakeTerminal();
  const code = await runCli(['stack', 'hook', 'clear', 'web', 'web*'], { terminal, transport: heat, env: {} });
  expect({ code, err: terminal.written.err }).toEqual({ code: 0, err: '' });
  expect(heat.requests.filter((request) => request.method === 'POST').map((request) => request.body)).toEqual([
    { unset_hook: 'pre-create' },
    { unset_hook: 'pre-create' },
  ]);
});

test('failures go down into nested stacks and name the path', async () => {
  const heat = new FakeHeat();
  heat.resources = [resource('ok', 'CREATE_COMPLETE'), resource('group', 'CREATE_FAILED', 'nested-1')];
  const inner = { ...resource('0', 'CREATE_FAILED'), resource_status_reason: 'boom', physical_resource_id: 'phys' };
  heat.reply('GET /stacks/web-group/nested-1/resources', { resources: [inner] });
  const terminal = new FakeTerminal();
  await runCli(['stack', 'failures', 'list', 'web'], { terminal, transport: heat, env: {} });
  expect(terminal.written.out).toBe(
    'web.group.0:\n  resource_type: OS::Heat::None\n  physical_resource_id: phys\n  status: CREATE_FAILED\n  status_reason: |\n    boom\n',
  );
});

test('a deployment’s config carries the given values and what the server must know', () => {
  const inputs = derivedInputs(
    [
      { name: 'a', type: 'String', default: 'd' },
      { name: 'b', type: 'String' },
    ],
    { b: '2', c: '3' },
    { server: 's', action: 'CREATE', transport: 'NO_SIGNAL' },
  );
  expect(inputs.map(({ name, value }) => [name, value])).toEqual([
    ['a', 'd'],
    ['b', '2'],
    ['c', '3'],
    ['deploy_server_id', 's'],
    ['deploy_action', 'CREATE'],
    ['deploy_signal_transport', 'NO_SIGNAL'],
  ]);
});
