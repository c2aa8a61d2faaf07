import { createEngine, type Engine } from '../../src/create-engine.js';
import type { ResourceRecord } from '../../src/engine/model/records.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';
import { loadSchema } from '../../src/resources/catalogue/catalogue.js';
import { FakeClock } from '../helpers/fake-clock.js';

const caller = localCaller();
let engine: Engine;

beforeEach(async () => {
  engine = await createEngine({ clock: new FakeClock() });
});
afterEach(() => engine.close(0));

/** A resource, what it needs around it, and another value for each of its properties, in the order in which they change. */
interface Life {
  readonly type: string;
  readonly needs?: JsonMap;
  readonly properties: JsonMap;
  readonly changes: JsonMap;
  /** Properties that cannot be changed alone; another test changes them. */
  readonly others?: readonly string[];
}

const ref = (name: string): JsonMap => ({ get_resource: name });
const random: JsonMap = { type: 'OS::Heat::RandomString' };
const launch = (type = 'm1.small'): JsonMap => ({
  type: 'AWS::AutoScaling::LaunchConfiguration',
  properties: { ImageId: 'cirros', InstanceType: type },
});
const group: JsonMap = {
  type: 'OS::Heat::AutoScalingGroup',
  properties: { min_size: 1, max_size: 3, resource: random },
};
const member: JsonMap = { type: 'OS::Heat::TestResource', properties: { value: 'a' } };
const server: JsonMap = {
  type: 'OS::Nova::Server',
  properties: { image: 'cirros', flavor: 'm1.small', user_data_format: 'SOFTWARE_CONFIG' },
};
const handle: JsonMap = { type: 'OS::Heat::WaitConditionHandle', properties: { signal_transport: 'NO_SIGNAL' } };
const cfnHandle: JsonMap = { type: 'AWS::CloudFormation::WaitConditionHandle' };
const swiftHandle: JsonMap = { type: 'OS::Heat::SwiftSignalHandle' };
const config = (text: string): JsonMap => ({
  type: 'OS::Heat::SoftwareConfig',
  properties: { config: text, inputs: [{ name: 'a' }] },
});
const structured = (text: string): JsonMap => ({
  type: 'OS::Heat::StructuredConfig',
  properties: { config: { text }, inputs: [{ name: 'a' }] },
});
const OWN = { group: 'script', inputs: [{ name: 'i' }], options: { o: 1 }, outputs: [{ name: 'o' }] };

function deployment(type: string, isGroup: boolean): Life {
  const isStructured = type.includes('Structured');
  const make = isStructured ? structured : config;
  return {
    type,
    needs: { server, other: server, config: make('one'), second: make('two') },
    properties: {
      config: ref('config'),
      signal_transport: 'NO_SIGNAL',
      input_values: { a: '1' },
      ...(isGroup ? { servers: { s: ref('server') } } : { server: ref('server') }),
    },
    changes: {
      actions: ['CREATE', 'UPDATE', 'DELETE'],
      config: ref('second'),
      input_values: { a: '2' },
      name: 'n',
      ...(isStructured ? { input_key: 'get_value', input_values_validate: 'STRICT' } : {}),
      ...(isGroup ? { servers: { s: ref('server'), t: ref('other') } } : { server: ref('other') }),
    },
    others: ['signal_transport'],
  };
}

const nested = (value: string) =>
  JSON.stringify({
    heat_template_version: '2018-08-31',
    resources: { v: { type: 'OS::Heat::Value', properties: { value } } },
  });

