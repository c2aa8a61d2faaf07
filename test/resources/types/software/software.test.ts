import type { ChildView, ComposeInput } from '../../../../src/engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../../../src/engine/model/value.js';
import { parseMultipart } from '../../../../src/resources/types/software/multipart-mime.js';
import { serverUserData } from '../../../../src/resources/types/software/user-data.js';
import { StackBench } from '../../../helpers/stack-bench.js';

describe('config types', () => {
  test('SoftwareConfig stores its config with inputs and outputs, and gives its id', async () => {
    const bench = new StackBench();
    const made = await bench.create('OS::Heat::SoftwareConfig', {
      group: 'script',
      config: '#!/bin/sh',
      options: { o: 1 },
      inputs: [
        { name: 'i', type: 'Number', default: 3, replace_on_change: true },
        { name: 'j', type: 'String', replace_on_change: false, description: null },
      ],
      outputs: [{ name: 'out', type: 'String', error_output: false }],
    });
    expect(made.attributes).toEqual({ config: '#!/bin/sh' });
    expect(bench.stack.software.configs.get(made.physicalId)).toEqual({
      id: made.physicalId,
      name: made.ctx.resource.physicalName,
      group: 'script',
      config: '#!/bin/sh',
      options: { o: 1 },
      inputs: [
        { name: 'i', type: 'Number', default: 3, replace_on_change: true },
        { name: 'j', type: 'String' },
      ],
      outputs: [{ name: 'out', type: 'String', error_output: false }],
    });
    expect(made.type.update).toBeUndefined();
    await bench.delete(made);
    expect(bench.stack.software.configs.size).toBe(0);
  });

  test('creating it again by the same token gives the same config', async () => {
    const bench = new StackBench();
    const first = await bench.create('OS::Heat::SoftwareConfig', { config: 'x' }, { token: 't' });
    const again = await bench.create('OS::Heat::SoftwareConfig', { config: 'x' }, { token: 't' });
    expect(again.physicalId).toBe(first.physicalId);
  });

  test.each<{ type: string; properties: JsonMap; config: Json; group: string }>([
    {
      type: 'OS::Heat::StructuredConfig',
      properties: { config: { a: { get_input: 'x' } } },
      config: { a: { get_input: 'x' } },
      group: 'Heat::Ungrouped',
    },
    {
      type: 'OS::Heat::CloudConfig',
      properties: { cloud_config: { b: ['x', 'z'], a: true } },
      config: '#cloud-config\na: true\nb:\n- x\n- z\n',
      group: 'Heat::Ungrouped',
    },
    {
      type: 'OS::Heat::SoftwareComponent',
      properties: { configs: [{ tool: 'script', actions: ['CREATE'] }] },
      config: { configs: [{ tool: 'script', actions: ['CREATE'] }] },
      group: 'component',
    },
  ])('$type', async ({ type, properties, config, group }) => {
    const bench = new StackBench();
    const made = await bench.create(type, properties);
    const stored = bench.stack.software.configs.get(made.physicalId);
    expect({ config: stored?.config, group: stored?.group }).toEqual({ config, group });
    expect(made.attributes.config).toEqual(config);
  });

  test('a component has one config for each action', () => {
    const type = new StackBench().type('OS::Heat::SoftwareComponent');
    expect(
      type.validate?.(
        {
          configs: [
            { tool: 'a', actions: ['CREATE'] },
            { tool: 'b', actions: ['UPDATE', 'CREATE'] },
          ],
        },
        'c',
      ),
    ).toEqual(['Defining more than one configuration for the same action in SoftwareComponent "c" is not allowed.']);
  });

  test('MultipartMime puts texts, configs and other messages together', async () => {
    const bench = new StackBench();
    const script = await bench.create('OS::Heat::SoftwareConfig', { config: '#!/bin/sh' });
    const inner = await bench.create('OS::Heat::MultipartMime', {
      parts: [{ config: 'é', filename: 'deep.txt', type: 'text' }],
    });
    const made = await bench.create('OS::Heat::MultipartMime', {
      parts: [
        { config: 'plain', type: 'text' },
        { config: script.physicalId, subtype: 'x-shellscript', filename: 'run.sh', type: 'text' },
        { config: inner.physicalId, type: 'multipart' },
      ],
    });
    const text = String(made.attributes.config);
    expect(text).toMatch(/^Content-Type: multipart\/mixed; boundary="={15}\d{19}=="\nMIME-Version: 1\.0\n\n--={15}/);
    expect(text).toContain(
      'Content-Type: text/x-shellscript; charset="us-ascii"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\nContent-Disposition: attachment; filename="run.sh"\n\n#!/bin/sh\n',
    );
    expect(parseMultipart(text)).toEqual([
      { content: 'plain', subtype: 'plain', filename: undefined },
      { content: '#!/bin/sh', subtype: 'x-shellscript', filename: 'run.sh' },
      { content: 'é', subtype: 'deep', filename: 'deep.txt' },
    ]);
  });
});

