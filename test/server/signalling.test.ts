import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import type { JsonMap } from '../../src/engine/model/value.js';
import { type AccessKey, Served, type Session } from '../helpers/served.js';

let served: Served;
let session: Session & AccessKey;

beforeEach(async () => {
  served = await Served.start({ shutdown_grace_seconds: 0 });
  session = await served.project('signals');
});
afterEach(() => served.end());

const hot = (resources: JsonMap, outputs: JsonMap = {}): JsonMap => ({
  heat_template_version: '2021-04-16',
  resources,
  outputs,
});
const cfn = (Resources: JsonMap, Outputs: JsonMap = {}): JsonMap => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources,
  Outputs,
});
const output = (value: JsonMap): JsonMap => ({ value });

async function begin(name: string, template: JsonMap): Promise<string> {
  const { status, text } = await served.heat(session, 'POST', '/stacks', { stack_name: name, template });
  if (status !== 201) throw new Error(text);
  return (JSON.parse(text) as { stack: { id: string } }).stack.id;
}

async function beginCfn(name: string, template: JsonMap): Promise<void> {
  const { status, text } = await served.cfn(session, 'CreateStack', {
    StackName: name,
    TemplateBody: JSON.stringify(template),
    'Capabilities.member.1': 'CAPABILITY_IAM',
  });
  if (status !== 200) throw new Error(text);
}

async function idOf(name: string): Promise<string> {
  const { text } = await served.heat(session, 'GET', `/stacks?name=${name}`);
  return (JSON.parse(text) as { stacks: { id: string }[] }).stacks[0]?.id ?? '';
}

