import type { JsonMap } from '../../../../src/engine/model/value.js';
import { StackBench } from '../../../helpers/stack-bench.js';

const HEAT_HANDLE = 'OS::Heat::WaitConditionHandle';
const CFN_HANDLE = 'AWS::CloudFormation::WaitConditionHandle';

describe('OS::Heat::WaitConditionHandle', () => {
  test('hands out a token, an endpoint and a command by default', async () => {
    const bench = new StackBench();
    const made = await bench.create(HEAT_HANDLE, {});
    const { uuid } = made.ctx.resource;
    const endpoint = 'http://heat/v1/stack-project/stacks/s/1/resources/r/signal';
    expect(made.physicalId).toBe(`user-${uuid}`);
    const names = ['token', 'endpoint', 'curl_cli', 'signal'];
    const told = await Promise.all(names.map(async (name) => [name, await bench.told(made, name)]));
    expect(Object.fromEntries(told)).toEqual({
      token: `token-${uuid}`,
      endpoint,
      curl_cli: `curl -i -X POST -H 'X-Auth-Token: token-${uuid}' -H 'Content-Type: application/json' -H 'Accept: application/json' ${endpoint}`,
      signal: 'null',
    });
    // There is a token in them: nothing of it is kept with the resource.
    expect(made.attributes).toEqual({});
  });

  test.each<{ transport: string; signal: (uuid: string) => JsonMap }>([
    {
      transport: 'CFN_SIGNAL',
      signal: (uuid) => ({ alarm_url: `http://cfn/v1/waitcondition/arn?AWSAccessKeyId=access-${uuid}&Signature=s` }),
    },
    {
      transport: 'TEMP_URL_SIGNAL',
      signal: () => ({ alarm_url: expect.stringMatching(/^http:\/\/swift\/v1\/AUTH_project\/stack-id\/stack-thing-/) }),
    },
    {
      transport: 'HEAT_SIGNAL',
      signal: (uuid) => ({
        auth_url: 'http://keystone/v3',
        username: `name-${uuid}`,
        user_id: `user-${uuid}`,
        password: 'secret',
        project_id: 'stack-project',
        domain_id: 'heat',
        region_name: 'RegionOne',
        alarm_url: 'http://heat/v1/stack-project/stacks/s/1/resources/r/signal',
      }),
    },
    {
      transport: 'ZAQAR_SIGNAL',
      signal: () => expect.objectContaining({ queue_id: expect.stringMatching(/^stack-thing-/), password: 'secret' }),
    },
    { transport: 'NO_SIGNAL', signal: () => ({}) },
  ])('tells what $transport needs', async ({ transport, signal }) => {
    const bench = new StackBench();
    const made = await bench.create(HEAT_HANDLE, { signal_transport: transport });
    for (const name of ['token', 'endpoint', 'curl_cli']) expect(await bench.told(made, name)).toBeNull();
    expect(JSON.parse(String(await bench.told(made, 'signal')))).toEqual(signal(made.ctx.resource.uuid));
    await bench.delete(made);
    expect(bench.stack.users.users.size).toBe(0);
    expect(bench.left()).toEqual([]);
  });

  test('a suspended handle takes no signals any more', async () => {
    const bench = new StackBench();
    const made = await bench.create(HEAT_HANDLE, {});
    await made.type.suspend?.(made.ctx, made.ref);
    expect([...bench.stack.users.disabled]).toEqual([made.ctx.resource.uuid]);
    await made.type.resume?.(made.ctx, made.ref);
    expect(bench.stack.users.disabled.size).toBe(0);
  });

  test.each<{ details: JsonMap | null; metadata: JsonMap; reason: string }>([
    {
      details: null,
      metadata: { 1: { data: null, reason: 'Signal 1 received', status: 'SUCCESS' } },
      reason: 'Signal: status:SUCCESS reason:Signal 1 received',
    },
    {
      details: { data: 'd', id: 7 },
      metadata: { 7: { data: 'd', reason: 'Signal 1 received', status: 'SUCCESS' } },
      reason: 'Signal: status:SUCCESS reason:Signal 1 received',
    },
    {
      details: { status: 'FAILURE', reason: 'bad', data: null },
      metadata: { 1: { data: null, reason: 'bad', status: 'FAILURE' } },
      reason: 'Signal: status:FAILURE reason:bad',
    },
  ])('fills in what a signal leaves out: $details', async ({ details, metadata, reason }) => {
    const handle = new StackBench().place(HEAT_HANDLE, 'h', {});
    expect(await handle.signal(details)).toEqual({ metadata, reason });
  });

  test('counts signals and overwrites those of the same id', async () => {
    const handle = new StackBench().place(HEAT_HANDLE, 'h', {});
    await handle.signal({});
    await handle.signal({});
    const { metadata } = await handle.signal({ id: '1', data: 'again' });
    expect(metadata).toEqual({
      1: { data: 'again', reason: 'Signal 3 received', status: 'SUCCESS' },
      2: { data: null, reason: 'Signal 2 received', status: 'SUCCESS' },
    });
  });

  test.each([{ other: 1 }, { status: 'GOOD' }, 'text', ['list']])('refuses %j', async (details) => {
    const handle = new StackBench().place(HEAT_HANDLE, 'h', {});
    await expect(handle.signal(details)).rejects.toMatchObject({
      message: 'Metadata format invalid',
      reasonClass: 'ValueError',
    });
  });
});

