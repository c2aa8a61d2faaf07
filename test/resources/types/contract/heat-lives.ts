import type { JsonMap } from '../../../../src/engine/model/value.js';
import { type Life, ref } from './life.js';

const balancer: JsonMap = {
  type: 'AWS::ElasticLoadBalancing::LoadBalancer',
  properties: {
    AvailabilityZones: ['nova'],
    Listeners: [{ InstancePort: 80, LoadBalancerPort: 80, Protocol: 'HTTP' }],
  },
};
const subnet: JsonMap = {
  net: { type: 'OS::Neutron::Net' },
  subnet: { type: 'OS::Neutron::Subnet', properties: { network: ref('net'), cidr: '10.9.0.0/24' } },
};
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
const cfnSignal = (id: string): JsonMap => ({ Status: 'SUCCESS', Reason: 'r', Data: `data ${id}`, UniqueId: id });
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
    form: 'heat',
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
    others: { signal_transport: 'the server of the simulated cloud answers no signals; software.test.ts answers them' },
  };
}

const cfnNested = (value: string) =>
  JSON.stringify({
    HeatTemplateFormatVersion: '2012-12-12',
    Parameters: { P: { Type: 'String', Default: 'p' } },
    Resources: {
      v: { Type: 'OS::Heat::TestResource', Properties: { value: { 'Fn::Join': ['-', [value, { Ref: 'P' }]] } } },
    },
  });

const nested = (value: string) =>
  JSON.stringify({
    heat_template_version: '2018-08-31',
    parameters: { p: { type: 'string', default: 'p' } },
    resources: { v: { type: 'OS::Heat::Value', properties: { value } } },
    outputs: { o: { value: { list_join: ['-', [value, { get_param: 'p' }]] } } },
  });