/** What comes by itself, looked for again and again; not for ever. */
async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not come`);
}

const settled = (id: string) => served.engine.stacks.settled(id);

async function outputsOf(id: string): Promise<{ [key: string]: string }> {
  const path = `/stacks/${(await settled(id)).name}/${id}`;
  const { text } = await served.heat(session, 'GET', path);
  const { stack } = JSON.parse(text) as { stack: { outputs: { output_key: string; output_value: string }[] } };
  return Object.fromEntries(stack.outputs.map((one) => [one.output_key, one.output_value]));
}

function attribute(stack: string, resource: string, name: string): Promise<string> {
  return eventually(`${name} of ${resource}`, async () => {
    const { text } = await served.heat(session, 'GET', `/stacks/s/${stack}/resources/${resource}?with_attr=${name}`);
    const { resource: found } = JSON.parse(text) as {
      resource?: { resource_status: string; attributes: { [key: string]: string } };
    };
    return found?.resource_status === 'CREATE_COMPLETE' ? found.attributes[name] : undefined;
  });
}

/** The command line that a handle hands out, run as a server's user data would. */
const shell = (command: string) => promisify(execFile)('/bin/sh', ['-c', `${command} -sS -m 10`]);

const hasCurl = (() => {
  try {
    execFileSync('curl', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

(hasCurl ? describe : describe.skip)('the command line of a handle', () => {
  test('of OS::Heat::WaitConditionHandle signals, twice, with data, and a failure', async () => {
    const id = await begin(
      's',
      hot(
        {
          handle: { type: 'OS::Heat::WaitConditionHandle' },
          wait: {
            type: 'OS::Heat::WaitCondition',
            properties: { handle: { get_resource: 'handle' }, count: 2, timeout: 60 },
          },
        },
        { data: output({ get_attr: ['wait', 'data'] }) },
      ),
    );
    const command = await attribute(id, 'handle', 'curl_cli');
    await shell(`${command} --data-binary '{"status": "SUCCESS", "id": "one", "data": "first"}'`);
    // The same id again is the same signal.
    await shell(`${command} --data-binary '{"status": "SUCCESS", "id": "one", "data": "again"}'`);
    expect((await served.engine.operations.stack(id))?.status).toBe('IN_PROGRESS');
    await shell(`${command} --data-binary '{"status": "SUCCESS"}'`);
    expect(await settled(id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
    expect(JSON.parse((await outputsOf(id)).data ?? '')).toEqual({ one: 'again', 2: null });
  });

  test('of OS::Heat::SwiftSignalHandle uploads; a failure fails the stack with its reason', async () => {
    const id = await begin(
      's',
      hot({
        handle: { type: 'OS::Heat::SwiftSignalHandle' },
        wait: { type: 'OS::Heat::SwiftSignal', properties: { handle: { get_resource: 'handle' }, timeout: 60 } },
      }),
    );
    const command = await attribute(id, 'handle', 'curl_cli');
    await shell(`${command} --data-binary '{"status": "FAILURE", "reason": "disk full"}'`);
    expect(await settled(id)).toMatchObject({ status: 'FAILED', statusReason: expect.stringContaining('disk full') });
  });
});

describe('a key of the stack itself', () => {
  const waiting = (count = 1) =>
    cfn(
      {
        User: { Type: 'AWS::IAM::User' },
        Key: { Type: 'AWS::IAM::AccessKey', Properties: { UserName: { Ref: 'User' } } },
        Server: {
          Type: 'AWS::EC2::Instance',
          DependsOn: 'Key',
          Properties: { ImageId: 'ami-12345678' },
          CreationPolicy: { ResourceSignal: { Count: count, Timeout: 'PT5M' } },
        },
      },
      { Access: { Value: { Ref: 'Key' } }, Secret: { Value: { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] } } },
    );

  async function keyOf(name: string): Promise<AccessKey> {
    const id = await idOf(name);
    const caller = await callerOf(id);
    return eventually(`the key of ${name}`, async () => {
      const { record } = await served.engine.stacks.resource(caller, id, 'Key');
      if (record.status !== 'COMPLETE' || !record.physicalId) return undefined;
      const secret = (await served.engine.stacks.outputs(caller, id)).find((one) => one.name === 'Secret')?.value;
      return typeof secret === 'string' ? { access: record.physicalId, secret } : undefined;
    });
  }

  async function callerOf(id: string) {
    const record = await served.engine.operations.stack(id);
    if (!record) throw new Error('no stack');
    const { projectId, projectName, userId, userName, region, origin } = record;
    return { projectId, projectName, userId, userName, region, origin, roles: ['member'], isAdmin: false };
  }

  const signal = (key: AccessKey, StackName: string, UniqueId: string, Status = 'SUCCESS') =>
    served.cfn(key, 'SignalResource', { StackName, LogicalResourceId: 'Server', UniqueId, Status });

  test('signals as cfn-signal does; duplicates do not count, other stacks are out of its reach', async () => {
    await beginCfn('mine', waiting(2));
    await beginCfn('other', waiting());
    const key = await keyOf('mine');
    const mine = await idOf('mine');
    await inProgress(mine, 'Server');
    await inProgress(await idOf('other'), 'Server');
    expect((await signal(key, 'mine', 'a')).status).toBe(200);
    expect((await signal(key, 'mine', 'a')).status).toBe(200);
    expect((await served.engine.operations.stack(mine))?.status).toBe('IN_PROGRESS');
    const stranger = await signal(key, 'other', 'a');
    expect(stranger.status).toBeGreaterThanOrEqual(400);
    expect((await signal({ ...key, secret: 'wrong' }, 'mine', 'b')).status).toBe(403);
    expect((await signal(key, 'mine', 'b')).status).toBe(200);
    expect(await settled(mine)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
    expect((await served.cfn(key, 'DeleteStack', { StackName: 'mine' })).status).toBeGreaterThanOrEqual(400);
    // Its metadata it may read, as cfn-init and cfn-hup do.
    const seen = await served.cfn(key, 'DescribeStackResource', { StackName: 'mine', LogicalResourceId: 'Server' });
    expect(seen.status).toBe(200);
  });

  test('a failure fails the stack; a key that is gone signals nothing', async () => {
    await beginCfn('mine', waiting());
    const key = await keyOf('mine');
    const id = await idOf('mine');
    await inProgress(id, 'Server');
    expect((await signal(key, 'mine', 'a', 'FAILURE')).status).toBe(200);
    expect((await settled(id)).action).toBe('ROLLBACK');
    expect((await signal(key, 'mine', 'b')).status).toBe(403);
  });
});

function inProgress(id: string, resource: string): Promise<true> {
  return eventually(`${resource} under way`, async () => {
    const found = (await served.engine.operations.records(id)).find(({ name }) => name === resource);
    return found?.status === 'IN_PROGRESS' && found.physicalId ? true : undefined;
  });
}

describe('scaling', () => {
  const group = (policies: JsonMap): JsonMap =>
    cfn(
      {
        Launch: {
          Type: 'AWS::AutoScaling::LaunchConfiguration',
          Properties: { ImageId: 'ami-12345678', InstanceType: 't2.micro' },
        },
        Balancer: {
          Type: 'AWS::ElasticLoadBalancing::LoadBalancer',
          Properties: {
            AvailabilityZones: ['us-east-1a'],
            Listeners: [{ InstancePort: '80', LoadBalancerPort: '80', Protocol: 'HTTP' }],
          },
        },
        Group: {
          Type: 'AWS::AutoScaling::AutoScalingGroup',
          Properties: {
            MinSize: '1',
            MaxSize: '6',
            AvailabilityZones: ['us-east-1a'],
            LaunchConfigurationName: { Ref: 'Launch' },
            LoadBalancerNames: [{ Ref: 'Balancer' }],
          },
        },
        ...policies,
      },
      Object.fromEntries(
        Object.entries(policies)
          .filter(([, one]) => (one as JsonMap).Type === 'AWS::AutoScaling::ScalingPolicy')
          .map(([name]) => [name, { Value: { 'Fn::GetAtt': [name, 'AlarmUrl'] } }]),
      ),
    );
  const policy = (Properties: JsonMap): JsonMap => ({
    Type: 'AWS::AutoScaling::ScalingPolicy',
    Properties: { AutoScalingGroupName: { Ref: 'Group' }, Cooldown: '0', ...Properties },
  });

  async function made(policies: JsonMap) {
    await beginCfn('scaled', group(policies));
    const id = await idOf('scaled');
    expect(await settled(id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
    const urls = await outputsOf(id);
    const trigger = async (name: string, body: JsonMap = {}) => {
      const url = new URL(urls[name] ?? '');
      const target = url.pathname + url.search;
      return served.send({
        method: 'POST',
        target,
        headers: { host: url.host, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    };
    return { id, urls, trigger };
  }

  async function sizes(id: string): Promise<[instances: number, behind: number]> {
    const all = await served.engine.stacks.resources(await caller(id), id, { nestedDepth: 1 });
    const call = { projectId: session.projectId, region: 'us-east-1', token: '' };
    const members = await served.engine.cloud.collection('members').list(call);
    return [all.filter(({ record }) => record.type === 'AWS::EC2::Instance').length, members.length];
  }

  async function caller(id: string) {
    const record = await served.engine.operations.stack(id);
    if (!record) throw new Error('no stack');
    const { projectId, projectName, userId, userName, region, origin } = record;
    return { projectId, projectName, userId, userName, region, origin, roles: ['member'], isAdmin: false };
  }

  const until = async (id: string, size: number) => {
    let seen: readonly number[] = [];
    const isThere = async () => {
      seen = await sizes(id);
      return seen.every((one) => one === size) ? true : undefined;
    };
    await eventually('the size', isThere).catch(() => expect(seen).toEqual([size, size]));
  };

  test('by signed URLs: simple, in percent, by steps and to a target; the balancer follows', async () => {
    const { id, trigger, urls } = await made({
      Up: policy({ AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 2 }),
      Double: policy({ AdjustmentType: 'PercentChangeInCapacity', ScalingAdjustment: 100 }),
      Exact: policy({ AdjustmentType: 'ExactCapacity', ScalingAdjustment: 2 }),
      Steps: policy({
        PolicyType: 'StepScaling',
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 20, ScalingAdjustment: 3 },
        ],
      }),
      Target: policy({ PolicyType: 'TargetTrackingScaling', TargetTrackingConfiguration: { TargetValue: 50 } }),
    });
    expect(await sizes(id)).toEqual([1, 1]);
    expect((await trigger('Up')).status).toBe(200);
    await until(id, 3);
    // Never beyond its greatest size.
    await trigger('Double');
    await until(id, 6);
    await trigger('Exact');
    await until(id, 2);
    await trigger('Steps', { state: 'alarm', value: 75, threshold: 50 });
    await until(id, 5);
    await trigger('Exact');
    await until(id, 2);
    await trigger('Steps', { state: 'alarm', value: 60, threshold: 50 });
    await until(id, 3);
    await trigger('Target', { value: 100 });
    await until(id, 6);
    await trigger('Target', { value: 10 });
    await until(id, 2);
    const [bare = ''] = (urls.Up ?? '').split('?');
    for (const bad of [bare, (urls.Up ?? '').replace(/Signature=(..)/, 'Signature=zz')]) {
      const { pathname, search, host } = new URL(bad);
      const refused = await served.send({ method: 'POST', target: pathname + search, headers: { host }, body: '{}' });
      expect([refused.status, bad]).toEqual([403, bad]);
    }
    expect(await sizes(id)).toEqual([2, 2]);
  });

  test('waits for the end of a cooldown', async () => {
    const { id, trigger } = await made({
      Up: policy({ AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 1, Cooldown: '3600' }),
    });
    await trigger('Up');
    await until(id, 2);
    expect((await trigger('Up')).status).toBe(200);
    expect(await sizes(id)).toEqual([2, 2]);
  });

  test('at a time, whatever cooldown there is, with limits of its own', async () => {
    const at = new Date(Date.now() + 1500).toISOString();
    const { id, trigger } = await made({
      Up: policy({ AdjustmentType: 'ChangeInCapacity', ScalingAdjustment: 1, Cooldown: '3600' }),
      Morning: {
        Type: 'AWS::AutoScaling::ScheduledAction',
        Properties: {
          AutoScalingGroupName: { Ref: 'Group' },
          StartTime: at,
          MinSize: 3,
          MaxSize: 8,
          DesiredCapacity: 7,
        },
      },
    });
    await trigger('Up');
    await until(id, 7);
  });
});
