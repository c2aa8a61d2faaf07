import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonMap } from '../../../../src/engine/model/value.js';
import { FakeRemoteStacks } from '../../../helpers/fake-stack-access.js';
import { StackBench } from '../../../helpers/stack-bench.js';

const PROPERTIES = {
  template: 'heat_template_version: 2015-04-30',
  parameters: { p: 1 },
  timeout: 5,
  context: { region_name: 'north' },
};

async function remote(properties: JsonMap = {}) {
  const bench = new StackBench();
  const stacks = new FakeRemoteStacks();
  bench.stack.regions.set('north', stacks);
  const type = bench.type('OS::Heat::Stack');
  const ctx = bench.context('OS::Heat::Stack', 'r');
  const wanted = { ...PROPERTIES, ...properties };
  const ref = {
    uuid: ctx.resource.uuid,
    name: 'r',
    physicalId: 'remote-1',
    properties: wanted,
    data: {},
    metadata: {},
  };
  return { bench, stacks, type, ctx, wanted, ref };
}

describe('OS::Heat::Stack', () => {
  test('makes a stack in another region and waits for it', async () => {
    const { stacks, type, ctx, wanted, ref } = await remote();
    expect(await type.create(ctx, wanted)).toMatchObject({ state: 'pending', physicalId: 'remote-1' });
    expect(stacks.requests.map(({ verb }) => verb)).toEqual(['validate', 'create']);
    expect(stacks.requests[1]?.request).toMatchObject({
      stack_name: ctx.resource.physicalName,
      parameters: { p: 1 },
      timeout_mins: 5,
      disable_rollback: true,
    });
    expect(await type.create(ctx, wanted)).toMatchObject({ physicalId: 'remote-1' });
    expect(stacks.stacks.size).toBe(1);
    const poll = () => type.poll?.(ctx, ref, { id: 'remote-1', context: { region_name: 'north' } }, 'create');
    expect(await poll()).toMatchObject({ state: 'pending', note: 'CREATE_IN_PROGRESS' });
    stacks.settle('remote-1', 'COMPLETE');
    expect(await poll()).toMatchObject({
      state: 'done',
      attributes: { stack_name: ctx.resource.physicalName, outputs: { url: 'http://x' } },
    });
    expect(await type.attribute?.(ctx, ref, 'outputs', [])).toEqual({ url: 'http://x' });
  });

  test('a failure over there fails here', async () => {
    const { stacks, type, ctx, wanted, ref } = await remote();
    await type.create(ctx, wanted);
    stacks.settle('remote-1', 'FAILED', 'no host');
    await expect(
      type.poll?.(ctx, ref, { id: 'remote-1', context: { region_name: 'north' } }, 'create'),
    ).rejects.toMatchObject({
      message: 'Went to status CREATE_FAILED due to "no host"',
      reasonClass: 'ResourceInError',
    });
  });

  test.each<{ change: JsonMap }>([
    { change: { template: 'other' } },
    { change: { parameters: {} } },
    { change: { timeout: 9 } },
  ])('forwards an update of $change', async ({ change }) => {
    const { stacks, type, ctx, wanted, ref } = await remote();
    await type.create(ctx, wanted);
    const after = { ...wanted, ...change };
    expect(await type.update?.(ctx, ref, { before: wanted, after, changed: Object.keys(change) })).toMatchObject({
      state: 'pending',
    });
    expect(stacks.stacks.get('remote-1')?.action).toBe('UPDATE');
    expect(type.onEveryUpdate).toBe('update');
  });

  test.each(['check', 'suspend', 'resume'] as const)('forwards %s', async (verb) => {
    const { stacks, type, ctx, wanted, ref } = await remote();
    await type.create(ctx, wanted);
    expect(await type[verb]?.(ctx, ref)).toMatchObject({ state: 'pending' });
    expect(stacks.stacks.get('remote-1')?.action).toBe(verb.toUpperCase());
    await expect(type[verb]?.(ctx, { ...ref, physicalId: undefined })).rejects.toThrow(
      `Cannot ${verb} r, resource not found`,
    );
  });

  test('is checked before anything is made', async () => {
    const { stacks, type, wanted } = await remote();
    const scope = {
      region: 'here',
      stacksIn: (region: string) => (region === 'north' ? stacks : undefined),
      inheritance: () => ({ environment: {}, files: { a: 'b' } }),
    };
    expect(await type.validateOutside?.(wanted, scope)).toBeUndefined();
    expect(stacks.requests).toMatchObject([{ verb: 'validate', request: { files: { a: 'b' } } }]);
    stacks.problem = 'ERROR: too bad';
    expect(await type.validateOutside?.(wanted, scope)).toBe(
      'Failed validating stack template using Heat endpoint at region "north" due to "ERROR: too bad"',
    );
    expect(await type.validateOutside?.({ ...wanted, context: { region_name: 'DARKHOLE' } }, scope)).toBe(
      'Cannot establish connection to Heat endpoint at region "DARKHOLE" due to "public endpoint for orchestration service in DARKHOLE region not found"',
    );
    // What credentials lead to is asked when it is made: they are in the cloud.
    const secret = { ...wanted, context: { region_name: 'DARKHOLE', credential_secret_id: 'x' } };
    expect(await type.validateOutside?.(secret, scope)).toBeUndefined();
  });

  test('keeps snapshots over there and restores from them', async () => {
    const { type, ctx, wanted, ref } = await remote();
    await type.create(ctx, wanted);
    const begun = (await type.snapshot?.(ctx, ref)) as { checkpoint: JsonMap };
    const done = (await type.poll?.(ctx, ref, begun.checkpoint, 'snapshot')) as unknown as {
      data: { snapshot: JsonMap };
    };
    expect(done.data.snapshot.snapshot_id).toBe('snapshot-1');
    expect(type.restore?.(wanted, done.data)).toMatchObject({ template: '{"a":1}', parameters: { p: 1 } });
    await type.deleteSnapshot?.(ctx, done.data);
  });

  test('goes when the other is gone', async () => {
    const { stacks, type, ctx, wanted, ref } = await remote();
    await type.create(ctx, wanted);
    expect(await type.delete(ctx, ref)).toMatchObject({ state: 'pending' });
    stacks.stacks.clear();
    expect(await type.poll?.(ctx, ref, { id: 'remote-1' }, 'delete')).toMatchObject({ state: 'done' });
    expect(await type.delete(ctx, { ...ref, physicalId: undefined })).toMatchObject({ state: 'done' });
  });

  test('says what is wrong with the region or the template', async () => {
    const { stacks, type, ctx, wanted } = await remote();
    await expect(type.create(ctx, { ...wanted, context: { region_name: 'south' } })).rejects.toThrow(
      'Cannot establish connection to Heat endpoint at region "south" due to "public endpoint for orchestration service in south region not found"',
    );
    stacks.problem = 'bad template';
    await expect(type.create(ctx, wanted)).rejects.toMatchObject({
      message: 'Failed validating stack template using Heat endpoint at region "north" due to "bad template"',
      reasonClass: 'StackValidationFailed',
    });
  });
});