describe('CloudFormation handles', () => {
  test.each(['heat', 'aws'] as const)('a reference gives the signed URL (%s)', async (prefer) => {
    const bench = new StackBench();
    const made = await bench.create(CFN_HANDLE, {}, { prefer });
    expect(made.referred).toBe(
      `http://cfn/v1/waitcondition/arn?AWSAccessKeyId=access-${made.ctx.resource.uuid}&Signature=s`,
    );
    await bench.delete(made);
    expect(bench.stack.users.users.size).toBe(0);
  });

  test('every update makes an UpdateWaitConditionHandle anew', () => {
    const bench = new StackBench();
    expect(bench.type('OS::Heat::UpdateWaitConditionHandle').onEveryUpdate).toBe('replace');
    expect(bench.type(CFN_HANDLE, 'heat').onEveryUpdate).toBeUndefined();
  });

  test('a signal needs all four keys', async () => {
    const handle = new StackBench().place(CFN_HANDLE, 'h', {}, { prefer: 'heat' });
    const signal = { Status: 'SUCCESS', Reason: 'ok', Data: 'd', UniqueId: '5' };
    expect(await handle.signal(signal)).toEqual({
      metadata: { 5: { Data: 'd', Reason: 'ok', Status: 'SUCCESS' } },
      reason: 'Signal: status:SUCCESS reason:ok',
    });
    for (const key of Object.keys(signal)) {
      const { [key as 'Data']: _left, ...rest } = signal;
      await expect(handle.signal(rest)).rejects.toThrow('Metadata format invalid');
    }
    expect(await handle.signal(null)).toEqual({ reason: null });
  });
});