const LIVES: readonly Life[] = [
  {
    type: 'OS::Heat::ResourceGroup',
    properties: { count: 1, resource_def: member },
    changes: {
      count: 2,
      removal_policies: [{ resource_list: ['0'] }],
      removal_policies_mode: 'update',
      resource_def: { ...member, properties: { value: 'b' } },
      index_var: '%number%',
    },
  },
  {
    type: 'OS::Heat::ResourceChain',
    properties: { resources: ['OS::Heat::TestResource'] },
    changes: {
      resources: ['OS::Heat::TestResource', 'OS::Heat::TestResource'],
      resource_properties: { value: 'c' },
      concurrent: true,
    },
  },
  {
    type: 'OS::Heat::InstanceGroup',
    needs: { launch: launch(), other: launch('m1.large') },
    properties: { AvailabilityZones: ['nova'], LaunchConfigurationName: ref('launch'), Size: 1 },
    changes: {
      Size: 2,
      LaunchConfigurationName: ref('other'),
      AvailabilityZones: ['other'],
      Tags: [{ Key: 'k', Value: 'v' }],
    },
    others: ['LoadBalancerNames'],
  },
  {
    type: 'OS::Heat::AutoScalingGroup',
    properties: { min_size: 1, max_size: 3, resource: member },
    changes: {
      cooldown: 5,
      desired_capacity: 2,
      max_size: 4,
      min_size: 2,
      resource: { ...member, properties: { value: 'z' } },
      rolling_updates: { max_batch_size: 2, min_in_service: 0, pause_time: 0 },
    },
  },
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    needs: { launch: launch(), other: launch('m1.large') },
    properties: { AvailabilityZones: ['nova'], LaunchConfigurationName: ref('launch'), MinSize: 1, MaxSize: 3 },
    changes: {
      Cooldown: 5,
      DesiredCapacity: 2,
      MaxSize: 4,
      MinSize: 2,
      LaunchConfigurationName: ref('other'),
      AvailabilityZones: ['other'],
      Tags: [{ Key: 'k', Value: 'v' }],
    },
    others: ['InstanceId', 'LoadBalancerNames', 'VPCZoneIdentifier'],
  },
  {
    type: 'AWS::AutoScaling::LaunchConfiguration',
    properties: { ImageId: 'cirros', InstanceType: 'm1.small' },
    changes: {
      ImageId: 'fedora',
      InstanceType: 'm1.large',
      KeyName: 'key',
      SecurityGroups: ['default'],
      UserData: 'echo',
      NovaSchedulerHints: [{ Key: 'k', Value: 'v' }],
    },
    others: ['BlockDeviceMappings', 'InstanceId'],
  },
  {
    type: 'OS::Heat::ScalingPolicy',
    needs: { group, other: group },
    properties: { auto_scaling_group_id: ref('group'), adjustment_type: 'change_in_capacity', scaling_adjustment: 1 },
    changes: {
      adjustment_type: 'percent_change_in_capacity',
      scaling_adjustment: 2,
      cooldown: 3,
      min_adjustment_step: 1,
      auto_scaling_group_id: ref('other'),
    },
  },
  {
    type: 'AWS::AutoScaling::ScalingPolicy',
    needs: { group, other: group },
    properties: { AutoScalingGroupName: ref('group'), AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 1 },
    changes: {
      AdjustmentType: 'PercentChangeInCapacity',
      ScalingAdjustment: 2,
      Cooldown: 3,
      MinAdjustmentStep: 1,
      AutoScalingGroupName: ref('other'),
    },
  },
  {
    type: 'OS::Heat::WaitConditionHandle',
    properties: {},
    changes: { signal_transport: 'CFN_SIGNAL' },
  },
  {
    type: 'OS::Heat::WaitCondition',
    needs: { handle, other: handle },
    properties: { handle: ref('handle'), timeout: 60 },
    changes: { count: 2, timeout: 90, handle: ref('other') },
  },
  {
    type: 'AWS::CloudFormation::WaitCondition',
    needs: { handle: cfnHandle },
    properties: { Handle: ref('handle'), Timeout: 60 },
    changes: {},
    others: ['Count', 'Handle', 'Timeout'],
  },
  {
    type: 'OS::Heat::SwiftSignal',
    needs: { handle: swiftHandle },
    properties: { handle: ref('handle'), timeout: 60 },
    changes: {},
    others: ['count', 'handle', 'timeout'],
  },
  { type: 'OS::Heat::SoftwareConfig', properties: {}, changes: { config: 'text', ...OWN } },
  { type: 'OS::Heat::StructuredConfig', properties: {}, changes: { config: { a: 1 }, ...OWN } },
  { type: 'OS::Heat::CloudConfig', properties: {}, changes: { cloud_config: { packages: ['vim'] } } },
  {
    type: 'OS::Heat::MultipartMime',
    properties: {},
    changes: { parts: [{ config: 'echo', filename: 'x.sh' }], group: 'other' },
  },
  {
    type: 'OS::Heat::SoftwareComponent',
    properties: { configs: [{ actions: ['CREATE'], config: 'a', tool: 'script' }] },
    changes: {
      configs: [{ actions: ['CREATE'], config: 'b', tool: 'script' }],
      inputs: OWN.inputs,
      options: OWN.options,
      outputs: OWN.outputs,
    },
  },
  deployment('OS::Heat::SoftwareDeployment', false),
  deployment('OS::Heat::StructuredDeployment', false),
  deployment('OS::Heat::SoftwareDeploymentGroup', true),
  deployment('OS::Heat::StructuredDeploymentGroup', true),
  {
    type: 'OS::Heat::DeployedServer',
    properties: {},
    changes: {
      name: 'n',
      metadata: { k: 'v' },
      software_config_transport: 'POLL_TEMP_URL',
      deployment_swift_data: { container: 'c', object: 'o' },
    },
  },
  {
    type: 'OS::Heat::Stack',
    properties: { template: nested('one') },
    changes: { template: nested('two'), timeout: 5, parameters: {}, context: { region_name: 'RegionOne' } },
  },
  {
    type: 'OS::Heat::AccessPolicy',
    needs: { a: random, b: random },
    properties: { AllowedResources: ['a'] },
    changes: { AllowedResources: ['a', 'b'] },
  },
  {
    type: 'OS::Heat::HARestarter',
    needs: { server, other: server },
    properties: { InstanceId: ref('server') },
    changes: { InstanceId: ref('other') },
  },
  {
    type: 'AWS::IAM::User',
    needs: { policy: { type: 'OS::Heat::AccessPolicy', properties: { AllowedResources: ['policy'] } } },
    properties: {},
    changes: { Path: '/p/', Groups: ['g'], LoginProfile: { Password: 'a-good-password' }, Policies: [ref('policy')] },
  },
  {
    type: 'AWS::IAM::AccessKey',
    needs: { user: { type: 'AWS::IAM::User' }, other: { type: 'AWS::IAM::User' } },
    properties: { UserName: ref('user') },
    changes: { UserName: ref('other') },
  },
];

