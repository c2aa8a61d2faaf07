import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonMap } from '../../src/engine/model/value.js';
import { type AccessKey, Served, type Session } from '../helpers/served.js';

/** Macros as services of their own, each behind its path. */
const MACROS: { readonly [path: string]: (request: JsonMap) => JsonMap } = {
  '/shout': ({ fragment, params }) => ({
    status: 'success',
    fragment: { ...(fragment as JsonMap), Value: String((params as JsonMap).Text).toUpperCase() },
  }),
  '/double': ({ fragment, templateParameterValues }) => {
    const template = fragment as JsonMap;
    const resources = template.Resources as JsonMap;
    const copies = Object.entries(resources).map(([name, one]) => [`${name}Copy`, one] as const);
    return {
      status: 'SUCCESS',
      fragment: {
        ...template,
        Resources: { ...resources, ...Object.fromEntries(copies) },
        Outputs: { Saw: { Value: (templateParameterValues as JsonMap).Word as Json } },
      },
    };
  },
  '/bad': () => ({ status: 'failure', errorMessage: 'no such region' }),
  '/strange': () => ({ status: 'success', requestId: 'another', fragment: {} }),
};

let served: Served;
let session: Session & AccessKey;
let provider: Server;
let requests: JsonMap[];

beforeEach(async () => {
  requests = [];
  provider = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as JsonMap;
      requests.push(sent);
      const answer = { requestId: sent.requestId ?? null, ...MACROS[request.url ?? '']?.(sent) };
      response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const outbound = { hosts: ['127.0.0.1'], private_networks: ['127.0.0.0/8'] };
  served = await Served.start({ shutdown_grace_seconds: 0, outbound });
  session = await served.project('macros');
  const at = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const macro = (Name: string) => ({
    Type: 'AWS::CloudFormation::Macro',
    Properties: { Name, FunctionName: `${at}/${Name.toLowerCase()}` },
  });
  const names = ['Shout', 'Double', 'Bad', 'Strange'];
  await create('registry', JSON.stringify({ Resources: Object.fromEntries(names.map((one) => [one, macro(one)])) }));
});
afterEach(async () => {
  await served.end();
  await new Promise((resolve) => provider.close(resolve));
});

const ask = (action: string, StackName: string, TemplateBody: string, more: { readonly [key: string]: string } = {}) =>
  served.cfn(session, action, { StackName, TemplateBody, 'Capabilities.member.1': 'CAPABILITY_AUTO_EXPAND', ...more });

async function settledAs(name: string): Promise<string> {
  const { text } = await served.heat(session, 'GET', `/stacks?name=${name}`);
  const id = (JSON.parse(text) as { stacks: { id: string }[] }).stacks[0]?.id ?? '';
  const stack = await served.engine.stacks.settled(id);
  return `${stack.action}_${stack.status} ${stack.statusReason}`;
}

async function create(name: string, template: string): Promise<void> {
  const { status, text } = await ask('CreateStack', name, template);
  if (status !== 200) throw new Error(text);
  expect(await settledAs(name)).toMatch(/^CREATE_COMPLETE/);
}

const values = async (name: string) => {
  const { text } = await served.cfn(session, 'DescribeStackResources', { StackName: name });
  return [...text.matchAll(/<LogicalResourceId>([^<]*)</g)].map(([, one]) => one).sort();
};

const TEMPLATE = `
Transform: [Double]
Parameters:
  Word: {Type: String, Default: hello}
Resources:
  P:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Fn::Transform: {Name: Shout, Parameters: {Text: !Ref Word}}
      Description: !Sub 'for \${AWS::StackName}'
`;

test('rewrite parts and the whole of a template, the innermost first, at a create and at an update', async () => {
  await create('used', TEMPLATE);
  expect(requests.map(({ transformId }) => String(transformId).split('::')[1])).toEqual(['Shout', 'Double']);
  expect(requests[0]).toMatchObject({
    accountId: expect.stringMatching(/^\d{12}$/),
    region: 'us-east-1',
    fragment: { Type: 'String', Description: { 'Fn::Sub': 'for ${AWS::StackName}' } },
    params: { Text: 'hello' },
    templateParameterValues: { Word: 'hello' },
  });
  expect(await values('used')).toEqual(['P', 'PCopy']);
  const { text } = await served.cfn(session, 'DescribeStacks', { StackName: 'used' });
  expect(text).toContain('<OutputValue>hello</OutputValue>');
  const change = { 'Parameters.member.1.ParameterKey': 'Word', 'Parameters.member.1.ParameterValue': 'bye' };
  expect((await ask('UpdateStack', 'used', TEMPLATE, change)).status).toBe(200);
  expect(await settledAs('used')).toMatch(/^UPDATE_COMPLETE/);
  expect(requests.at(-2)).toMatchObject({ params: { Text: 'bye' } });
  const { json } = await stored('used');
  expect(json).toContain('BYE');
});

async function stored(name: string): Promise<{ json: string }> {
  const { text } = await served.cfn(session, 'GetTemplate', { StackName: name, TemplateStage: 'Processed' });
  return { json: text };
}

test.each([
  { name: 'Bad', message: /Transform \d{12}::Bad failed with: no such region/ },
  { name: 'Strange', message: /Received malformed response from transform \d{12}::Strange/ },
])('what $name answers is refused with its words, and nothing is made', async ({ name, message }) => {
  const { status, text } = await ask('CreateStack', 'never', TEMPLATE.replace('[Double]', `[${name}]`));
  expect([status, text]).toEqual([400, expect.stringMatching(message)]);
  expect(await settledNames()).toEqual(['registry']);
});

test('who does not say that macros may be run is refused before any is asked', async () => {
  const { status, text } = await served.cfn(session, 'CreateStack', { StackName: 'never', TemplateBody: TEMPLATE });
  expect([status, text]).toEqual([400, expect.stringContaining('CAPABILITY_AUTO_EXPAND')]);
  expect(requests).toEqual([]);
});

test('another project has no such macros', async () => {
  const stranger = await served.project('stranger');
  await served.cfn(stranger, 'CreateStack', {
    StackName: 'theirs',
    TemplateBody: TEMPLATE,
    'Capabilities.member.1': 'CAPABILITY_AUTO_EXPAND',
  });
  expect(requests).toEqual([]);
});

async function settledNames(): Promise<string[]> {
  const { text } = await served.heat(session, 'GET', '/stacks');
  return (JSON.parse(text) as { stacks: { stack_name: string }[] }).stacks.map((one) => one.stack_name);
}