describe('OS::Heat::WaitCondition', () => {
  const received = (...statuses: string[]): JsonMap =>
    Object.fromEntries(
      statuses.map((status, index) => [String(index + 1), { data: `d${index + 1}`, reason: `r${index + 1}`, status }]),
    );

  function waiting(metadata: JsonMap, handleProperties: JsonMap = {}) {
    const bench = new StackBench();
    const handle = bench.place(HEAT_HANDLE, 'h', handleProperties);
    bench.stack.change(handle.uuid, { metadata });
    return { bench, handle };
  }

  test('is done when enough signals are there, and gives their data as JSON text', async () => {
    const { bench } = waiting(received('SUCCESS', 'SUCCESS'));
    const made = await bench.create('OS::Heat::WaitCondition', { handle: 'physical-h', timeout: 10, count: 2 });
    expect(made.attributes).toEqual({ data: '{"1": "d1", "2": "d2"}' });
    expect(made.physicalId).toBe('');
    expect(made.referred).toBe('thing');
  });

  test('waits for signals that come later, and for more after an update', async () => {
    const { bench, handle } = waiting({});
    const type = bench.type('OS::Heat::WaitCondition');
    const ctx = bench.context('OS::Heat::WaitCondition', 'w');
    const first = await type.create(ctx, { handle: 'physical-h', timeout: 10, count: 1 });
    expect(first).toMatchObject({ state: 'pending', checkpoint: { handle: handle.uuid, count: 1 } });
    bench.stack.change(handle.uuid, { metadata: received('SUCCESS') });
    const ref = { uuid: ctx.resource.uuid, name: 'w', physicalId: '', properties: {}, data: {}, metadata: {} };
    expect(await type.poll?.(ctx, ref, (first as { checkpoint: JsonMap }).checkpoint, 'create')).toMatchObject({
      state: 'done',
    });
    const after = { handle: 'physical-h', timeout: 10, count: 2 };
    expect(await type.update?.(ctx, ref, { before: {}, after, changed: ['count'] })).toMatchObject({
      state: 'pending',
      checkpoint: { count: 2 },
    });
  });

  test('fails with all reasons of failures', async () => {
    const { bench } = waiting(received('FAILURE', 'SUCCESS', 'FAILURE'));
    await expect(bench.create('OS::Heat::WaitCondition', { handle: 'physical-h', timeout: 10 })).rejects.toMatchObject({
      message: 'r1;r3',
      reasonClass: 'WaitConditionFailure',
    });
  });

  test.each([
    { metadata: {}, message: '0 of 2 received' },
    { metadata: received('SUCCESS'), message: '1 of 2 received - r1' },
  ])('says what has come when time is up: $message', async ({ metadata, message }) => {
    const { bench } = waiting(metadata);
    const start = bench.clock.now();
    await expect(
      bench.create('OS::Heat::WaitCondition', { handle: 'physical-h', timeout: 3, count: 2 }),
    ).rejects.toMatchObject({ message, reasonClass: 'WaitConditionTimeout' });
    expect(bench.clock.now() - start).toBe(3000);
  });

  test('a handle without signal is signalled by itself', async () => {
    const { bench, handle } = waiting({}, { signal_transport: 'NO_SIGNAL' });
    await bench.create('OS::Heat::WaitCondition', { handle: 'physical-h', timeout: 10, count: 2 });
    expect(bench.stack.signalled).toEqual([
      { uuid: handle.uuid, details: {} },
      { uuid: handle.uuid, details: {} },
    ]);
  });

  test('signals in a queue are fetched', async () => {
    const bench = new StackBench();
    const made = await bench.create(HEAT_HANDLE, { signal_transport: 'ZAQAR_SIGNAL' }, { name: 'h' });
    const queue = String(made.data?.queue);
    const handle = bench.place(HEAT_HANDLE, 'h', { signal_transport: 'ZAQAR_SIGNAL' }, { data: { queue } });
    const call = { projectId: 'project', region: 'us-east-1', token: 'post' };
    await bench.cloud.collection('queues').act(call, queue, 'post', { body: { data: 'by queue' } });
    const waited = await bench.create('OS::Heat::WaitCondition', { handle: handle.physicalId, timeout: 10 });
    expect(waited.attributes).toEqual({ data: '{"1": "by queue"}' });
  });

  test('deleting it clears the handle', async () => {
    const { bench, handle } = waiting(received('SUCCESS'));
    const made = await bench.create('OS::Heat::WaitCondition', { handle: 'physical-h', timeout: 10 });
    await bench.delete(made);
    expect(bench.stack.siblings.get(handle.uuid)?.metadata).toEqual({});
  });

  test('takes only handles', async () => {
    const bench = new StackBench();
    bench.place('OS::Heat::Value', 'v', {});
    await expect(bench.create('OS::Heat::WaitCondition', { handle: 'physical-v', timeout: 10 })).rejects.toThrow(
      'v is not a valid wait condition handle.',
    );
  });

  test("CloudFormation's own waits for its own handles", async () => {
    const bench = new StackBench();
    const handle = bench.place(CFN_HANDLE, 'h', {}, { prefer: 'heat' });
    await handle.signal({ Status: 'SUCCESS', Reason: 'ok', Data: 'd', UniqueId: '5' });
    const made = await bench.create(
      'AWS::CloudFormation::WaitCondition',
      { Handle: 'physical-h', Timeout: '10' },
      { prefer: 'heat', name: 'w' },
    );
    expect(made.physicalId).toBe('');
    expect(made.referred).toBe('w');
    expect(made.attributes).toEqual({ Data: '{"5": "d"}' });
    bench.place(HEAT_HANDLE, 'other', {});
    await expect(
      bench.create('AWS::CloudFormation::WaitCondition', { Handle: 'physical-other', Timeout: '10' }),
    ).rejects.toThrow('WaitCondition invalid Handle other');
  });
});

