import type {
  ChildMember,
  ChildStep,
  ChildView,
  ComposedType,
  ComposeInput,
} from '../../../../src/engine/drivers/resource-type.js';
import type { JsonMap } from '../../../../src/engine/model/value.js';
import { StackBench } from '../../../helpers/stack-bench.js';

const bench = new StackBench();

function groupOf(typeName: string, prefer: 'heat' | 'aws' = 'heat'): ComposedType {
  const { composed } = bench.type(typeName, prefer);
  if (!composed) throw new Error(`${typeName} is no group`);
  return composed;
}

function input(properties: JsonMap, more: Partial<ComposeInput> = {}): ComposeInput {
  return {
    name: 'g',
    physicalName: 's-g-x',
    uuid: 'u',
    properties,
    previous: undefined,
    members: [],
    data: {},
    updatePolicy: {},
    files: {},
    ...more,
  };
}

function member(name: string, createdAt: number, more: Partial<ChildMember> = {}): ChildMember {
  const declaration = { type: 'T', properties: { v: 'old' } };
  return {
    name,
    uuid: name,
    type: 'T',
    physicalId: `p-${name}`,
    reference: `p-${name}`,
    status: 'CREATE_COMPLETE',
    createdAt,
    properties: {},
    declaration,
    ...more,
  };
}

const templateOf = (step: ChildStep | undefined): JsonMap => (step?.stack.template ?? {}) as JsonMap;
const namesOf = (step: ChildStep | undefined): string[] => {
  const template = templateOf(step);
  return Object.keys((template.resources ?? template.Resources) as JsonMap);
};
const freshOf = (step: ChildStep): string[] => {
  const template = step.stack.template as JsonMap;
  return Object.entries((template.resources ?? template.Resources) as JsonMap).flatMap(([name, declaration]) =>
    JSON.stringify(declaration).includes('"new"') ? [name] : [],
  );
};