async function deployable(properties: JsonMap = {}, typeName = 'OS::Heat::SoftwareDeployment', config: JsonMap = {}) {
  const bench = new StackBench();
  const source = await bench.stack.software.createConfig({
    id: 'source',
    name: 'conf',
    group: 'script',
    config: 'run',
    inputs: [
      { name: 'a', type: 'String', default: 'da' },
      { name: 'b', type: 'String', replace_on_change: true },
    ],
    outputs: [
      { name: 'result', type: 'String', error_output: false },
      { name: 'oops', type: 'String', error_output: true },
    ],
    options: {},
    ...config,
  });
  const type = bench.type(typeName);
  const wanted = {
    config: source.id,
    server: 'srv',
    actions: ['CREATE', 'UPDATE'],
    signal_transport: 'CFN_SIGNAL',
    ...properties,
  };
  const ctx = bench.context(typeName, 'd');
  const begun = await type.create(ctx, wanted);
  const id = begun.state === 'replace' ? '' : (begun.physicalId ?? '');
  const ref = { uuid: ctx.resource.uuid, name: 'd', physicalId: id, properties: wanted, data: {}, metadata: {} };
  const deployment = () => bench.stack.software.deployments.get(id);
  const derived = () => bench.stack.software.configs.get(deployment()?.configId ?? '');
  const inputs = () =>
    Object.fromEntries((derived()?.inputs ?? []).map((input) => [String(input.name), input.value ?? null]));
  const poll = async (verb: 'create' | 'delete' = 'create') => type.poll?.(ctx, ref, { deployment: id }, verb);
  const signal = async (details: Json) => type.signal?.(ctx, ref, { details });
  return { bench, type, ctx, ref, begun, id, wanted, deployment, derived, inputs, poll, signal };
}