describe('signals by Swift URL', () => {
  test('are uploaded, counted and given back as data', async () => {
    const bench = new StackBench();
    const made = await bench.create('OS::Heat::SwiftSignalHandle', {}, { name: 'h' });
    const endpoint = String(made.attributes.endpoint);
    expect(made.attributes).toEqual({ token: '', endpoint, curl_cli: `curl -i -X PUT '${endpoint}'` });
    expect(made.type.onEveryUpdate).toBe('replace');
    const handle = bench.place('OS::Heat::SwiftSignalHandle', 'h', {}, { physicalId: endpoint });
    await handle.signal('{"data": "x", "id": "a"}');
    await handle.signal({});
    await handle.signal({ id: 'a', data: 'y' });
    const done = await bench.create('OS::Heat::SwiftSignal', { handle: endpoint, timeout: 10, count: 2 });
    expect(JSON.parse(String(done.attributes.data))).toEqual({ 2: null, a: 'y' });
  });

  test.each([
    {
      metadata: { 1: { data: null, reason: 'no', status: 'FAILURE' } },
      message: 'no',
      reasonClass: 'SwiftSignalFailure',
    },
    {
      metadata: { 1: { data: null, reason: 'x', status: 'ODD' } },
      message: 'Unknown status: ODD',
      reasonClass: 'Error',
    },
    { metadata: {}, message: '0 of 1 received', reasonClass: 'SwiftSignalTimeout' },
  ])('fail with $reasonClass', async ({ metadata, message, reasonClass }) => {
    const bench = new StackBench();
    const url = 'http://swift/v1/AUTH_p/stack-id/object?x=1';
    const handle = bench.place('OS::Heat::SwiftSignalHandle', 'h', {}, { physicalId: url });
    bench.stack.change(handle.uuid, { metadata });
    await expect(bench.create('OS::Heat::SwiftSignal', { handle: url, timeout: 2 })).rejects.toMatchObject({
      message,
      reasonClass,
    });
  });

  test.each([
    { url: 'http://swift/v1/other', part: 'Swift TempURL path' },
    { url: 'http://swift/v1/AUTH_p/elsewhere/object', part: 'container name' },
  ])('need a URL of the stack: $part', async ({ url, part }) => {
    const path = new URL(url).pathname;
    await expect(new StackBench().create('OS::Heat::SwiftSignal', { handle: url, timeout: 2 })).rejects.toThrow(
      `"${path}" is not a valid SwiftSignalHandle.  The ${part} is invalid`,
    );
  });

  test('what is no JSON is refused', async () => {
    const handle = new StackBench().place('OS::Heat::SwiftSignalHandle', 'h', {});
    await expect(handle.signal('{')).rejects.toThrow('Failed to parse JSON data: {');
  });
});

describe('other types that are signalled', () => {
  test('HARestarter restarts its server on an alarm only', async () => {
    const bench = new StackBench();
    bench.place('OS::Nova::Server', 'web', {});
    const restarter = bench.place('OS::Heat::HARestarter', 'r', { InstanceId: 'physical-web' });
    expect(await restarter.signal({ state: 'ok' })).toEqual({ reason: 'Unknown' });
    expect(bench.stack.restarted).toEqual([]);
    expect(await restarter.signal(null)).toEqual({ reason: 'No signal details provided' });
    expect(bench.stack.restarted).toEqual(['web']);
    const made = await bench.create('OS::Heat::HARestarter', { InstanceId: 'x' });
    expect(made.attributes.AlarmUrl).toMatch(/^http:\/\/cfn\/v1\/signal\//);
    await bench.delete(made);
    expect(bench.stack.users.users.size).toBe(0);
  });

  test('AccessPolicy names resources of the stack', async () => {
    const bench = new StackBench();
    const type = bench.type('OS::Heat::AccessPolicy');
    const scope = { resources: new Map([['a', 'T']]), updatePolicy: {}, timeoutMs: 1 };
    expect(type.validate?.({ AllowedResources: ['a', 'b'] }, 'p', scope)).toEqual([
      'AccessPolicy resource b not in stack',
    ]);
    const made = await bench.create('OS::Heat::AccessPolicy', { AllowedResources: ['a'] }, { name: 'p' });
    expect(made.referred).toBe('p');
    await bench.delete(made);
  });
});