describe('OS::Heat::AutoScalingGroup', () => {
  const group = groupOf('OS::Heat::AutoScalingGroup');
  const wish = (v: string, more: JsonMap = {}): JsonMap => ({
    resource: { type: 'T', properties: { v } },
    min_size: 1,
    max_size: 5,
    ...more,
  });

  test.each([
    { reason: 'the least', properties: {}, size: 1 },
    { reason: 'what is desired', properties: { desired_capacity: 3 }, size: 3 },
  ])('begins with $reason', ({ properties, size }) => {
    const [step] = group.child(input(wish('new', properties)));
    expect(namesOf(step)).toHaveLength(size);
    expect(namesOf(step)[0]).toMatch(/^[a-z2-7]{12}$/);
    expect(templateOf(step).heat_template_version).toBe('2015-04-30');
  });

  test('names are new for every member that was ever made, and the same when a step is worked out again', () => {
    const [first] = group.child(input(wish('new', { desired_capacity: 2 })));
    const again = group.child(input(wish('new', { desired_capacity: 2 })))[0];
    expect(namesOf(again)).toEqual(namesOf(first));
    const [later] = group.resize?.(input(wish('new'), { data: first?.data ?? {} }), 2) ?? [];
    expect(namesOf(later).some((name) => namesOf(first).includes(name))).toBe(false);
  });

  test('shrinks by the oldest, failed ones before them', () => {
    const members = [member('b', 2), member('a', 1), member('x', 3, { status: 'UPDATE_FAILED' }), member('c', 4)];
    expect(namesOf(group.resize?.(input(wish('old')), 0)[0])).toEqual([]);
    expect(namesOf(group.resize?.(input(wish('old'), { members }), 2)[0])).toEqual(['b', 'c']);
  });

  test('keeps its size at an update without a desired one, within its bounds', () => {
    const members = [member('a', 1), member('b', 2), member('c', 3)];
    const sizeAfter = (properties: JsonMap) =>
      namesOf(group.child(input(wish('old', properties), { previous: wish('old'), members })).at(-1)).length;
    expect(sizeAfter({})).toBe(3);
    expect(sizeAfter({ max_size: 2 })).toBe(2);
    expect(sizeAfter({ min_size: 4 })).toBe(4);
    expect(sizeAfter({ desired_capacity: 1 })).toBe(1);
  });

  test('a changed resource is rolled out, oldest first', () => {
    const members = [member('a', 1), member('b', 2), member('c', 3)];
    const properties = wish('new', { rolling_updates: { max_batch_size: 2, min_in_service: 0, pause_time: 1 } });
    const steps = group.child(input(properties, { previous: wish('old'), members }));
    expect(steps.map((step) => freshOf(step).sort())).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
      // In the end the group is brought to its size.
      ['a', 'b', 'c'],
    ]);
    expect(steps.map((step) => step.pauseAfterMs)).toEqual([1000, undefined, undefined]);
  });

  test('a group that shrinks while it is rolled out loses its oldest member first', () => {
    const members = [member('a', 1), member('b', 2), member('c', 3)];
    const properties = wish('new', { desired_capacity: 2, rolling_updates: { max_batch_size: 1 } });
    const steps = group.child(input(properties, { previous: wish('old'), members }));
    expect(steps.map((step) => namesOf(step).sort())).toEqual([
      ['b', 'c'],
      ['b', 'c'],
      ['b', 'c'],
    ]);
    expect(steps.map((step) => freshOf(step).sort())).toEqual([['b'], ['b', 'c'], ['b', 'c']]);
  });

  test('extra members keep the minimum in service', () => {
    const members = [member('a', 1), member('b', 2)];
    const properties = wish('new', { rolling_updates: { max_batch_size: 1, min_in_service: 2, pause_time: 0 } });
    const steps = group.child(input(properties, { previous: wish('old'), members }));
    expect(steps.map((step) => namesOf(step).length)).toEqual([3, 3, 2, 2]);
    expect(freshOf(steps.at(-1) as ChildStep)).toHaveLength(2);
  });

  test.each([
    { properties: { min_size: 3, max_size: 2 }, message: 'MinSize can not be greater than MaxSize' },
    { properties: { desired_capacity: 9 }, message: 'DesiredCapacity must be between MinSize and MaxSize' },
    { properties: {}, message: undefined },
  ])('sizes: $message', ({ properties, message }) => {
    expect(bench.type('OS::Heat::AutoScalingGroup').validate?.(wish('x', properties), 'g')).toEqual(
      message === undefined ? [] : [message],
    );
  });

  test('gives what its members are, by age', async () => {
    const child: ChildView = {
      stackId: 'id',
      stackName: 'n',
      arn: 'arn',
      members: async () => [member('b', 2), member('a', 1), member('bad', 0, { status: 'CREATE_FAILED' })],
      outputs: async () => ({}),
      memberAttribute: async (name, attribute, path) => [name, attribute, ...path].join('/'),
    };
    const ask = (name: string, ...path: string[]) => group.attribute(child, {}, name, path);
    expect(await ask('current_size')).toBe(2);
    expect(await ask('refs')).toEqual(['p-a', 'p-b']);
    expect(await ask('refs_map')).toEqual({ a: 'p-a', b: 'p-b' });
    expect(await ask('outputs', 'ip', 'x')).toEqual({ a: 'a/ip/x', b: 'b/ip/x' });
    expect(await ask('outputs_list', 'ip')).toEqual(['a/ip', 'b/ip']);
    expect(await ask('resource.1')).toBe('p-b');
    expect(await ask('resource.0.ip')).toBe('a/ip');
    expect(await ask('nothing')).toBeUndefined();
    expect(await group.reference?.(child, {})).toBe('id');
  });

  test('its own create starts the cooldown', () => {
    const metadata = group.settled?.({
      properties: { cooldown: 60 },
      metadata: {},
      size: 2,
      now: Date.UTC(2024, 0, 1),
    });
    expect(metadata).toEqual({
      cooldown_end: { '2024-01-01T00:01:00': 'ExactCapacity : 2' },
      scaling_in_progress: false,
    });
  });
});

