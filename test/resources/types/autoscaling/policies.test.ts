import type { JsonMap } from '../../../../src/engine/model/value.js';
import { newCapacity } from '../../../../src/resources/types/autoscaling/adjustment.js';
import { endScaling, mayScale } from '../../../../src/resources/types/autoscaling/cooldown.js';
import { nextCronTime } from '../../../../src/resources/types/autoscaling/cron.js';
import { limitsNow } from '../../../../src/resources/types/autoscaling/scheduled-limits.js';
import { StackBench } from '../../../helpers/stack-bench.js';

describe('the size after an adjustment', () => {
  test.each([
    { type: 'ChangeInCapacity', amount: 2, current: 3, size: 5 },
    { type: 'ChangeInCapacity', amount: -5, current: 3, size: 1 },
    { type: 'ExactCapacity', amount: 7, current: 3, size: 7 },
    { type: 'ExactCapacity', amount: 70, current: 3, size: 10 },
    { type: 'PercentChangeInCapacity', amount: 50, current: 5, size: 7 },
    { type: 'PercentChangeInCapacity', amount: -50, current: 5, size: 3 },
    { type: 'PercentChangeInCapacity', amount: 10, current: 5, size: 6 },
    { type: 'PercentChangeInCapacity', amount: -10, current: 5, size: 4 },
    { type: 'PercentChangeInCapacity', amount: 10, current: 5, minStep: 3, size: 8 },
    { type: 'PercentChangeInCapacity', amount: -10, current: 5, minStep: 3, size: 2 },
  ] as const)('$type $amount of $current is $size', ({ current, size, ...adjustment }) => {
    expect(newCapacity(current, adjustment, 1, 10)).toBe(size);
  });
});

describe('cooldowns', () => {
  const now = Date.UTC(2024, 0, 1);
  test('last as long as they are told, and a later one does not shorten them', () => {
    const first = endScaling({}, { now, cooldown: 60, reason: 'a', sizeChanged: true });
    expect(first).toEqual({ cooldown_end: { '2024-01-01T00:01:00': 'a' }, scaling_in_progress: false });
    expect(mayScale(first, now + 59_999)).toBe(false);
    expect(mayScale(first, now + 60_000)).toBe(true);
    expect(endScaling(first, { now, cooldown: 1, reason: 'b', sizeChanged: true })).toEqual({
      cooldown_end: { '2024-01-01T00:01:00': 'b' },
      scaling_in_progress: false,
    });
    expect(endScaling({}, { now, cooldown: 60, reason: 'a', sizeChanged: false })).toEqual({
      scaling_in_progress: false,
    });
    expect(mayScale({ scaling_in_progress: true }, now)).toBe(false);
  });
});

function scaled(groupProperties: JsonMap = {}, metadata: JsonMap = {}) {
  const bench = new StackBench();
  const group = bench.place('OS::Heat::AutoScalingGroup', 'g', {
    min_size: 1,
    max_size: 5,
    cooldown: 30,
    ...groupProperties,
  });
  bench.stack.change(group.uuid, { metadata });
  bench.stack.groups.set(group.uuid, { size: 2, settled: true });
  return { bench, group, metadata: () => bench.stack.siblings.get(group.uuid)?.metadata as JsonMap };
}

const POLICY = { auto_scaling_group_id: 'physical-g', adjustment_type: 'change_in_capacity', scaling_adjustment: 1 };