export const HEAT_LIVES: readonly Life[] = [
  {
    form: 'heat',
    type: 'OS::Heat::ResourceGroup',
    properties: { count: 1, resource_def: member },
    changes: {
      count: 2,
      removal_policies: [{ resource_list: ['0'] }],
      removal_policies_mode: 'update',
      resource_def: { ...member, properties: { value: 'b' } },
      index_var: '%number%',
    },
    quiet: ['removal_policies_mode'],
  },
  {
    form: 'heat',
    type: 'OS::Heat::ResourceChain',
    properties: { resources: ['OS::Heat::TestResource'] },
    changes: {
      resources: ['OS::Heat::TestResource', 'OS::Heat::TestResource'],
      resource_properties: { value: 'c' },
      concurrent: true,
    },
  },
  {
    form: 'heat',
    type: 'OS::Heat::InstanceGroup',
    needs: { launch: launch(), other: launch('m1.large'), balancer },
    properties: { AvailabilityZones: ['nova'], LaunchConfigurationName: ref('launch'), Size: 1 },
    changes: {
      Size: 2,
      LaunchConfigurationName: ref('other'),
      AvailabilityZones: ['other'],
      Tags: [{ Key: 'k', Value: 'v' }],
      LoadBalancerNames: [ref('balancer')],
    },
    // Without a rolling update instances stay as they were started.
    policies: { update_policy: { RollingUpdate: {} } },
  },
  {
    form: 'heat',
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
    quiet: ['cooldown', 'max_size', 'min_size', 'rolling_updates'],
  },
  {
    form: 'heat',
    type: 'AWS::AutoScaling::AutoScalingGroup',
    needs: { launch: launch(), other: launch('m1.large'), balancer, ...subnet },
    properties: { AvailabilityZones: ['nova'], LaunchConfigurationName: ref('launch'), MinSize: 1, MaxSize: 3 },
    policies: { update_policy: { AutoScalingRollingUpdate: {} } },
    quiet: ['Cooldown', 'MaxSize', 'MinSize'],
    changes: {
      Cooldown: 5,
      DesiredCapacity: 2,
      MaxSize: 4,
      MinSize: 2,
      LaunchConfigurationName: ref('other'),
      AvailabilityZones: ['other'],
      Tags: [{ Key: 'k', Value: 'v' }],
      LoadBalancerNames: [ref('balancer')],
      VPCZoneIdentifier: [ref('subnet')],
    },
    others: { InstanceId: 'excludes LaunchConfigurationName; scaling-life.test.ts starts instances as another one' },
  },
  {
    form: 'heat',
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
    others: {
      BlockDeviceMappings: 'needs a snapshot of a volume; instances with volumes are in aws.test.ts',
      InstanceId: 'excludes what an instance is started from; scaling-life.test.ts starts instances as another one',
    },
  },
  {
    form: 'heat',
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
    // What they do is seen when somebody signals: policies.test.ts.
    quiet: ['adjustment_type', 'scaling_adjustment', 'cooldown', 'min_adjustment_step'],
  },
  {
    form: 'heat',
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
    quiet: ['AdjustmentType', 'ScalingAdjustment', 'Cooldown', 'MinAdjustmentStep'],
  },
  {
    form: 'heat',
    type: 'OS::Heat::WaitConditionHandle',
    properties: {},
    changes: { signal_transport: 'CFN_SIGNAL' },
  },
  {
    form: 'heat',
    type: 'OS::Heat::WaitCondition',
    needs: { handle, other: handle },
    properties: { handle: ref('handle'), timeout: 60 },
    changes: { count: 2, timeout: 90, handle: ref('other') },
  },
  {
    form: 'heat',
    type: 'AWS::CloudFormation::WaitCondition',
    needs: { handle: cfnHandle, other: cfnHandle },
    signals: { handle: [cfnSignal('1'), cfnSignal('2')], other: [cfnSignal('3'), cfnSignal('4')] },
    properties: { Handle: ref('handle'), Timeout: 60 },
    changes: { Count: 2, Handle: ref('other'), Timeout: 90 },
    quiet: ['Count'],
  },
  {
    form: 'heat',
    type: 'OS::Heat::SwiftSignal',
    needs: { handle: swiftHandle, other: swiftHandle },
    properties: { handle: ref('handle'), timeout: 60 },
    // What was signalled is the same each time.
    quiet: ['count', 'handle', 'timeout'],
    signalsAgain: true,
    signals: { handle: [{ id: '1' }, { id: '2' }], other: [{ id: '1' }, { id: '2' }] },
    changes: { count: 2, handle: ref('other'), timeout: 90 },
  },
  { form: 'heat', type: 'OS::Heat::SoftwareConfig', properties: {}, changes: { config: 'text', ...OWN } },
  { form: 'heat', type: 'OS::Heat::StructuredConfig', properties: {}, changes: { config: { a: 1 }, ...OWN } },
  { form: 'heat', type: 'OS::Heat::CloudConfig', properties: {}, changes: { cloud_config: { packages: ['vim'] } } },
  {
    form: 'heat',
    type: 'OS::Heat::MultipartMime',
    properties: {},
    changes: { parts: [{ config: 'echo', filename: 'x.sh' }], group: 'other' },
  },
  {
    form: 'heat',
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
    form: 'heat',
    type: 'OS::Heat::DeployedServer',
    properties: {},
    changes: {
      name: 'n',
      metadata: { k: 'v' },
      software_config_transport: 'POLL_TEMP_URL',
      deployment_swift_data: { container: 'c', object: 'o' },
    },
    quiet: ['metadata'],
  },
  {
    form: 'heat',
    type: 'OS::Heat::Stack',
    properties: { template: nested('one') },
    changes: { template: nested('two'), timeout: 5, parameters: { p: 'given' }, context: { region_name: 'RegionOne' } },
    // The region is the one that it is in already.
    quiet: ['context'],
  },
  {
    form: 'heat',
    type: 'OS::Heat::AccessPolicy',
    needs: { a: random, b: random },
    properties: { AllowedResources: ['a'] },
    changes: { AllowedResources: ['a', 'b'] },
    // What it allows is seen when a key of its user asks: stack-user tests.
    quiet: ['AllowedResources'],
  },
  {
    form: 'heat',
    type: 'OS::Heat::HARestarter',
    needs: { server, other: server },
    properties: { InstanceId: ref('server') },
    changes: { InstanceId: ref('other') },
  },
  {
    form: 'heat',
    type: 'AWS::IAM::User',
    needs: { policy: { type: 'OS::Heat::AccessPolicy', properties: { AllowedResources: ['policy'] } } },
    properties: {},
    changes: { Path: '/p/', Groups: ['g'], LoginProfile: { Password: 'a-good-password' }, Policies: [ref('policy')] },
  },
  {
    form: 'heat',
    type: 'AWS::IAM::AccessKey',
    needs: { user: { type: 'AWS::IAM::User' }, other: { type: 'AWS::IAM::User' } },
    properties: { UserName: ref('user') },
    changes: { UserName: ref('other') },
  },
  { form: 'heat', type: 'OS::Heat::SwiftSignalHandle', properties: {}, changes: {} },
  { form: 'heat', type: 'AWS::CloudFormation::WaitConditionHandle', properties: {}, changes: {} },
  { form: 'heat', type: 'OS::Heat::UpdateWaitConditionHandle', properties: {}, changes: {} },
  {
    form: 'heat',
    type: 'AWS::CloudFormation::Stack',
    files: { 'http://templates/one.json': cfnNested('one'), 'http://templates/two.json': cfnNested('two') },
    properties: { TemplateURL: 'http://templates/one.json' },
    changes: { TemplateURL: 'http://templates/two.json', Parameters: { P: 'given' }, TimeoutInMinutes: 7 },
  },
  deployment('OS::Heat::SoftwareDeployments', true),
  deployment('OS::Heat::StructuredDeployments', true),
];
