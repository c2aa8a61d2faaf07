import { createEngine, type Engine } from '../../src/create-engine.js';
import type { StackRecord } from '../../src/engine/model/records.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';
import { FakeClock } from '../helpers/fake-clock.js';

const caller = localCaller({ origin: 'cfn' });
let engine: Engine;
let clock: FakeClock;

beforeEach(async () => {
  clock = new FakeClock();
  engine = await createEngine({ clock });
});
afterEach(() => engine.close(0));

/** Who waits for answers waits in real time: an agent cannot answer while the clock jumps. */
async function inRealTime(): Promise<void> {
  await engine.close(0);
  engine = await createEngine({});
}

interface Group {
  readonly type?: string;
  readonly size?: number;
  readonly policies?: JsonMap;
  readonly more?: JsonMap;
}

const template = ({ type = 't2.micro', size = 3, policies = {}, more = {} }: Group): JsonMap => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    Launch: {
      Type: 'AWS::AutoScaling::LaunchConfiguration',
      Properties: { ImageId: 'ami-12345678', InstanceType: type },
    },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        MinSize: '1',
        MaxSize: '4',
        DesiredCapacity: String(size),
        AvailabilityZones: { 'Fn::GetAZs': '' },
        LaunchConfigurationName: { Ref: 'Launch' },
        ...more,
      },
      ...policies,
    },
  },
});

async function create(group: Group): Promise<StackRecord> {
  const stack = await engine.stacks.create(caller, { name: 'scaling', template: template(group) });
  return engine.stacks.settled(stack.id);
}

async function begin(stack: StackRecord, group: Group): Promise<void> {
  await engine.stacks.update(caller, stack.id, { template: template(group) });
}

const record = async (stack: StackRecord, name = 'Group') =>
  (await engine.stacks.resource(caller, stack.id, name)).record;

/** The group's instances by name, with their types. */
async function instances(stack: StackRecord): Promise<{ [name: string]: unknown }> {
  const views = await engine.stacks.resources(caller, stack.id, { nestedDepth: 1 });
  const members = views.filter((view) => view.record.type === 'AWS::EC2::Instance');
  return Object.fromEntries(members.map((view) => [view.record.physicalId ?? '', view.record.properties.InstanceType]));
}