describe('groups of instances', () => {
  const LAUNCH = { ImageId: 'i', InstanceType: 't' };
  const found = { launch: LAUNCH, metadata: {} };

  test('InstanceGroup makes members of its launch configuration', async () => {
    const group = groupOf('OS::Heat::InstanceGroup');
    const stack = new StackBench();
    stack.place(
      'AWS::AutoScaling::LaunchConfiguration',
      'lc',
      { ...LAUNCH, Ignored: 1 },
      { prefer: 'heat', physicalId: 'lc-name' },
    );
    const ctx = stack.context('OS::Heat::InstanceGroup', 'g');
    const properties = { LaunchConfigurationName: 'lc-name', Size: 2, AvailabilityZones: ['nova'] };
    const prepared = await group.prepare?.(ctx, properties, {});
    const [step] = group.child(input(properties, { found: prepared ?? {} }));
    const template = templateOf(step);
    expect(template.HeatTemplateFormatVersion).toBe('2012-12-12');
    expect(Object.values(template.Resources as JsonMap)).toEqual(
      Array(2).fill({
        Type: 'OS::Heat::ScaledResource',
        Properties: { ...LAUNCH, Tags: [{ Key: 'metering.groupname', Value: 's-g-x' }] },
      }),
    );
    await expect(group.prepare?.(ctx, { LaunchConfigurationName: 'nobody' }, {})).rejects.toThrow(
      'LaunchConfigurationName (nobody) reference can not be found.',
    );
  });

  test('a launch template says the same in its own words', async () => {
    const stack = new StackBench();
    stack.place(
      'AWS::EC2::LaunchTemplate',
      'lt',
      { LaunchTemplateData: { ...LAUNCH, IamInstanceProfile: { Arn: 'arn:aws:iam::1:instance-profile/web' } } },
      { physicalId: 'lt-1' },
    );
    const group = groupOf('AWS::AutoScaling::AutoScalingGroup', 'aws');
    const prepared = await group.prepare?.(
      stack.context('T', 'g'),
      { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '1' } },
      {},
    );
    expect(prepared).toEqual({ launch: { ...LAUNCH, IamInstanceProfile: 'web' }, metadata: {} });
  });

  const aws = groupOf('AWS::AutoScaling::AutoScalingGroup', 'aws');
  const asg = (more: JsonMap = {}): JsonMap => ({ MinSize: '1', MaxSize: '4', LaunchConfigurationName: 'lc', ...more });
  const instance = (name: string, createdAt: number) =>
    member(name, createdAt, { declaration: { Type: 'AWS::EC2::Instance', Properties: { ImageId: 'old' } } });

  test("CloudFormation's group has instances with its tags and subnet", () => {
    const tags = [
      { Key: 'k', Value: 'v', PropagateAtLaunch: true },
      { Key: 'own', Value: 'x', PropagateAtLaunch: false },
    ];
    const [step] = aws.child(input(asg({ VPCZoneIdentifier: ['sn'], Tags: tags }), { found }));
    const [declaration] = Object.values(templateOf(step).Resources as JsonMap);
    expect(declaration).toEqual({
      Type: 'AWS::EC2::Instance',
      Properties: {
        ...LAUNCH,
        SubnetId: 'sn',
        Tags: [
          { Key: 'k', Value: 'v' },
          { Key: 'aws:autoscaling:groupName', Value: 's-g-x' },
        ],
      },
    });
  });

  test('without a rolling policy a new configuration is for new members only', () => {
    const steps = aws.child(
      input(asg({ LaunchConfigurationName: 'lc2' }), {
        previous: asg(),
        members: [instance('a', 1)],
        found: { launch: { ImageId: 'new' }, metadata: {} },
      }),
    );
    expect(steps.map(freshOf)).toEqual([[]]);
  });

  test.each([
    { reason: 'pauses', policy: { MaxBatchSize: 1, PauseTime: 'PT1M30S' }, first: { pauseAfterMs: 90_000 } },
    {
      reason: 'waits for signals',
      policy: { MaxBatchSize: 1, WaitOnResourceSignals: true, PauseTime: 'PT2M' },
      first: { signals: { count: 1, percent: 100, timeoutMs: 120_000 } },
    },
  ])('a rolling policy goes in batches and $reason', ({ policy, first }) => {
    const steps = aws.child(
      input(asg({ LaunchConfigurationName: 'lc2', DesiredCapacity: '2' }), {
        previous: asg(),
        members: [instance('a', 1), instance('b', 2)],
        updatePolicy: { AutoScalingRollingUpdate: policy },
        found: { launch: { ImageId: 'new' }, metadata: {} },
      }),
    );
    expect(steps.map((step) => freshOf(step).length)).toEqual([1, 2]);
    expect(steps[0]).toMatchObject(first);
  });

  test('sizes that the template leaves alone stay as schedules have made them, if told so', () => {
    const members = [instance('a', 1), instance('b', 2), instance('c', 3)];
    const more = { previous: asg({ DesiredCapacity: '1' }), members, found };
    const sizeWith = (updatePolicy: JsonMap) =>
      namesOf(aws.child(input(asg({ DesiredCapacity: '1' }), { ...more, updatePolicy })).at(-1)).length;
    expect(sizeWith({})).toBe(1);
    expect(sizeWith({ AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: true } })).toBe(3);
  });

  test('a replacing policy makes a new group for another launch configuration, but not for another size', () => {
    const type = bench.type('AWS::AutoScaling::AutoScalingGroup', 'aws');
    const change = { before: {}, after: {}, changed: ['LaunchConfigurationName'] };
    const policy = { AutoScalingReplacingUpdate: { WillReplace: true } };
    expect(type.replaces?.({ ...change, changed: ['MaxSize'], updatePolicy: policy })).toBeUndefined();
    expect(type.replaces?.({ ...change, updatePolicy: { AutoScalingReplacingUpdate: { WillReplace: true } } })).toBe(
      true,
    );
    expect(type.replaces?.({ ...change, updatePolicy: {} })).toBeUndefined();
  });

  test('load balancers follow the members', () => {
    const members = [instance('b', 2), instance('a', 1)];
    expect(aws.follow?.({ LoadBalancerNames: ['lb'], TargetGroupARNs: ['tg'] }, members)).toEqual([
      { reference: 'lb', changes: { Instances: ['p-a', 'p-b'] } },
      { reference: 'tg', changes: { Targets: [{ Id: 'p-a' }, { Id: 'p-b' }] } },
    ]);
  });

  test.each([
    {
      properties: { VPCZoneIdentifier: ['a', 'b'] },
      message: 'Anything other than one VPCZoneIdentifier is not supported.',
    },
    { properties: { InstanceId: 'i' }, message: "Either 'InstanceId' or 'LaunchConfigurationName' must be provided." },
    {
      properties: { LaunchConfigurationName: null },
      message: "Either 'InstanceId' or 'LaunchConfigurationName' must be provided.",
    },
  ])("Heat's form: $message", ({ properties, message }) => {
    expect(bench.type('AWS::AutoScaling::AutoScalingGroup', 'heat').validate?.(asg(properties), 'g')).toEqual([
      message,
    ]);
  });

  test.each([
    { PauseTime: 'PT1H1S', message: 'Maximum PauseTime is 1 hour.' },
    { PauseTime: '5 minutes', message: 'Only ISO 8601 duration format of the form PT#H#M#S is supported.' },
  ])('a pause of $PauseTime', ({ PauseTime, message }) => {
    const scope = {
      resources: new Map<string, string>(),
      updatePolicy: { RollingUpdate: { PauseTime } },
      timeoutMs: 1,
    };
    expect(bench.type('OS::Heat::InstanceGroup').validate?.({}, 'g', scope)).toEqual([message]);
  });

  test('the list of instances is joined by commas', async () => {
    const child: ChildView = {
      stackId: 'id',
      stackName: 'n',
      arn: 'arn',
      members: async () => [member('b', 2), member('a', 1)],
      outputs: async () => ({}),
      memberAttribute: async (name) => (name === 'a' ? '10.0.0.1' : null),
    };
    const group = groupOf('OS::Heat::InstanceGroup');
    expect(await group.attribute(child, {}, 'InstanceList', [])).toBe('10.0.0.1,0.0.0.0');
    expect(await group.attribute({ ...child, members: async () => [] }, {}, 'InstanceList', [])).toBeNull();
  });
});

