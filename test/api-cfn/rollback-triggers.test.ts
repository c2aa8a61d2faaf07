import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CFN_CALLER, type CfnClient, cfnClient } from '../helpers/cfn-client.js';
import { FakeClock } from '../helpers/fake-clock.js';

let client: CfnClient;
let clock: FakeClock;
/** The alarm's ARN. */
let bell: string;

beforeEach(async () => {
  clock = new FakeClock();
  client = await cfnClient({ clock });
  const Resources = { Bell: { Type: 'AWS::CloudWatch::Alarm', Properties: ALARM } };
  const Outputs = { Arn: { Value: { 'Fn::GetAtt': ['Bell', 'Arn'] } } };
  await client.call('CreateStack', { StackName: 'alarms', TemplateBody: JSON.stringify({ Resources, Outputs }) });
  bell = (await client.settled('alarms')).Outputs[0].OutputValue;
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const ALARM = {
  AlarmName: 'bell',
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 1,
  MetricName: 'm',
  Namespace: 'n',
  Period: 60,
  Statistic: 'Average',
  Threshold: 1,
};
const template = (resources: object) => JSON.stringify({ Resources: resources });
const topic = (DisplayName: string) => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName } });
const watching = (MonitoringTimeInMinutes = 0, Arn = bell) => ({
  RollbackConfiguration: { RollbackTriggers: [{ Arn, Type: 'AWS::CloudWatch::Alarm' }], MonitoringTimeInMinutes },
});

async function ring(StateValue: string): Promise<void> {
  const stack = await client.engine.stacks.find(CFN_CALLER, 'alarms');
  await client.engine.stacks.signal(CFN_CALLER, stack.id, 'Bell', { StateValue, StateReason: 'a test' });
}

/** Rings as soon as a resource has come to an end. */
function ringAfter(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = client.engine.feed.subscribe((items) => {
      if (!items.some(({ event }) => event.resourceName === name && event.status === 'COMPLETE')) return;
      stop();
      ring('ALARM').then(resolve, reject);
    });
  });
}

async function turns(StackName: string): Promise<string[]> {
  const { result } = await client.call('DescribeStackEvents', { StackName });
  return result.StackEvents.filter((event: any) => event.LogicalResourceId === StackName)
    .map((event: any) => [event.ResourceStatus, event.ResourceStatusReason].filter(Boolean).join(' '))
    .reverse();
}

test('a stack whose alarms stay silent is there when the monitoring time is over', async () => {
  const began = clock.now();
  await client.call('CreateStack', { StackName: 's', ...watching(5), TemplateBody: template({ A: topic('a') }) });
  expect((await client.settled('s')).StackStatus).toBe('CREATE_COMPLETE');
  expect(clock.now() - began).toBeGreaterThanOrEqual(5 * 60_000);
});

test('the monitoring time of an update comes before its cleanup, also without alarms', async () => {
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ A: topic('a'), B: topic('b') }) });
  await client.settled('s');
  await client.call('UpdateStack', {
    StackName: 's',
    RollbackConfiguration: { MonitoringTimeInMinutes: 3 },
    TemplateBody: template({ A: topic('x') }),
  });
  await client.settled('s');
  const { result } = await client.call('DescribeStackEvents', { StackName: 's' });
  const at = (id: string, status: string) =>
    Date.parse(
      result.StackEvents.find((one: any) => one.LogicalResourceId === id && one.ResourceStatus === status).Timestamp,
    );
  const cleanup = at('s', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  expect(cleanup - at('A', 'UPDATE_COMPLETE')).toBeGreaterThanOrEqual(3 * 60_000);
  expect(at('B', 'DELETE_IN_PROGRESS')).toBeGreaterThanOrEqual(cleanup);
});

test('an alarm during the monitoring time undoes an update', async () => {
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ A: topic('a') }) });
  await client.settled('s');
  const rung = ringAfter('A');
  await client.call('UpdateStack', { StackName: 's', ...watching(10), TemplateBody: template({ A: topic('b') }) });
  await rung;
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await turns('s')).slice(2)).toEqual([
    'UPDATE_IN_PROGRESS User Initiated',
    `UPDATE_ROLLBACK_IN_PROGRESS The following rollback trigger(s) went to ALARM state: [${bell}]. `,
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE',
  ]);
  const { result } = await client.call('GetTemplate', { StackName: 's' });
  expect(JSON.parse(result.TemplateBody).Resources.A.Properties.DisplayName).toBe('a');
});