describe('OS::Heat::ScalingPolicy', () => {
  test('has a signed and a native URL, updates in place and goes with its user', async () => {
    const bench = new StackBench();
    const made = await bench.create('OS::Heat::ScalingPolicy', POLICY);
    expect(made.physicalId).toBe(`user-${made.ctx.resource.uuid}`);
    expect(made.attributes).toEqual({
      alarm_url: `http://cfn/v1/signal/arn?AWSAccessKeyId=access-${made.ctx.resource.uuid}&Signature=s`,
      signal_url: 'http://heat/v1/project/stacks/s/1/resources/r/signal',
    });
    for (const change of [
      { scaling_adjustment: 2 },
      { adjustment_type: 'exact_capacity' },
      { cooldown: 5 },
      { min_adjustment_step: 1 },
    ]) {
      const after = await bench.update(made, { ...POLICY, ...change });
      expect(after.attributes).toEqual(made.attributes);
    }
    await bench.delete(made);
    expect(bench.stack.users.users.size).toBe(0);
  });

  test('scales its group and starts the cooldown', async () => {
    const { bench, group, metadata } = scaled();
    bench.stack.onResize = () => expect(metadata().scaling_in_progress).toBe(true);
    const policy = bench.place('OS::Heat::ScalingPolicy', 'p', POLICY);
    expect(await policy.signal({ previous: 'ok', current: 'alarm', reason: 'hot' })).toEqual({
      reason: 'alarm state changed from ok to alarm (hot)',
    });
    expect(bench.stack.resized).toEqual([{ uuid: group.uuid, size: 3 }]);
    expect(metadata()).toEqual({
      cooldown_end: { '2024-01-01T00:00:30': 'ChangeInCapacity : 1' },
      scaling_in_progress: false,
    });
    expect(await policy.signal(null)).toEqual({ reason: null });
    bench.clock.move(30_000);
    expect(await policy.signal(null)).toEqual({ reason: 'No signal details provided' });
    expect(bench.stack.resized).toHaveLength(2);
  });

  test("its own cooldown wins over the group's", async () => {
    const { bench, metadata } = scaled();
    await bench.place('OS::Heat::ScalingPolicy', 'p', { ...POLICY, cooldown: 5 }).signal(null);
    expect(Object.keys(metadata().cooldown_end as JsonMap)).toEqual(['2024-01-01T00:00:05']);
  });

  test.each([
    { reason: 'the state is not alarm', details: { current: 'ok' }, group: {}, state: undefined },
    { reason: 'the size stays the same', details: null, group: { max_size: 2 }, state: undefined },
    { reason: 'the group is not settled', details: null, group: {}, state: { size: 2, settled: false } },
  ])('does nothing when $reason', async ({ details, group: properties, state }) => {
    const { bench, group } = scaled(properties);
    if (state) bench.stack.groups.set(group.uuid, state);
    const policy = bench.place('OS::Heat::ScalingPolicy', 'p', POLICY);
    expect(await policy.signal(details)).toEqual({ reason: null });
    expect(bench.stack.resized).toEqual([]);
  });

  test('a resize that fails leaves no cooldown', async () => {
    const { bench, metadata } = scaled();
    bench.stack.onResize = () => {
      throw new Error('no host');
    };
    await expect(bench.place('OS::Heat::ScalingPolicy', 'p', POLICY).signal(null)).rejects.toThrow('no host');
    expect(metadata()).toEqual({ scaling_in_progress: false });
  });

  test('a group that is not there is named', async () => {
    const policy = new StackBench().place('OS::Heat::ScalingPolicy', 'p', POLICY);
    await expect(policy.signal(null)).rejects.toMatchObject({
      message: 'Alarm p could not find scaling group named "physical-g"',
      reasonClass: 'NotFound',
    });
  });

  test('a least step is only for percentages', () => {
    const type = new StackBench().type('OS::Heat::ScalingPolicy');
    expect(type.validate?.({ ...POLICY, min_adjustment_step: 2 }, 'p')).toEqual([
      'min_adjustment_step property should only be specified for adjustment_type with value percent_change_in_capacity.',
    ]);
    expect(
      type.validate?.({ ...POLICY, adjustment_type: 'percent_change_in_capacity', min_adjustment_step: 2 }, 'p'),
    ).toEqual([]);
  });
});

describe('AWS::AutoScaling::ScalingPolicy', () => {
  function awsScaled(properties: JsonMap) {
    const bench = new StackBench();
    const group = bench.place('AWS::AutoScaling::AutoScalingGroup', 'g', { MinSize: '1', MaxSize: '9' });
    bench.stack.groups.set(group.uuid, { size: 4, settled: true });
    return {
      bench,
      policy: bench.place('AWS::AutoScaling::ScalingPolicy', 'p', {
        AutoScalingGroupName: 'physical-g',
        ...properties,
      }),
    };
  }

  test.each(['heat', 'aws'] as const)(
    'is known by its URL in Heat and by an ARN in CloudFormation (%s)',
    async (prefer) => {
      const bench = new StackBench();
      const made = await bench.create('AWS::AutoScaling::ScalingPolicy', { AutoScalingGroupName: 'g' }, { prefer });
      expect(made.referred).toMatch(
        prefer === 'heat'
          ? /^http:\/\/cfn\/v1\/signal\//
          : /^arn:aws:autoscaling:us-east-1:\d{12}:scalingPolicy:.*:autoScalingGroupName\/g:policyName\//,
      );
    },
  );

  const steps = [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
  ];
  test.each([
    { value: 55, size: 5 },
    { value: 60, size: 7 },
    { value: 40, size: undefined },
    { value: undefined, size: 5 },
  ])('a step policy takes the step of the metric: $value', async ({ value, size }) => {
    const { bench, policy } = awsScaled({
      PolicyType: 'StepScaling',
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: steps,
    });
    await policy.signal(value === undefined ? {} : { value, threshold: 50 });
    expect(bench.stack.resized.map((one) => one.size)).toEqual(size === undefined ? [] : [size]);
  });

  test.each([
    { value: 80, more: {}, size: 7 },
    { value: 20, more: {}, size: 2 },
    { value: 20, more: { DisableScaleIn: true }, size: undefined },
  ])('target tracking brings the metric to its target: $value', async ({ value, more, size }) => {
    const { bench, policy } = awsScaled({
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: { TargetValue: 50, ...more },
    });
    await policy.signal({ value });
    expect(bench.stack.resized.map((one) => one.size)).toEqual(size === undefined ? [] : [size]);
  });
});