describe('a Heat of somebody else', () => {
  let server: Server;
  let base: string;
  const calls: { method: string; path: string; body: JsonMap; token: string | undefined }[] = [];
  const stack = {
    id: 'far',
    stack_name: 'name',
    stack_status: 'CREATE_COMPLETE',
    stack_status_reason: 'done',
    outputs: [{ output_key: 'o', output_value: 1 }],
  };

  beforeEach(async () => {
    calls.length = 0;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const path = request.url ?? '';
        calls.push({
          method: request.method ?? '',
          path,
          body: text === '' ? {} : JSON.parse(text),
          token: request.headers['x-auth-token'] as string | undefined,
        });
        const reply = (status: number, body: unknown, headers: Record<string, string> = {}) => {
          response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers });
          response.end(JSON.stringify(body));
        };
        if (path === '/v3/auth/tokens') {
          const catalog = [
            { type: 'orchestration', endpoints: [{ interface: 'public', region: 'far', url: `${base}/heat` }] },
          ];
          reply(201, { token: { catalog } }, { 'x-subject-token': 'T' });
        } else if (path === '/heat/stacks/far' || path.startsWith('/heat/stacks/stack-')) {
          if (path.endsWith('far')) reply(302, {}, { location: '/heat/stacks/name/far' });
          else reply(404, { error: { message: 'gone', type: 'EntityNotFound' } });
        } else if (path === '/heat/stacks/name/far') {
          if (request.method === 'GET') reply(200, { stack });
          else reply(202, null);
        } else if (path === '/heat/stacks') reply(201, { stack: { id: 'far' } });
        else if (path === '/heat/validate')
          reply(calls.at(-1)?.body.template === 'bad' ? 400 : 200, {
            error: { message: 'no good', type: 'StackValidationFailed' },
          });
        else reply(202, {});
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  async function far(template = 't') {
    const bench = new StackBench();
    const credentials = {
      auth_type: 'v3applicationcredential',
      auth: { auth_url: base, application_credential_id: 'i', application_credential_secret: 's' },
    };
    const secret = await bench.cloud
      .collection('secrets')
      .create(
        { projectId: 'project', region: 'us-east-1', token: 'x' },
        { name: 'cred', payload: JSON.stringify(credentials) },
      );
    const properties = { template, context: { region_name: 'far', credential_secret_id: secret.id } };
    return { bench, properties };
  }

  test('is reached by the credentials of a secret', async () => {
    const { bench, properties } = await far();
    const made = await bench.create('OS::Heat::Stack', properties, { name: 'r' });
    expect(calls[0]?.body).toEqual({
      auth: { identity: { methods: ['application_credential'], application_credential: { secret: 's', id: 'i' } } },
    });
    expect(made.physicalId).toBe('far');
    expect(made.attributes).toMatchObject({ stack_name: 'name', outputs: { o: 1 } });
    expect(calls.filter(({ path }) => path.startsWith('/heat')).every(({ token }) => token === 'T')).toBe(true);
    await made.type.suspend?.(made.ctx, made.ref);
    expect(calls.at(-1)).toMatchObject({
      method: 'POST',
      path: '/heat/stacks/name/far/actions',
      body: { suspend: null },
    });
    await made.type.delete(made.ctx, made.ref);
    expect(calls.some(({ method, path }) => method === 'DELETE' && path === '/heat/stacks/name/far')).toBe(true);
  });

  test('its own words come through', async () => {
    const { bench, properties } = await far('bad');
    await expect(bench.create('OS::Heat::Stack', properties)).rejects.toThrow(
      'Failed validating stack template using Heat endpoint at region "far" due to "ERROR: no good"',
    );
  });
});
