import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ComposeInput } from '../../../../src/engine/drivers/resource-type.js';
import type { JsonMap } from '../../../../src/engine/model/value.js';
import { callMacro } from '../../../../src/resources/types/cloudformation/macro.js';
import { FakeStackAccess } from '../../../helpers/fake-stack-access.js';
import { StackBench } from '../../../helpers/stack-bench.js';

/** A service that answers each request with what the test says and keeps what it was sent. */
class Service {
  readonly requests: JsonMap[] = [];
  answer: (request: JsonMap) => { status?: number; body?: JsonMap } = () => ({});
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const sent = JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonMap;
        this.requests.push(sent);
        const { status = 200, body = {} } = this.answer(sent);
        response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
        response.end(JSON.stringify(body));
      });
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let service: Service;
let url: string;
beforeEach(async () => {
  service = new Service();
  url = await service.open();
});
afterEach(() => service.close());

describe('custom resources', () => {
  function custom(properties: JsonMap = {}) {
    const bench = new StackBench();
    const type = bench.type('Custom::Thing', 'aws');
    const wanted = { ServiceToken: url, Size: 3, Deep: { on: true }, ...properties };
    const placed = bench.place('Custom::Thing', 'thing', wanted, { prefer: 'aws', physicalId: 'old-id' });
    Object.defineProperty(bench.stack, 'ownUuid', { value: placed.uuid });
    const ctx = placed.ctx;
    const ref = { ...placed.ref(), physicalId: undefined, data: {} };
    /** What the provider answers by the URL, before the next look. */
    const respond = (answer: JsonMap) => placed.signal({ RequestId: ctx.token, ...answer });
    return { bench, type, placed, ctx, ref, wanted, respond };
  }

  test('a create sends the request document and ends with the answer', async () => {
    const { type, ctx, wanted, ref, respond } = custom();
    const begun = await type.create(ctx, wanted);
    expect(service.requests).toEqual([
      {
        RequestType: 'Create',
        RequestId: ctx.token,
        ResponseURL: `http://cfn/answer/${ctx.token}`,
        ServiceToken: url,
        StackId: expect.stringMatching(/^arn:aws:cloudformation:us-east-1:\d{12}:stack\/stack\/stack-id$/),
        ResourceType: 'Custom::Thing',
        LogicalResourceId: 'thing',
        ResourceProperties: { ServiceToken: url, Size: '3', Deep: { on: 'true' } },
      },
    ]);
    expect(begun.state).toBe('pending');
    await respond({ Status: 'SUCCESS', PhysicalResourceId: 'made', Data: { Url: 'u' } });
    const { checkpoint } = begun as { checkpoint: JsonMap };
    expect(await type.poll?.(ctx, ref, checkpoint, 'create')).toEqual({
      state: 'done',
      physicalId: 'made',
      attributes: { Url: 'u' },
      data: {},
    });
  });

  test.each([
    {
      answer: { Status: 'FAILED', Reason: 'no luck', PhysicalResourceId: 'x' },
      message: 'Received response status [FAILED] from custom resource. Message returned: no luck (RequestId:',
    },
    { answer: { Status: 'SUCCESS' }, message: 'Invalid PhysicalResourceId' },
  ])('fails with $message', async ({ answer, message }) => {
    const { type, ctx, wanted, ref, respond } = custom();
    const begun = await type.create(ctx, wanted);
    await respond(answer);
    await expect(type.poll?.(ctx, ref, (begun as { checkpoint: JsonMap }).checkpoint, 'create')).rejects.toThrow(
      message,
    );
  });

  test('no answer in time is a failure', async () => {
    const { bench, type, ctx, wanted, ref } = custom({ ServiceTimeout: 5 });
    const begun = await type.create(ctx, wanted);
    bench.clock.move(5000);
    await expect(type.poll?.(ctx, ref, (begun as { checkpoint: JsonMap }).checkpoint, 'create')).rejects.toThrow(
      'CloudFormation did not receive a response from your Custom Resource.',
    );
  });

  test('an update tells the old properties; with a new id it leaves the old thing to the clean-up', async () => {
    const { type, ctx, wanted, placed, respond } = custom();
    const after = { ...wanted, Size: 4 };
    const begun = await type.update?.(ctx, placed.ref(), { before: wanted, after, changed: ['Size'] });
    expect(service.requests[0]).toMatchObject({
      RequestType: 'Update',
      PhysicalResourceId: 'old-id',
      OldResourceProperties: { Size: '3' },
      ResourceProperties: { Size: '4' },
    });
    await respond({ Status: 'SUCCESS', PhysicalResourceId: 'new-id' });
    expect(await type.poll?.(ctx, placed.ref(), (begun as { checkpoint: JsonMap }).checkpoint, 'update')).toMatchObject(
      { state: 'done', physicalId: 'new-id', leaves: 'old-id' },
    );
    expect(service.requests).toHaveLength(1);
  });

  test('a deletion waits for its answer; what was never made needs none', async () => {
    const { type, ctx, placed, ref, respond } = custom();
    expect(await type.delete(ctx, ref)).toMatchObject({ state: 'done' });
    const begun = await type.delete(ctx, placed.ref());
    expect(service.requests).toMatchObject([{ RequestType: 'Delete', PhysicalResourceId: 'old-id' }]);
    await respond({ Status: 'SUCCESS' });
    expect(await type.poll?.(ctx, placed.ref(), (begun as { checkpoint: JsonMap }).checkpoint, 'delete')).toMatchObject(
      { state: 'done' },
    );
  });

  test.each([
    { status: 503, retryable: true },
    { status: 400, retryable: false },
  ])('a service that answers $status', async ({ status, retryable }) => {
    service.answer = () => ({ status });
    const { type, ctx, wanted } = custom();
    await expect(type.create(ctx, wanted)).rejects.toMatchObject({ retryable });
  });

  test('answers need a status and an id', async () => {
    const { placed } = custom();
    await expect(placed.signal({ Status: 'SUCCESS' })).rejects.toThrow(
      'needs Status (SUCCESS or FAILED) and RequestId',
    );
  });

  test.each([
    {
      properties: { ServiceToken: 'arn:aws:lambda:x' },
      message:
        'Invalid service token: arn:aws:lambda:x. It must be the ARN of a function or a topic, or an http or https URL that takes the request document by POST.',
    },
    { properties: { ServiceToken: null }, message: 'Invalid or missing ServiceToken' },
    {
      properties: { ServiceToken: 'http://x', ServiceTimeout: 0 },
      message: 'ServiceTimeout must be between 1 and 3600 seconds.',
    },
  ])('$message', ({ properties, message }) => {
    expect(new StackBench().type('AWS::CloudFormation::CustomResource').validate?.(properties, 'r')).toEqual([message]);
  });
});