describe('AWS::AutoScaling::ScheduledAction', () => {
  const type = new StackBench().type('AWS::AutoScaling::ScheduledAction');
  const at = (text: string) => Date.parse(text);

  test('wakes at its start, then as its recurrence says, until its end', () => {
    expect(type.wakesAt?.({ StartTime: '2024-05-01T00:00:00Z' }, at('2024-01-01T00:00:00Z'))).toBe(
      at('2024-05-01T00:00:00Z'),
    );
    expect(type.wakesAt?.({ StartTime: '2024-05-01T00:00:00Z' }, at('2024-06-01T00:00:00Z'))).toBeUndefined();
    const daily = { Recurrence: '30 8 * * *', EndTime: '2024-01-02T00:00:00Z' };
    expect(type.wakesAt?.(daily, at('2024-01-01T00:00:00Z'))).toBe(at('2024-01-01T08:30:00Z'));
    expect(type.wakesAt?.(daily, at('2024-01-01T08:30:00Z'))).toBeUndefined();
  });

  test('sets the size without regard to a policy', async () => {
    const bench = new StackBench();
    const group = bench.place('AWS::AutoScaling::AutoScalingGroup', 'g', { MinSize: '1', MaxSize: '9' });
    bench.stack.groups.set(group.uuid, { size: 4, settled: true });
    const action = bench.place('AWS::AutoScaling::ScheduledAction', 'a', {
      AutoScalingGroupName: 'physical-g',
      DesiredCapacity: 6,
    });
    await action.signal({ scheduled: 1 });
    expect(bench.stack.resized).toEqual([{ uuid: group.uuid, size: 6 }]);
    const made = await bench.create('AWS::AutoScaling::ScheduledAction', {
      AutoScalingGroupName: 'physical-g',
      MinSize: 5,
      Recurrence: '0 0 * * *',
    });
    expect(made.attributes.ScheduledActionName).toBe(made.physicalId);
    await bench.update(made, { AutoScalingGroupName: 'physical-g', MinSize: 6, Recurrence: '0 0 * * *' });
    await bench.delete(made);
  });

  test('sets limits in place of those of the template, until that says others; no cooldown holds it back', async () => {
    const bench = new StackBench();
    const group = bench.place('AWS::AutoScaling::AutoScalingGroup', 'g', { MinSize: '1', MaxSize: '3' });
    bench.stack.groups.set(group.uuid, { size: 2, settled: true });
    const sizes = () => bench.stack.resized.map(({ size }) => size);
    const action = bench.place('AWS::AutoScaling::ScheduledAction', 'a', {
      AutoScalingGroupName: 'physical-g',
      MinSize: 4,
      MaxSize: 8,
    });
    const policy = bench.place('AWS::AutoScaling::ScalingPolicy', 'p', {
      AutoScalingGroupName: 'physical-g',
      AdjustmentType: 'ChangeInCapacity',
      ScalingAdjustment: 10,
      Cooldown: '3600',
    });
    await policy.signal({});
    expect(sizes()).toEqual([3]);
    await action.signal({ scheduled: 1 });
    expect(sizes()).toEqual([3, 4]);
    const { metadata } = group.ref();
    expect(limitsNow(metadata, { min: 1, max: 3 })).toEqual({ min: 4, max: 8 });
    expect(limitsNow(metadata, { min: 1, max: 5 })).toEqual({ min: 1, max: 5 });
  });

  test.each([
    {
      properties: { StartTime: '2024-01-01T00:00:00Z' },
      message: 'At least one of MinSize, MaxSize or DesiredCapacity must be specified.',
    },
    { properties: { MinSize: 1 }, message: 'Either StartTime or Recurrence must be specified.' },
    { properties: { MinSize: 1, Recurrence: 'often' }, message: 'Given recurrence string: often is invalid.' },
  ])('$message', ({ properties, message }) => {
    expect(type.validate?.(properties, 'a')).toEqual([message]);
  });

  test.each([
    { cron: '*/15 * * * *', after: '2024-01-01T00:01:00Z', next: '2024-01-01T00:15:00Z' },
    { cron: '0 9 * * MON-FRI', after: '2024-01-05T10:00:00Z', next: '2024-01-08T09:00:00Z' },
    { cron: '0 0 1 1 *', after: '2024-01-01T00:00:00Z', next: '2025-01-01T00:00:00Z' },
    { cron: '0 0 13 * 5', after: '2024-01-01T00:00:00Z', next: '2024-01-05T00:00:00Z' },
    { cron: '0 0 30 2 *', after: '2024-01-01T00:00:00Z', next: undefined },
  ])('cron $cron', ({ cron, after, next }) => {
    expect(nextCronTime(cron, at(after))).toBe(next === undefined ? undefined : at(next));
  });

  test('cron in a time zone', () => {
    expect(nextCronTime('0 9 * * *', at('2024-07-01T00:00:00Z'), 'Europe/Berlin')).toBe(at('2024-07-01T07:00:00Z'));
  });
});
