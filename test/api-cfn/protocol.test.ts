import { readFileSync } from 'node:fs';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { operationNames, shapeNamed } from '../../src/api-cfn/model/service-model.js';
import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

let client: CfnClient;
beforeAll(async () => {
  client = await cfnClient();
});
afterAll(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const NONE = '{"Resources": {"A": {"Type": "OS::Heat::None"}}}';

test.each([
  {
    reason: 'a missing member',
    action: 'CreateStack',
    input: { TemplateBody: NONE },
    message:
      "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
  },
  {
    reason: 'two missing members',
    action: 'SignalResource',
    input: { StackName: 's', LogicalResourceId: 'A' },
    message:
      "2 validation errors detected: Value null at 'uniqueId' failed to satisfy constraint: Member must not be null; Value null at 'status' failed to satisfy constraint: Member must not be null",
  },
  {
    reason: 'a wrong name',
    action: 'CreateStack',
    input: { StackName: '1st', TemplateBody: NONE },
    message:
      "1 validation error detected: Value '1st' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
  },
  {
    reason: 'a word that is no enum',
    action: 'CreateStack',
    input: { StackName: 's', TemplateBody: NONE, OnFailure: 'PANIC' },
    message:
      "1 validation error detected: Value 'PANIC' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [DO_NOTHING, ROLLBACK, DELETE]",
  },
  {
    reason: 'a wrong word in a list',
    action: 'CreateStack',
    input: { StackName: 's', TemplateBody: NONE, Capabilities: ['NOTHING'] },
    message:
      "1 validation error detected: Value '[NOTHING]' at 'capabilities' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]]",
  },
  ...(
    [
      ['broken JSON', '{"Resources": ', 'JSON not well-formed. (line 1, column 15)'],
      ['broken YAML', 'Resources:\n  A: [b', 'YAML not well-formed. (line 2, column 8)'],
      ['an empty map', '{}', 'At least one Resources member must be defined.'],
      ['no resources', '{"Resources": {}}', 'At least one Resources member must be defined.'],
      ['no map', '[]', 'unsupported structure.'],
    ] as const
  ).map(([reason, TemplateBody, message]) => ({
    reason,
    action: 'ValidateTemplate',
    input: { TemplateBody },
    message: `Template format error: ${message}`,
  })),
  {
    reason: 'a value that is too long',
    action: 'CreateStack',
    input: {
      StackName: 's',
      TemplateBody: NONE,
      Parameters: [{ ParameterKey: 'P', ParameterValue: 'é'.repeat(2049) }],
    },
    message: "Parameter 'P' value '[****]' length is greater than 4096.",
  },
  {
    reason: 'a missing member deep inside',
    action: 'CreateStack',
    input: { StackName: 's', TemplateBody: NONE, Tags: [{ Key: 'k' }] },
    message:
      "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
  },
  {
    reason: 'no template',
    action: 'CreateStack',
    input: { StackName: 's' },
    message: 'Either Template URL or Template Body must be specified.',
  },
  {
    reason: 'an unknown type',
    action: 'CreateStack',
    input: { StackName: 's', TemplateBody: '{"Resources": {"A": {"Type": "AWS::No::Thing"}}}' },
    message: 'Template format error: Unrecognized resource types: [AWS::No::Thing]',
  },
  {
    reason: 'no resources',
    action: 'CreateStack',
    input: { StackName: 's', TemplateBody: '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}' },
    message: 'Template format error: At least one Resources member must be defined.',
  },
  {
    reason: 'missing parameters',
    action: 'CreateStack',
    input: {
      StackName: 's',
      TemplateBody:
        '{"Parameters": {"P": {"Type": "String"}, "Q": {"Type": "String"}}, "Resources": {"A": {"Type": "OS::Heat::None"}}}',
    },
    message: 'Parameters: [P, Q] must have values',
  },
  {
    reason: 'unknown parameters',
    action: 'CreateStack',
    input: { StackName: 's', TemplateBody: NONE, Parameters: [{ ParameterKey: 'X', ParameterValue: 'y' }] },
    message: 'Parameters: [X] do not exist in the template',
  },
  {
    reason: 'a stack that is not there',
    action: 'UpdateStack',
    input: { StackName: 'none', TemplateBody: NONE },
    message: 'Stack [none] does not exist',
  },
  {
    reason: 'events of nothing',
    action: 'DescribeStackEvents',
    input: { StackName: 'none' },
    message: 'Stack [none] does not exist',
  },
  {
    reason: 'resources of nothing',
    action: 'ListStackResources',
    input: { StackName: 'none' },
    message: 'Stack with id none does not exist',
  },
  {
    reason: 'an action that is not implemented',
    action: 'RegisterType',
    input: {},
    message: 'The action RegisterType is not implemented by this service.',
  },
])('$reason is refused in the words of AWS', async ({ action, input, message }) => {
  const answer = await client.call(action, input);
  expect([answer.status, answer.code, answer.message]).toEqual([400, 'ValidationError', message]);
});

test('IAM resources need to be acknowledged', async () => {
  const role = (properties: object) =>
    JSON.stringify({
      Resources: { R: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, ...properties } } },
    });
  const plain = await client.call('CreateStack', { StackName: 'iam', TemplateBody: role({}) });
  expect([plain.code, plain.message]).toEqual([
    'InsufficientCapabilitiesException',
    'Requires capabilities : [CAPABILITY_IAM]',
  ]);
  const named = await client.call('CreateStack', {
    StackName: 'iam',
    Capabilities: ['CAPABILITY_IAM'],
    TemplateBody: role({ RoleName: 'r' }),
  });
  expect(named.message).toBe('Requires capabilities : [CAPABILITY_NAMED_IAM]');
  const told = await client.call('ValidateTemplate', { TemplateBody: role({}) });
  expect(told.result).toMatchObject({
    Capabilities: ['CAPABILITY_IAM'],
    CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
  });
});

