import { createEngine, type Engine } from '../../src/create-engine.js';
import type { StackRecord } from '../../src/engine/model/records.js';
import type { Json, JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';

let engine: Engine;
const caller = localCaller();

beforeEach(async () => {
  engine = await createEngine({});
});
afterEach(() => engine.close(0));

const hot = (resources: JsonMap, outputs: JsonMap = {}): JsonMap => ({
  heat_template_version: '2021-04-16',
  resources,
  outputs,
});

async function create(template: JsonMap): Promise<StackRecord> {
  const stack = await engine.stacks.create(caller, { name: 'life', template });
  return engine.stacks.settled(stack.id);
}

async function update(stack: StackRecord, template: JsonMap): Promise<StackRecord> {
  await engine.stacks.update(caller, stack.id, { template });
  return engine.stacks.settled(stack.id);
}

async function outputs(stack: StackRecord): Promise<JsonMap> {
  return Object.fromEntries(
    (await engine.stacks.outputs(caller, stack.id)).map(({ name, value }): [string, Json] => [name, value]),
  );
}

/** Waits for a state that the engine comes to by itself, in the order of its own events. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

const told = async (stack: StackRecord, name: string) => {
  const found = await engine.stacks.resource(caller, stack.id, name);
  return `${found.record.action}_${found.record.status}`;
};

test('a ResourceGroup is made, resized, told apart by its attributes and removed', async () => {
  const group = (count: number, removal: Json[] = []): JsonMap =>
    hot(
      {
        g: {
          type: 'OS::Heat::ResourceGroup',
          properties: {
            count,
            removal_policies: removal,
            resource_def: { type: 'OS::Heat::TestResource', properties: { value: 'v-%index%' } },
          },
        },
      },
      {
        values: { value: { get_attr: ['g', 'output'] } },
        one: { value: { get_attr: ['g', 'resource.0.output'] } },
        map: { value: { get_attr: ['g', 'attributes', 'output'] } },
        removed: { value: { get_attr: ['g', 'removed_rsrc_list'] } },
      },
    );
  let stack = await create(group(2));
  expect(stack).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
  expect(await outputs(stack)).toEqual({
    values: ['v-0', 'v-1'],
    one: 'v-0',
    map: { 0: 'v-0', 1: 'v-1' },
    removed: [],
  });
  stack = await update(stack, group(3, [{ resource_list: ['1'] }]));
  expect(stack.statusReason).toBe('Stack UPDATE completed successfully');
  expect(await outputs(stack)).toEqual({
    values: ['v-0', 'v-2', 'v-3'],
    one: 'v-0',
    map: { 0: 'v-0', 2: 'v-2', 3: 'v-3' },
    removed: ['1'],
  });
  await engine.stacks.delete(caller, stack.id);
  expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
});

test('a scaling group follows its policy, within its bounds and its cooldown', async () => {
  const stack = await create(
    hot(
      {
        asg: {
          type: 'OS::Heat::AutoScalingGroup',
          properties: { min_size: 1, max_size: 3, resource: { type: 'OS::Heat::RandomString' } },
        },
        up: {
          type: 'OS::Heat::ScalingPolicy',
          properties: {
            auto_scaling_group_id: { get_resource: 'asg' },
            adjustment_type: 'change_in_capacity',
            scaling_adjustment: 2,
          },
        },
      },
      { size: { value: { get_attr: ['asg', 'current_size'] } }, url: { value: { get_attr: ['up', 'alarm_url'] } } },
    ),
  );
  expect(stack.statusReason).toBe('Stack CREATE completed successfully');
  expect((await outputs(stack)).size).toBe(1);
  expect((await outputs(stack)).url).toMatch(/\/v1\/signal\/.*Signature=/);
  await engine.stacks.signal(caller, stack.id, 'up', { current: 'alarm', previous: 'ok', reason: 'hot' });
  await until(async () => (await outputs(stack)).size === 3);
  const { record } = await engine.stacks.resource(caller, stack.id, 'asg');
  await until(
    async () => ((await engine.stacks.metadata(caller, stack.id, 'asg')) as JsonMap).scaling_in_progress === false,
  );
  expect(record.type).toBe('OS::Heat::AutoScalingGroup');
});

test('a wait condition waits for its signals', async () => {
  const template = hot(
    {
      h: { type: 'OS::Heat::WaitConditionHandle' },
      w: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'h' }, timeout: 60, count: 2 } },
    },
    { data: { value: { get_attr: ['w', 'data'] } }, curl: { value: { get_attr: ['h', 'curl_cli'] } } },
  );
  const { id } = await engine.stacks.create(caller, { name: 'life', template });
  await until(async () => {
    const stack = await engine.stacks.find(caller, id);
    return (await told(stack, 'w')) === 'CREATE_IN_PROGRESS';
  });
  await engine.stacks.signal(caller, id, 'h', { data: 'a' });
  await engine.stacks.signal(caller, id, 'h', { data: 'b' });
  const stack = await engine.stacks.settled(id);
  expect(stack.statusReason).toBe('Stack CREATE completed successfully');
  expect((await outputs(stack)).data).toBe('{"1": "a", "2": "b"}');
  const events = await engine.stacks.events(caller, id, { resourceName: 'h' });
  expect(events.map(({ event }) => event.reason)).toContain('Signal: status:SUCCESS reason:Signal 2 received');
});

test('a failure signal fails the stack with its reason', async () => {
  const template = hot({
    h: { type: 'OS::Heat::WaitConditionHandle' },
    w: { type: 'OS::Heat::WaitCondition', properties: { handle: { get_resource: 'h' }, timeout: 60 } },
  });
  const { id } = await engine.stacks.create(caller, { name: 'life', template, disableRollback: true });
  await until(async () => (await told(await engine.stacks.find(caller, id), 'w')) === 'CREATE_IN_PROGRESS');
  await engine.stacks.signal(caller, id, 'h', { status: 'FAILURE', reason: 'broken' });
  expect((await engine.stacks.settled(id)).statusReason).toBe(
    'Resource CREATE failed: WaitConditionFailure: resources.w: broken',
  );
});

test('a deployment reaches its server and brings its outputs back', async () => {
  const template = hot(
    {
      c: {
        type: 'OS::Heat::SoftwareConfig',
        properties: { group: 'script', config: 'run', outputs: [{ name: 'result' }] },
      },
      s: { type: 'OS::Heat::DeployedServer' },
      d: {
        type: 'OS::Heat::SoftwareDeployment',
        properties: { config: { get_resource: 'c' }, server: { get_resource: 's' }, input_values: { a: 1 } },
      },
    },
    { result: { value: { get_attr: ['d', 'result'] } }, code: { value: { get_attr: ['d', 'deploy_status_code'] } } },
  );
  const { id } = await engine.stacks.create(caller, { name: 'life', template });
  await until(async () => {
    const { record } = await engine.stacks.resource(caller, id, 'd').catch(() => ({ record: undefined }));
    return record?.physicalId !== undefined;
  });
  const metadata = (await engine.stacks.metadata(caller, id, 's')) as JsonMap;
  expect((metadata.deployments as JsonMap[]).map((one) => one.group)).toEqual(['script']);
  await engine.stacks.signal(caller, id, 'd', { result: 'r', deploy_status_code: 0 });
  const stack = await engine.stacks.settled(id);
  expect(stack.statusReason).toBe('Stack CREATE completed successfully');
  expect(await outputs(stack)).toEqual({ result: 'r', code: 0 });
  await engine.stacks.delete(caller, id);
  expect(await engine.stacks.settled(id)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
  expect(await engine.software.listDeployments(caller)).toEqual([]);
  expect(await engine.software.listConfigs(caller, {})).toEqual([]);
});

test('instances of a CloudFormation group roll over when their launch configuration changes', async () => {
  const template = (image: string): JsonMap => ({
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: {
      lc: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { ImageId: image, InstanceType: 'm1.small' } },
      asg: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        UpdatePolicy: { AutoScalingRollingUpdate: { MaxBatchSize: 1 } },
        Properties: { AvailabilityZones: ['a'], LaunchConfigurationName: { Ref: 'lc' }, MinSize: '2', MaxSize: '4' },
      },
    },
    Outputs: { group: { Value: { Ref: 'asg' } } },
  });
  let stack = await create(template('ami-1'));
  expect(stack.statusReason).toBe('Stack CREATE completed successfully');
  stack = await update(stack, template('ami-2'));
  expect(stack.statusReason).toBe('Stack UPDATE completed successfully');
  const members = await engine.stacks.resources(caller, stack.id, { nestedDepth: 1, types: ['AWS::EC2::Instance'] });
  expect(members.map(({ record }) => (record.properties as JsonMap).ImageId)).toEqual(['ami-2', 'ami-2']);
});

test('outputs of a nested stack are worked out again when what they follow from has changed', async () => {
  const member = {
    heat_template_version: '2018-08-31',
    parameters: { word: { type: 'string' } },
    resources: { v: { type: 'OS::Heat::Value', properties: { value: { get_param: 'word' } } } },
    outputs: { word: { value: { get_attr: ['v', 'value'] } } },
  };
  const around = (word: string) =>
    hot({ n: { type: 'file:///member.yaml', properties: { word } } }, { word: { value: { get_attr: ['n', 'word'] } } });
  const files = { 'file:///member.yaml': JSON.stringify(member) };
  const made = await engine.stacks.create(caller, { name: 'kept', template: around('one'), files });
  const stack = await engine.stacks.settled(made.id);
  expect(await outputs(stack)).toEqual({ word: 'one' });
  await engine.stacks.update(caller, stack.id, { template: around('two'), files });
  await engine.stacks.settled(stack.id);
  expect(await outputs(stack)).toEqual({ word: 'two' });
  // The nested stack may also be changed by itself.
  const { nested } = await engine.stacks.resource(caller, stack.id, 'n');
  await engine.stacks.update(caller, nested?.id ?? '', {
    existing: true,
    environment: { parameters: { word: 'three' } },
  });
  await engine.stacks.settled(nested?.id ?? '');
  expect(await outputs(stack)).toEqual({ word: 'three' });
});