describe('OS::Heat::SoftwareDeployment', () => {
  test('makes a derived config with all inputs and waits', async () => {
    const d = await deployable({ input_values: { a: 'va', extra: [1] } });
    expect(d.begun).toMatchObject({ state: 'pending', physicalId: d.id });
    expect(d.deployment()).toMatchObject({
      serverId: 'srv',
      action: 'CREATE',
      status: 'IN_PROGRESS',
      statusReason: 'Deploy data available',
      inputValues: { a: 'va', extra: [1] },
    });
    expect(d.inputs()).toEqual({
      a: 'va',
      b: null,
      extra: [1],
      deploy_server_id: 'srv',
      deploy_action: 'CREATE',
      deploy_stack_id: 'stack/stack-id',
      deploy_resource_name: 'd',
      deploy_signal_transport: 'CFN_SIGNAL',
      deploy_signal_id: expect.stringMatching(/^http:\/\/cfn\/v1\/signal\//),
      deploy_signal_verb: 'POST',
    });
    expect(d.derived()).toMatchObject({ name: 'conf', group: 'script', config: 'run' });
    expect(await d.poll()).toMatchObject({ state: 'pending' });
  });

  test.each<{ transport: string; names: string[] }>([
    { transport: 'TEMP_URL_SIGNAL', names: ['deploy_signal_id', 'deploy_signal_verb'] },
    {
      transport: 'HEAT_SIGNAL',
      names: [
        'deploy_auth_url',
        'deploy_username',
        'deploy_user_id',
        'deploy_password',
        'deploy_project_id',
        'deploy_region_name',
      ],
    },
    {
      transport: 'ZAQAR_SIGNAL',
      names: [
        'deploy_auth_url',
        'deploy_username',
        'deploy_user_id',
        'deploy_password',
        'deploy_project_id',
        'deploy_region_name',
        'deploy_queue_id',
      ],
    },
    { transport: 'NO_SIGNAL', names: [] },
  ])('$transport has inputs of its own', async ({ transport, names }) => {
    const d = await deployable({ signal_transport: transport });
    const all = Object.keys(d.inputs());
    expect(all.slice(all.indexOf('deploy_signal_transport') + 1)).toEqual(names);
    if (transport !== 'NO_SIGNAL') return;
    expect(d.begun.state).toBe('done');
    expect(d.deployment()).toMatchObject({ status: 'COMPLETE', statusReason: 'Not waiting for outputs signal' });
  });

  test('outputs come back as attributes', async () => {
    const d = await deployable();
    const result = await d.signal({
      result: 'r',
      deploy_stdout: 'so',
      deploy_stderr: 'se',
      deploy_status_code: 0,
      other: 1,
    });
    expect(result).toEqual({ reason: `Signal: deployment ${d.id} succeeded` });
    expect(d.deployment()).toMatchObject({ status: 'COMPLETE', statusReason: 'Outputs received' });
    expect(await d.poll()).toMatchObject({
      state: 'done',
      attributes: { result: 'r', oops: null, deploy_stdout: 'so', deploy_stderr: 'se', deploy_status_code: 0 },
    });
    expect(await d.type.attribute?.(d.ctx, d.ref, 'result', [])).toBe('r');
    expect(await d.signal({})).toEqual({ reason: 'Unknown' });
  });

  test.each([
    {
      details: { deploy_status_code: 1 },
      text: 'deploy_status_code : Deployment exited with non-zero status code: 1',
      event: 'failed (1)',
    },
    { details: { deploy_status_code: '0', oops: 'broken' }, text: 'oops : broken', event: 'failed' },
  ])('fails with $text', async ({ details, text, event }) => {
    const d = await deployable();
    expect(await d.signal(details)).toEqual({ reason: `Signal: deployment ${d.id} ${event}` });
    await expect(d.poll()).rejects.toMatchObject({
      message: `Deployment to server failed: ${text}`,
      reasonClass: 'Error',
    });
  });

  test('a repeated create tells the server only once', async () => {
    const d = await deployable();
    const { configId } = d.deployment() ?? {};
    await d.signal({});
    expect(await d.type.create(d.ctx, d.wanted)).toMatchObject({ state: 'done' });
    expect(d.deployment()?.configId).toBe(configId);
  });

  test('an update hands a new derived config over and drops the old one', async () => {
    const d = await deployable();
    await d.signal({});
    const before = d.deployment()?.configId ?? '';
    const ctx = { ...d.ctx, token: 'next' };
    for (const change of [
      { input_values: { a: 'new' } },
      { name: 'named' },
      { actions: ['UPDATE'] },
      { config: 'source' },
    ]) {
      const after: JsonMap = { ...d.wanted, ...change };
      const progress = await d.type.update?.({ ...ctx, token: JSON.stringify(change) }, d.ref, {
        before: d.wanted,
        after,
        changed: Object.keys(change),
      });
      expect(progress).toMatchObject({ state: 'pending' });
      expect(d.deployment()).toMatchObject({ action: 'UPDATE', status: 'IN_PROGRESS' });
    }
    expect(d.bench.stack.software.configs.has(before)).toBe(false);
    expect(d.bench.stack.software.configs.size).toBe(2);
  });

  test('a changed input that asks for it replaces', async () => {
    const d = await deployable({ input_values: { b: '1' } });
    const after = { ...d.wanted, input_values: { b: '2' } };
    expect(await d.type.update?.(d.ctx, d.ref, { before: d.wanted, after, changed: ['input_values'] })).toEqual({
      state: 'replace',
      why: 'the input b changed',
    });
  });

  test('an action that is not for it does nothing', async () => {
    const d = await deployable({ actions: ['DELETE'] });
    expect(d.begun).toMatchObject({ state: 'done', physicalId: '' });
    expect(d.deployment()).toBeUndefined();
  });

  test('a component runs in the actions that it names', async () => {
    const d = await deployable({}, 'OS::Heat::SoftwareDeployment', {
      group: 'component',
      config: { configs: [{ actions: ['DELETE'], tool: 't' }] },
    });
    expect(d.begun).toMatchObject({ state: 'done', physicalId: '' });
  });

  test('deletion takes everything back', async () => {
    const d = await deployable();
    expect(await d.type.delete(d.ctx, d.ref)).toMatchObject({ state: 'done' });
    expect([...d.bench.stack.software.configs.keys()]).toEqual(['source']);
    expect(d.bench.stack.software.deployments.size).toBe(0);
    expect(d.bench.stack.users.users.size).toBe(0);
  });

  test('a deletion that the server has a say in waits for it, but not for a server that is gone', async () => {
    const d = await deployable({ actions: ['CREATE', 'DELETE'] });
    const ctx = { ...d.ctx, token: 'delete' };
    d.bench.place('OS::Nova::Server', 'server', {}, { physicalId: 'srv' });
    expect(await d.type.delete(ctx, d.ref)).toMatchObject({ state: 'pending' });
    expect(await d.poll('delete')).toMatchObject({ state: 'pending' });
    d.bench.stack.siblings.clear();
    expect(await d.poll('delete')).toMatchObject({ state: 'done' });
    expect(d.deployment()).toBeUndefined();
  });

  test('suspend and resume deploy if they are told to', async () => {
    const d = await deployable({ actions: ['CREATE', 'SUSPEND', 'RESUME'] });
    await d.signal({});
    expect(await d.type.suspend?.({ ...d.ctx, token: 's' }, d.ref)).toMatchObject({ state: 'pending' });
    expect(d.inputs().deploy_action).toBe('SUSPEND');
    await d.signal({});
    expect(await d.type.resume?.({ ...d.ctx, token: 'r' }, d.ref)).toMatchObject({ state: 'pending' });
    expect(d.inputs().deploy_action).toBe('RESUME');
  });

  test('a server without an agent takes no deployments', async () => {
    const d = await deployable();
    d.bench.place('OS::Nova::Server', 'web', { user_data_format: 'RAW' }, { physicalId: 'raw' });
    await expect(d.type.create(d.ctx, { ...d.wanted, server: 'raw' })).rejects.toMatchObject({
      message:
        "Resource raw's property user_data_format should be set to SOFTWARE_CONFIG since there are software deployments on it.",
      reasonClass: 'StackValidationFailed',
    });
  });

  test('a config that is not there is named', async () => {
    await expect(deployable({ config: 'nowhere' })).rejects.toMatchObject({
      message: 'Software config with id nowhere not found',
      reasonClass: 'NotFound',
    });
  });
});

describe('OS::Heat::StructuredDeployment', () => {
  const config = { config: { k: [{ get_input: 'a' }], other: { get_input: ['no'] }, two: { get_input: 'a', x: 1 } } };

  test('puts the values of inputs into the config', async () => {
    const d = await deployable({ input_values: { a: { deep: 1 } } }, 'OS::Heat::StructuredDeployment', config);
    expect(d.derived()?.config).toEqual({
      k: [{ deep: 1 }],
      other: { get_input: ['no'] },
      two: { get_input: 'a', x: 1 },
    });
  });

  test('by another key if told so', async () => {
    const d = await deployable({ input_key: 'my', input_values: { a: 1 } }, 'OS::Heat::StructuredDeployment', {
      config: { x: { my: 'a' }, y: { get_input: 'a' } },
    });
    expect(d.derived()?.config).toEqual({ x: 1, y: { get_input: 'a' } });
  });

  test.each([
    { input_values_validate: 'LAX', message: undefined },
    { input_values_validate: 'STRICT', message: 'The Parameter (nope) was not provided.' },
  ])('an input that is not there: $input_values_validate', async ({ input_values_validate, message }) => {
    const run = deployable({ input_values_validate }, 'OS::Heat::StructuredDeployment', {
      config: { x: { get_input: 'nope' } },
    });
    if (message !== undefined)
      await expect(run).rejects.toMatchObject({ message, reasonClass: 'UserParameterMissing' });
    else expect((await run).derived()?.config).toEqual({ x: null });
  });
});

describe('deployment groups', () => {
  const input = (properties: JsonMap, more: Partial<ComposeInput> = {}): ComposeInput => ({
    name: 'g',
    physicalName: 's-g-x',
    properties,
    previous: undefined,
    members: [],
    data: {},
    updatePolicy: {},
    files: {},
    ...more,
  });
  const servers = { a: 'id-a', b: 'id-b' };

  test.each([
    { type: 'OS::Heat::SoftwareDeploymentGroup', member: 'OS::Heat::SoftwareDeployment' },
    { type: 'OS::Heat::SoftwareDeployments', member: 'OS::Heat::SoftwareDeployment' },
    { type: 'OS::Heat::StructuredDeploymentGroup', member: 'OS::Heat::StructuredDeployment' },
    { type: 'OS::Heat::StructuredDeployments', member: 'OS::Heat::StructuredDeployment' },
  ])('$type has one $member per server', ({ type, member }) => {
    const composed = new StackBench().type(type).composed;
    const [step] = composed?.child(input({ servers, config: 'c', name: null })) ?? [];
    expect(step?.stack.template).toMatchObject({
      resources: {
        a: { type: member, properties: { config: 'c', server: 'id-a' } },
        b: { type: member, properties: { config: 'c', server: 'id-b' } },
      },
    });
  });

  test('attributes are maps by name', async () => {
    const composed = new StackBench().type('OS::Heat::SoftwareDeploymentGroup').composed;
    const child: ChildView = {
      stackId: 'i',
      stackName: 'n',
      arn: 'a',
      members: async () => [],
      outputs: async () => ({}),
      memberAttribute: async (name, attribute) => `${name}/${attribute}`,
    };
    expect(await composed?.attribute(child, { servers }, 'deploy_stdouts', [])).toEqual({
      a: 'a/deploy_stdout',
      b: 'b/deploy_stdout',
    });
    expect(await composed?.attribute(child, { servers }, 'deploy_status_codes', ['b'])).toBe('b/deploy_status_code');
    expect(await composed?.attribute(child, { servers }, 'result', [])).toEqual({ a: 'a/result', b: 'b/result' });
  });

  test('go in batches', () => {
    const composed = new StackBench().type('OS::Heat::SoftwareDeploymentGroup').composed;
    const steps =
      composed?.child(input({ servers }, { updatePolicy: { batch_create: { max_batch_size: 1, pause_time: 1 } } })) ??
      [];
    expect(steps.map((step) => Object.keys((step.stack.template as JsonMap).resources as JsonMap))).toEqual([
      [],
      ['a'],
      ['a', 'b'],
    ]);
    expect(steps[1]?.pauseAfterMs).toBe(1000);
  });
});

describe('OS::Heat::DeployedServer', () => {
  test.each<{ transport: string; source: string; keys: string[] }>([
    {
      transport: 'POLL_SERVER_CFN',
      source: 'cfn',
      keys: ['metadata_url', 'access_key_id', 'secret_access_key', 'stack_name', 'path'],
    },
    {
      transport: 'POLL_SERVER_HEAT',
      source: 'heat',
      keys: ['user_id', 'password', 'auth_url', 'project_id', 'stack_id', 'resource_name', 'region_name'],
    },
    {
      transport: 'ZAQAR_MESSAGE',
      source: 'zaqar',
      keys: ['user_id', 'password', 'auth_url', 'project_id', 'queue_id', 'region_name'],
    },
    { transport: 'POLL_TEMP_URL', source: 'request', keys: ['metadata_url'] },
  ])('tells its agent how to poll by $transport', async ({ transport, source, keys }) => {
    const bench = new StackBench();
    const made = await bench.create('OS::Heat::DeployedServer', { software_config_transport: transport });
    const config = (await bench.told(made, 'os_collect_config')) as JsonMap;
    expect(config.collectors).toEqual([source, 'local']);
    expect(Object.keys(config[source] as JsonMap)).toEqual(keys);
    expect(made.metadata).toEqual({ deployments: [], 'os-collect-config': config });
    expect(made.physicalId).toBe(made.ctx.resource.uuid);
  });

  test('changes its transport in place; what was there before is emptied', async () => {
    const bench = new StackBench();
    const made = await bench.create('OS::Heat::DeployedServer', { software_config_transport: 'POLL_SERVER_CFN' });
    const after = await bench.update(
      { ...made, ref: { ...made.ref, metadata: made.metadata ?? {} } },
      { software_config_transport: 'POLL_TEMP_URL', name: 'n' },
    );
    const config = (await bench.told(after, 'os_collect_config')) as JsonMap;
    expect(after.attributes.name).toBe('n');
    expect(Object.values(config.cfn as JsonMap).every((value) => value === null)).toBe(true);
    await bench.delete(after);
    expect(bench.stack.users.users.size).toBe(0);
  });
});

describe('user data', () => {
  const base = {
    userData: 'echo',
    metadata: { 'AWS::CloudFormation::Init': { config: {} } },
    cfnUrl: 'http://cfn.example:8000/v1',
    seed: 's',
  };
  const names = (text: string) => (parseMultipart(text) ?? []).map((part) => part.filename);

  test('RAW is left alone', () => {
    expect(serverUserData({ ...base, format: 'RAW' })).toBe('echo');
  });

  test('HEAT_CFNTOOLS carries the cfn-init data and where to ask', () => {
    const parts = parseMultipart(serverUserData({ ...base, format: 'HEAT_CFNTOOLS', adminUser: 'ec2-user' })) ?? [];
    const read = (name: string) => parts.find((part) => part.filename === name)?.content;
    expect(parts.map((part) => part.filename)).toEqual([
      'cloud-config',
      'boothook.sh',
      'part-handler.py',
      'cfn-userdata',
      'loguserdata.py',
      'cfn-init-data',
      'cfn-metadata-server',
      'cfn-boto-cfg',
    ]);
    expect(read('cfn-userdata')).toBe('echo');
    expect(read('cfn-init-data')).toBe('{"AWS::CloudFormation::Init": {"config": {}}}');
    expect(read('cfn-metadata-server')).toBe('http://cfn.example:8000/v1/');
    expect(read('cfn-boto-cfg')).toContain('cfn_region_endpoint = cfn.example');
    expect(read('cloud-config')).toContain('user: ec2-user');
  });

  test('SOFTWARE_CONFIG takes the parts of a message over, and a script as it is', () => {
    expect(names(serverUserData({ ...base, format: 'SOFTWARE_CONFIG' }))).toEqual([
      'cloud-config',
      'boothook.sh',
      'part-handler.py',
      'userdata',
      'cfn-init-data',
    ]);
    const message = serverUserData({ ...base, format: 'HEAT_CFNTOOLS' });
    expect(
      names(serverUserData({ ...base, metadata: {}, userData: message, format: 'SOFTWARE_CONFIG' })).slice(3),
    ).toEqual(names(message));
  });
});