describe('macros', () => {
  const request = {
    accountId: '1',
    region: 'r',
    requestId: 'id',
    transformId: '1::M',
    fragment: { a: 1 },
    params: {},
    templateParameterValues: {},
  };
  const call = () => callMacro(new FakeStackAccess('m').post, url, request, new AbortController().signal);

  test('are called by HTTP and give the new fragment', async () => {
    service.answer = (sent) => ({ body: { requestId: sent.requestId ?? null, status: 'success', fragment: { b: 2 } } });
    expect(await call()).toEqual({ b: 2 });
    expect(service.requests).toEqual([request]);
  });

  test.each<{ body: JsonMap; message: string }>([
    { body: { status: 'failed', errorMessage: 'bad' }, message: 'Transform 1::M failed with: bad' },
    { body: { status: 'failed' }, message: 'Transform 1::M failed without an error message.' },
    { body: { status: 'success', requestId: 'other' }, message: 'Received malformed response from transform 1::M' },
  ])('$message', async ({ body, message }) => {
    service.answer = () => ({ body });
    await expect(call()).rejects.toThrow(message);
  });

  test('are registered by name, and must be a URL', async () => {
    const bench = new StackBench();
    const made = await bench.create('AWS::CloudFormation::Macro', { Name: 'M', FunctionName: url });
    expect(made.physicalId).toBe('M');
    expect((await bench.update(made, { Name: 'M', FunctionName: 'http://new' })).data).toEqual({
      function: 'http://new',
    });
    await bench.delete(made);
    expect(made.type.validate?.({ Name: 'M', FunctionName: 'arn:x' }, 'm')).toEqual([
      "FunctionName arn:x must be a function, or an http or https URL that takes the macro's request by POST.",
    ]);
  });
});