/** Every new instance answers as soon as it is there; gives who answered, in batches as they came. */
function answering(stack: StackRecord, statusOf: (index: number) => 'SUCCESS' | 'FAILURE' | undefined) {
  const answered: string[] = [];
  let isOver = false;
  const watch = async () => {
    const before = new Set(Object.keys(await instances(stack)));
    while (!isOver) {
      for (const [id, type] of Object.entries(await instances(stack))) {
        if (before.has(id) || answered.includes(id) || type !== 't2.large') continue;
        const status = statusOf(answered.length);
        answered.push(id);
        if (status) await engine.stacks.countSignal(caller, stack.id, 'Group', { id, status });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const done = watch();
  return {
    answered,
    async end() {
      isOver = true;
      await done;
    },
  };
}

const rolling = (more: JsonMap = {}): JsonMap => ({
  UpdatePolicy: {
    AutoScalingRollingUpdate: { MinInstancesInService: '1', MaxBatchSize: '2', PauseTime: 'PT5M', ...more },
  },
});

describe('AutoScalingRollingUpdate', () => {
  test('replaces instances in batches, with pauses between them', async () => {
    const stack = await create({ policies: rolling() });
    const before = Object.keys(await instances(stack));
    clock.slept.length = 0;
    await begin(stack, { type: 't2.large', policies: rolling() });
    expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    const after = await instances(stack);
    expect(Object.values(after)).toEqual(['t2.large', 't2.large', 't2.large']);
    expect(Object.keys(after).some((id) => before.includes(id))).toBe(false);
    expect(clock.slept.filter((ms) => ms === 300_000)).toHaveLength(1);
  });

  test('waits for a signal of each new instance, batch by batch', async () => {
    await inRealTime();
    const policies = rolling({ WaitOnResourceSignals: 'true' });
    const stack = await create({ policies });
    await begin(stack, { type: 't2.large', policies });
    const agents = answering(stack, () => 'SUCCESS');
    expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    await agents.end();
    expect(agents.answered).toHaveLength(3);
  });

  test('fails when too many instances do not answer or answer badly', async () => {
    await inRealTime();
    const policies = rolling({ WaitOnResourceSignals: 'true' });
    const stack = await create({ policies });
    await begin(stack, { type: 't2.large', policies });
    const agents = answering(stack, (index) => (index === 1 ? 'FAILURE' : 'SUCCESS'));
    const end = await engine.stacks.settled(stack.id);
    await agents.end();
    expect(end).toMatchObject({ action: 'ROLLBACK' });
    const events = await engine.stacks.events(caller, stack.id, {});
    const reasons = events.filter(({ event }) => event.resourceName === 'Group' && event.status === 'FAILED');
    expect(reasons.map(({ event }) => event.reason).join()).toContain(
      'Received 1 FAILURE signal(s) out of 2. Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    );
  });

  test('goes on with part of the instances if the policy is content with them', async () => {
    await inRealTime();
    const policies = rolling({ WaitOnResourceSignals: 'true', MinSuccessfulInstancesPercent: '50', PauseTime: 'PT1S' });
    const stack = await create({ policies });
    await begin(stack, { type: 't2.large', policies });
    // One of the first two stays silent until its time is over.
    const agents = answering(stack, (index) => (index === 1 ? undefined : 'SUCCESS'));
    expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    await agents.end();
  });

  test('a change of the size alone is no rolling update', async () => {
    const policies = rolling({ WaitOnResourceSignals: 'true' });
    const stack = await create({ policies, size: 2 });
    await begin(stack, { policies, size: 3 });
    expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    expect(Object.keys(await instances(stack))).toHaveLength(3);
  });

  test('more in service than may ever be there is refused', async () => {
    const policies = rolling({ MinInstancesInService: '4' });
    await expect(engine.stacks.create(caller, { name: 'x', template: template({ policies }) })).rejects.toThrow(
      "MinInstancesInService must be less than the autoscaling group's MaxSize",
    );
  });
});

describe('AutoScalingReplacingUpdate', () => {
  const policies = { UpdatePolicy: { AutoScalingReplacingUpdate: { WillReplace: 'true' } } };

  test('makes a new group when the launch configuration changes, and only then', async () => {
    const stack = await create({ policies });
    const first = (await record(stack)).physicalId;
    await begin(stack, { policies, size: 2 });
    await engine.stacks.settled(stack.id);
    expect((await record(stack)).physicalId).toBe(first);
    await begin(stack, { policies, type: 't2.large', size: 2 });
    expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    expect((await record(stack)).physicalId).not.toBe(first);
    expect(Object.values(await instances(stack))).toEqual(['t2.large', 't2.large']);
  });

  test('the new group counts only with the signals of its creation policy', async () => {
    const waits = {
      ...policies,
      CreationPolicy: {
        ResourceSignal: { Count: 2, Timeout: 'PT10M' },
        AutoScalingCreationPolicy: { MinSuccessfulInstancesPercent: 50 },
      },
    };
    await inRealTime();
    const stack = await create({ policies });
    const first = (await record(stack)).physicalId;
    await begin(stack, { policies: waits, type: 't2.large', size: 2 });
    const agents = answering(stack, (index) => (index === 0 ? 'SUCCESS' : 'FAILURE'));
    expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'UPDATE', status: 'COMPLETE' });
    await agents.end();
    expect((await record(stack)).physicalId).not.toBe(first);
  });
});

describe('CreationPolicy', () => {
  const waiting = (type: string, properties: JsonMap, count = 2): JsonMap => ({
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: {
      Wait: {
        Type: type,
        Properties: properties,
        CreationPolicy: { ResourceSignal: { Count: count, Timeout: 'PT3M' } },
      },
    },
  });
  const begun = async (body: JsonMap) => {
    const stack = await engine.stacks.create(caller, { name: 'waits', template: body, disableRollback: true });
    for (;;) {
      const found = await record(stack, 'Wait');
      if (found.status === 'IN_PROGRESS') return stack;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  test.each<{ type: string; properties: JsonMap }>([
    { type: 'AWS::CloudFormation::WaitCondition', properties: {} },
    { type: 'AWS::EC2::Instance', properties: { ImageId: 'ami-12345678' } },
  ])(
    '$type is made when its signals have come; a second one of the same id does not count',
    async ({ type, properties }) => {
      await inRealTime();
      const stack = await begun(waiting(type, properties));
      const signal = (id: string) => engine.stacks.countSignal(caller, stack.id, 'Wait', { id, status: 'SUCCESS' });
      await signal('one');
      await signal('one');
      expect((await record(stack, 'Wait')).status).toBe('IN_PROGRESS');
      await signal('two');
      expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
    },
  );

  test.each<{ reason: string; status?: 'FAILURE'; message: string }>([
    { reason: 'nobody signals', message: 'Failed to receive 2 resource signal(s) within the specified duration' },
    {
      reason: 'somebody signals a failure',
      status: 'FAILURE',
      message:
        'Received 1 FAILURE signal(s) out of 2. Unable to satisfy 100% MinSuccessfulInstancesPercent requirement',
    },
  ])('fails when $reason', async ({ status, message }) => {
    const stack = await begun(waiting('AWS::EC2::Instance', { ImageId: 'ami-12345678' }));
    if (status) await engine.stacks.countSignal(caller, stack.id, 'Wait', { id: 'i', status });
    const end = await engine.stacks.settled(stack.id);
    expect([end.status, end.statusReason]).toEqual(['FAILED', expect.stringContaining(message)]);
  });
});

test('AutoScalingScheduledAction leaves sizes alone that the template does not change', async () => {
  const policies = { UpdatePolicy: { AutoScalingScheduledAction: { IgnoreUnmodifiedGroupSizeProperties: 'true' } } };
  const stack = await create({ policies, size: 1 });
  const { id } = await record(stack);
  await engine.operations.parts.access?.(stack, await record(stack)).resize(id, 3);
  expect(Object.keys(await instances(stack))).toHaveLength(3);
  await begin(stack, { policies, size: 1, more: { Cooldown: '10' } });
  await engine.stacks.settled(stack.id);
  expect(Object.keys(await instances(stack))).toHaveLength(3);
  await begin(stack, { policies, size: 2, more: { Cooldown: '10' } });
  await engine.stacks.settled(stack.id);
  expect(Object.keys(await instances(stack))).toHaveLength(2);
});

describe('what a group of instances is made of', () => {
  const group = (properties: JsonMap, others: JsonMap = {}): JsonMap => ({
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: {
      ...others,
      Group: {
        Type: 'AWS::AutoScaling::AutoScalingGroup',
        Properties: { MinSize: '1', MaxSize: '2', AvailabilityZones: ['us-east-1a'], ...properties },
        UpdatePolicy: { AutoScalingRollingUpdate: {} },
      },
    },
    Outputs: { Name: { Value: { Ref: 'Group' } }, Arn: { Value: { 'Fn::GetAtt': ['Group', 'AutoScalingGroupARN'] } } },
  });
  const launchTemplate = (type: string): JsonMap => ({
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateData: { ImageId: 'ami-12345678', InstanceType: type } },
    },
  });
  const version = (wanted: unknown): JsonMap => ({
    LaunchTemplate: { LaunchTemplateId: { Ref: 'Template' }, Version: wanted as JsonMap },
  });
  const made = async (body: JsonMap) => {
    const stack = await engine.stacks.create(caller, { name: 'made', template: body });
    return engine.stacks.settled(stack.id);
  };
  const changed = async (stack: StackRecord, body: JsonMap) => {
    await engine.stacks.update(caller, stack.id, { template: body });
    return engine.stacks.settled(stack.id);
  };
  const types = async (stack: StackRecord) => Object.values(await instances(stack));

  test('a new version of its launch template is rolled out, or the old one kept, as its version says', async () => {
    const latest = version({ 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] });
    let stack = await made(group(latest, launchTemplate('t2.micro')));
    expect(await types(stack)).toEqual(['t2.micro']);
    stack = await changed(stack, group(latest, launchTemplate('t2.large')));
    expect(await types(stack)).toEqual(['t2.large']);
    stack = await changed(stack, group(version('1'), launchTemplate('t2.large')));
    expect(await types(stack)).toEqual(['t2.micro']);
    stack = await changed(stack, group(version('$Latest'), launchTemplate('t2.large')));
    expect(await types(stack)).toEqual(['t2.large']);
    stack = await changed(stack, group(version('$Default'), launchTemplate('t2.large')));
    expect(await types(stack)).toEqual(['t2.micro']);
    expect((await changed(stack, group(version('7'), launchTemplate('t2.large')))).status).not.toBe('IN_PROGRESS');
    const events = await engine.stacks.events(caller, stack.id, {});
    expect(events.map(({ event }) => event.reason).join()).toContain('Could not find launch template version 7');
  });

  test('another instance, as which its own are started', async () => {
    const other = {
      Other: { Type: 'AWS::EC2::Instance', Properties: { ImageId: 'ami-87654321', InstanceType: 't2.large' } },
    };
    const stack = await made(group({ InstanceId: { Ref: 'Other' } }, other));
    expect(stack).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
    expect((await types(stack)).length).toBe(2);
  });

  test('its name is its physical id and its reference; its ARN has region and account', async () => {
    const stack = await made(group({ AutoScalingGroupName: 'front', ...version('1') }, launchTemplate('t2.micro')));
    expect((await record(stack)).physicalId).toBe('front');
    const outputs = await engine.stacks.outputs(caller, stack.id);
    const values = Object.fromEntries(outputs.map(({ name, value }) => [name, value]));
    expect(values.Name).toBe('front');
    expect(values.Arn).toMatch(
      /^arn:aws:autoscaling:us-east-1:\d{12}:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/front$/,
    );
    await engine.stacks.delete(caller, stack.id);
    expect(await engine.stacks.settled(stack.id)).toMatchObject({ action: 'DELETE', status: 'COMPLETE' });
  });
});