const template = ({ type, needs = {} }: Life, properties: JsonMap): JsonMap => ({
  heat_template_version: '2021-04-16',
  resources: { ...needs, it: { type, properties } },
});

async function current(stackId: string): Promise<ResourceRecord> {
  return (await engine.stacks.resource(caller, stackId, 'it')).record;
}

/** Handles that nobody signals of themselves get what their condition waits for. */
async function signalled(stackId: string, life: Life): Promise<void> {
  const { type } = life;
  if (type !== 'AWS::CloudFormation::WaitCondition' && type !== 'OS::Heat::SwiftSignal') return;
  for (;;) {
    const found = await engine.stacks.resources(caller, stackId, { names: ['handle'] });
    if (found[0]?.record.status === 'COMPLETE' && found[0].record.physicalId !== undefined) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const details = type.startsWith('AWS')
    ? { Status: 'SUCCESS', Reason: 'r', Data: 'd', UniqueId: '1' }
    : { status: 'SUCCESS' };
  await engine.stacks.signal(caller, stackId, 'handle', details);
}

test.each(LIVES)('$type is made, changes each of its properties as its schema says, and goes', async (life) => {
  const { type, properties, changes, others = [] } = life;
  const schema = loadSchema(type, { prefer: 'heat' });
  const all = Object.entries(schema?.properties ?? {}).flatMap(([name, one]) =>
    one.hidden || one.notImplemented ? [] : [name],
  );
  expect([...Object.keys(changes), ...others].sort()).toEqual(all.sort());

  const made = await engine.stacks.create(caller, { name: 'every', template: template(life, properties) });
  await signalled(made.id, life);
  expect(await engine.stacks.settled(made.id)).toMatchObject({
    action: 'CREATE',
    statusReason: 'Stack CREATE completed successfully',
  });
  let wanted = properties;
  for (const [property, value] of Object.entries(changes)) {
    const before = await current(made.id);
    wanted = { ...wanted, [property]: value };
    await engine.stacks.update(caller, made.id, { template: template(life, wanted) });
    const { statusReason } = await engine.stacks.settled(made.id);
    expect([property, statusReason]).toEqual([property, 'Stack UPDATE completed successfully']);
    const after = await current(made.id);
    const isSame = after.id === before.id && after.physicalId === before.physicalId;
    expect([property, isSame]).toEqual([property, schema?.properties[property]?.onChange === 'update']);
  }
  await engine.stacks.delete(caller, made.id);
  expect(await engine.stacks.settled(made.id)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
  expect((await engine.stacks.list(caller, {})).length).toBe(0);
  expect(await engine.software.listDeployments(caller)).toEqual([]);
});