describe('AWS::AutoScaling::LaunchConfiguration', () => {
  test('is known by its name only', async () => {
    const stack = new StackBench();
    const heat = await stack.create(
      'AWS::AutoScaling::LaunchConfiguration',
      { ImageId: 'i', InstanceType: 't' },
      { prefer: 'heat', name: 'lc' },
    );
    expect(heat.physicalId).toBe('');
    expect(heat.referred).toMatch(/^stack-lc-/);
    const aws = await stack.create('AWS::AutoScaling::LaunchConfiguration', { LaunchConfigurationName: 'mine' });
    expect(aws.referred).toBe('mine');
    await stack.delete(heat);
  });

  test.each([
    { properties: {}, message: 'If without InstanceId, ImageId and InstanceType are required.' },
    {
      properties: { InstanceId: 'i', BlockDeviceMappings: [{ DeviceName: 'vdb' }] },
      message: 'Ebs is missing, this is required when specifying BlockDeviceMappings.',
    },
    {
      properties: { InstanceId: 'i', BlockDeviceMappings: [{ DeviceName: 'vdb', Ebs: { VolumeSize: '1' } }] },
      message: 'SnapshotId is missing, this is required when specifying BlockDeviceMappings.',
    },
  ])('$message', ({ properties, message }) => {
    expect(bench.type('AWS::AutoScaling::LaunchConfiguration', 'heat').validate?.(properties, 'lc')).toEqual([message]);
  });
});