test('an alarm while a resource is made ends its creation and undoes the stack', async () => {
  const slow = { Type: 'OS::Heat::TestResource', DependsOn: 'A', Properties: { value: 'x', wait_secs: 600 } };
  const rung = ringAfter('A');
  await client.call('CreateStack', {
    StackName: 's',
    ...watching(),
    TemplateBody: template({ A: topic('a'), B: slow }),
  });
  await rung;
  expect((await client.settled('s')).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await turns('s')).toContain(
    `ROLLBACK_IN_PROGRESS The following rollback trigger(s) went to ALARM state: [${bell}]. Rollback requested by user.`,
  );
});

test('an alarm that rings already, or is not there, lets nothing be made', async () => {
  await ring('ALARM');
  await client.call('CreateStack', { StackName: 's', ...watching(), TemplateBody: template({ A: topic('a') }) });
  expect((await client.settled('s')).StackStatus).toBe('ROLLBACK_COMPLETE');
  await ring('OK');
  const other = bell.replace(/bell$/, 'whistle');
  await client.call('CreateStack', {
    StackName: 't',
    ...watching(0, other),
    TemplateBody: template({ A: topic('a') }),
  });
  expect((await client.settled('t')).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await turns('t')).join()).toContain(`rollback trigger(s) could not be found: [${other}].`);
  const { result } = await client.call('DescribeStackEvents', { StackName: 's' });
  expect(result.StackEvents.some((event: any) => event.LogicalResourceId === 'A')).toBe(false);
  await client.call('CreateStack', { StackName: 'u', ...watching(), TemplateBody: template({ A: topic('a') }) });
  expect((await client.settled('u')).StackStatus).toBe('CREATE_COMPLETE');
});

test('an update keeps the alarms that it says nothing of, and an empty list ends the watch', async () => {
  await client.call('CreateStack', { StackName: 's', ...watching(), TemplateBody: template({ A: topic('a') }) });
  expect((await client.settled('s')).RollbackConfiguration.RollbackTriggers).toHaveLength(1);
  await ring('ALARM');
  await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ A: topic('b') }) });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  await client.call('UpdateStack', {
    StackName: 's',
    RollbackConfiguration: { RollbackTriggers: [] },
    TemplateBody: template({ A: topic('b') }),
  });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_COMPLETE');
});

test('alarms go by their ARN, and there are no other triggers', async () => {
  const asked = (Arn: string, Type: string) =>
    client.call('CreateStack', {
      StackName: 's',
      RollbackConfiguration: { RollbackTriggers: [{ Arn, Type }] },
      TemplateBody: template({ A: topic('a') }),
    });
  expect((await asked(bell, 'AWS::SNS::Topic')).message).toBe(
    'Invalid rollback trigger type AWS::SNS::Topic: it must be AWS::CloudWatch::Alarm or AWS::CloudWatch::CompositeAlarm',
  );
  expect((await asked('bell', 'AWS::CloudWatch::Alarm')).message).toBe('Invalid rollback trigger arn: bell');
});

test('an alarm takes only states that there are', async () => {
  await expect(ring('LOUD')).rejects.toThrow('StateValue "LOUD" must be one of OK, ALARM, INSUFFICIENT_DATA.');
});

test('the monitoring time goes on where it was when the engine was restarted', async () => {
  await client.close();
  const dataDir = mkdtempSync(join(tmpdir(), 'baton-monitoring-'));
  const minute = 60_000;
  // Nothing farther away than half a minute happens by itself: the first engine does not see the end.
  const first = new FakeClock(Date.UTC(2026, 0, 1), minute / 2);
  client = await cfnClient({ clock: first, dataDir });
  await client.call('CreateStack', {
    StackName: 's',
    RollbackConfiguration: { MonitoringTimeInMinutes: 10 },
    TemplateBody: template({ A: topic('a') }),
  });
  const began = first.now();
  const isMonitored = async () => (await client.engine.stacks.find(CFN_CALLER, 's')).extra.monitoring !== undefined;
  while (!(await isMonitored())) await new Promise((resolve) => setImmediate(resolve));
  await client.close();
  const second = new FakeClock(began + 4 * minute);
  client = await cfnClient({ clock: second, dataDir });
  expect((await client.settled('s')).StackStatus).toBe('CREATE_COMPLETE');
  expect((second.now() - began) / minute).toBeGreaterThanOrEqual(10);
  expect((second.now() - began) / minute).toBeLessThan(11);
  rmSync(dataDir, { recursive: true });
});