test('actions, versions and forms that nobody knows are refused', async () => {
  const codes = async (body: string, options = {}) => {
    const { status, body: text } = await client.raw(body, options);
    return [status, /<Code>(\w+)</.exec(text)?.[1]];
  };
  expect(await codes('')).toEqual([400, 'MissingAction']);
  expect(await codes('Action=Nothing&Version=2010-05-15')).toEqual([400, 'InvalidAction']);
  expect(await codes('Action=ListStacks&Version=1999-01-01')).toEqual([400, 'InvalidAction']);
  expect(await codes('Action=ListStacks&StackStatusFilter=x')).toEqual([400, 'MalformedInput']);
  expect(await codes('Action=CreateStack&DisableRollback=maybe')).toEqual([400, 'MalformedInput']);
  expect(await codes('', { method: 'DELETE' })).toEqual([405, 'UnsupportedHttpVerb']);
});

test('GET, JSON and lists without members work', async () => {
  const get = await client.raw('', {
    method: 'GET',
    query: 'Action=ListStacks&Version=2010-05-15&ContentType=JSON&StackStatusFilter=',
  });
  expect(get.headers['content-type']).toBe('application/json');
  const body = JSON.parse(get.body);
  expect(body.ListStacksResponse).toMatchObject({
    ListStacksResult: { StackSummaries: expect.any(Array) },
    ResponseMetadata: { RequestId: expect.any(String) },
  });
  const refused = await client.raw('Action=DescribeStacks&StackName=none', { headers: { accept: 'application/json' } });
  expect(JSON.parse(refused.body)).toMatchObject({
    Error: { Code: 'ValidationError', Message: 'Stack with id none does not exist', Type: 'Sender' },
  });
});