describe('AWS::CloudFormation::Stack', () => {
  const bench = new StackBench();
  const composed = bench.type('AWS::CloudFormation::Stack', 'heat').composed;
  const input = (properties: JsonMap, more: Partial<ComposeInput> = {}): ComposeInput => ({
    name: 'n',
    physicalName: 's-n-x',
    properties,
    previous: undefined,
    members: [],
    data: {},
    updatePolicy: {},
    files: {},
    ...more,
  });

  test('takes its template from the files or from its URL', async () => {
    const properties = {
      TemplateURL: 'http://t/a.json',
      Parameters: { p: '1' },
      TimeoutInMinutes: 5,
      Tags: [{ Key: 'k', Value: 'v' }],
    };
    const stack = { parameters: { p: '1' }, timeoutMins: 5, tags: { k: 'v' } };
    expect(composed?.child(input(properties, { files: { 'http://t/a.json': 'from files' } }))).toEqual([
      { stack: { template: 'from files', ...stack } },
    ]);
    bench.stack.texts.set('http://t/a.json', 'fetched');
    const found = (await composed?.prepare?.(bench.context('T', 'n'), properties, {})) ?? {};
    expect(composed?.child(input(properties, { found }))).toEqual([{ stack: { template: 'fetched', ...stack } }]);
    expect(composed?.sample?.(input(properties))).toBeUndefined();
  });

  test('says why a template cannot be had', async () => {
    await expect(
      composed?.prepare?.(bench.context('T', 'n'), { TemplateURL: 'http://gone' }, {}),
    ).rejects.toMatchObject({
      message: "Could not fetch remote template 'http://gone': 404 Not Found",
      reasonClass: 'ValueError',
    });
  });

  test('outputs are attributes', async () => {
    const child = {
      stackId: 'i',
      stackName: 'n',
      arn: 'arn:child',
      members: async () => [],
      outputs: async () => ({ a: [1] }),
      memberAttribute: async () => null,
    };
    expect(await composed?.attribute(child, {}, 'Outputs.a', [0])).toBe(1);
    expect(await composed?.attribute(child, {}, 'Outputs.b', [])).toBeUndefined();
    expect(await composed?.attribute(child, {}, 'other', [])).toBeUndefined();
    expect(await composed?.reference?.(child, {})).toBe('arn:child');
  });
});

describe('users of a stack', () => {
  test.each(['heat', 'aws'] as const)('AWS::IAM::User is one, by its name (%s)', async (prefer) => {
    const bench = new StackBench();
    const made = await bench.create(
      'AWS::IAM::User',
      { UserName: 'joe', LoginProfile: { Password: 'pw' } },
      { prefer },
    );
    expect(made.referred).toBe('joe');
    expect(bench.stack.users.users.get(made.ctx.resource.uuid)).toMatchObject({ userName: 'joe', password: 'pw' });
    await made.type.suspend?.(made.ctx, made.ref);
    expect(bench.stack.users.disabled.size).toBe(1);
    await made.type.resume?.(made.ctx, made.ref);
    await bench.delete(made);
    expect(bench.stack.users.users.size).toBe(0);
  });

  test('another password of AWS::IAM::User is that of the user from then on', async () => {
    const bench = new StackBench();
    const made = await bench.create('AWS::IAM::User', { UserName: 'joe', LoginProfile: { Password: 'old' } });
    const changed = await bench.update(made, { UserName: 'joe', LoginProfile: { Password: 'new' } });
    expect(changed.physicalId).toBe('joe');
    expect(bench.stack.users.users.get(made.ctx.resource.uuid)).toMatchObject({ userName: 'joe', password: 'new' });
  });

  test('policies by name are access policies of the stack', async () => {
    const bench = new StackBench();
    bench.place('OS::Heat::AccessPolicy', 'policy', {});
    await bench.create('AWS::IAM::User', { Policies: ['policy', { Statement: [] }] });
    await expect(bench.create('AWS::IAM::User', { Policies: ['nobody'] }, { name: 'u' })).rejects.toMatchObject({
      message: 'The Referenced Attribute (u Policies) is incorrect.',
      reasonClass: 'InvalidTemplateAttribute',
    });
  });

  test('AWS::IAM::AccessKey is the key pair of one', async () => {
    const bench = new StackBench();
    const user = bench.place('AWS::IAM::User', 'user', {}, { physicalId: 'joe' });
    const made = await bench.create('AWS::IAM::AccessKey', { UserName: 'joe' });
    expect(made.physicalId).toBe(`access-${user.uuid}`);
    expect(made.attributes).toEqual({ UserName: 'joe' });
    expect(JSON.stringify(made)).not.toContain(`secret-${user.uuid}`);
    expect(await made.type.attribute?.(made.ctx, made.ref, 'SecretAccessKey', [])).toBe(`secret-${user.uuid}`);
    await bench.delete(made);
    expect(bench.stack.users.pairs.size).toBe(0);
    await expect(bench.create('AWS::IAM::AccessKey', { UserName: 'eve' })).rejects.toThrow('could not find user eve');
  });
});