test('texts that XML has words of its own for come back as they were', async () => {
  const hostile = ']]><!-- <a href="x">&amp;\'é\u{1F600}\r\n\t</a>';
  const made = await client.call('CreateStack', {
    StackName: 'xml',
    TemplateBody: NONE,
    Tags: [{ Key: 'k', Value: hostile }],
  });
  expect(made.status).toBe(200);
  const { text } = await client.call('DescribeStacks', { StackName: 'xml' });
  expect(XMLValidator.validate(text)).toBe(true);
  const parsed = new XMLParser({ htmlEntities: true, trimValues: false, parseTagValue: false }).parse(text);
  expect(parsed.DescribeStacksResponse.DescribeStacksResult.Stacks.member.Tags.member.Value).toBe(hostile);
  const control = await client.call('CreateStack', {
    StackName: 'xml2',
    TemplateBody: NONE,
    Tags: [{ Key: 'k', Value: 'a\u0001b' }],
  });
  expect(control.message).toContain(
    "at 'tags.1.member.value' failed to satisfy constraint: Member must not contain control characters",
  );
  expect(XMLValidator.validate(control.text)).toBe(true);
});

test('every pattern of the model is one that can be matched', () => {
  const model = JSON.parse(
    readFileSync(new URL('../../src/api-cfn/model/cloudformation.json', import.meta.url), 'utf8'),
  );
  for (const name of Object.keys(model.shapes)) {
    const { pattern } = shapeNamed(name);
    expect(() => pattern === undefined || new RegExp(`^(?:${pattern})$`)).not.toThrow();
  }
  expect(operationNames()).toHaveLength(90);
});

test('malformed queries are answered, none with a 500', async () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const actions = operationNames();
  const members = [
    'StackName',
    'TemplateBody',
    'Parameters.member.1.ParameterKey',
    'Tags.member.0.Key',
    'Tags.member.x',
    'NextToken',
    'ChangeSetName',
    'Capabilities',
    'Capabilities.member.1',
    'ResourcesToImport.member.1.ResourceIdentifier.entry.1.key',
    '__proto__.x',
    'constructor',
    'OnFailure',
    'StackStatusFilter.member.999999999',
    'TimeoutInMinutes',
    'Filters.FailedEvents',
  ];
  const values = [
    '',
    'x',
    '%',
    '\u0000',
    '<a>',
    '{}',
    '[]',
    'null',
    'arn:aws:cloudformation:us-east-1:1:stack/a/b',
    '-1',
    'true',
    '{"Resources": 1}',
    'Resources: &a {A: *a}',
    '9'.repeat(400),
    '\ud800',
  ];
  for (let round = 0; round < 3000; round++) {
    const form = new URLSearchParams();
    form.append('Action', actions[random(actions.length)] ?? '');
    for (let count = random(6); count > 0; count--)
      form.append(members[random(members.length)] ?? '', values[random(values.length)] ?? '');
    const { status, body } = await client.raw(form.toString());
    expect({ status, form: form.toString() }).not.toMatchObject({ status: 500 });
    if (XMLValidator.validate(body) !== true) throw new Error(`not XML: ${form}\n${body}`);
  }
}, 60_000);

test('the token service says who calls, for tools that look up the account before they deploy', async () => {
  const ask = 'Action=GetCallerIdentity&Version=2011-06-15';
  const xml = String((await client.raw(ask)).body);
  expect(XMLValidator.validate(xml)).toBe(true);
  expect(xml).toContain('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">');
  expect(xml).toMatch(/<Arn>arn:aws:iam::(\d{12}):user\/someone<\/Arn><UserId>u1<\/UserId><Account>\1<\/Account>/);
  const json = JSON.parse(String((await client.raw(`${ask}&ContentType=JSON`)).body));
  expect(json.GetCallerIdentityResponse.GetCallerIdentityResult.UserId).toBe('u1');
  expect((await client.raw('Action=AssumeRole&Version=2011-06-15')).status).toBe(400);
});
