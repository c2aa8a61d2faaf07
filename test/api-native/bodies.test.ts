import { jsonSyntaxMessage } from '../../src/api-native/json-syntax-error.js';
import { fakeStack } from '../helpers/fake-stacks.js';
import { fakeApi } from '../helpers/native-client.js';

const ID = '11111111-1111-4111-8111-111111111111';
const S = `/stacks/web/${ID}`;
const TEMPLATE = { heat_template_version: '2018-08-31' };
const MALFORMED = 'The server could not comply with the request since it is either malformed or otherwise incorrect.';

test.each([
  ['{nope', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a"', "Expecting ':' delimiter: line 1 column 5 (char 4)"],
  ['{"a":', 'Expecting value: line 1 column 6 (char 5)'],
  ['{"a":1', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
  ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a":\n tru}', 'Expecting value: line 2 column 2 (char 7)'],
  ['{"a":"b', 'Unterminated string starting at: line 1 column 6 (char 5)'],
  ['{"a":"b\\x"}', 'Invalid \\escape: line 1 column 8 (char 7)'],
  ['{"a":"\\u12"}', 'Invalid \\uXXXX escape: line 1 column 8 (char 7)'],
  ['{"a":"\n"}', 'Invalid control character at: line 1 column 7 (char 6)'],
  ['{"a":[1 2]}', "Expecting ',' delimiter: line 1 column 9 (char 8)"],
  ['{} x', 'Extra data: line 1 column 4 (char 3)'],
])('%j is refused in the words of Python', (text, message) => {
  expect(jsonSyntaxMessage(text)).toBe(message);
});

test.each([
  { reason: 'it is not there', body: undefined },
  { reason: 'it is empty', body: '' },
  { reason: 'it does not begin with a brace', body: ' {"template": {}}' },
  { reason: 'its type is not JSON', body: '{}', headers: { 'content-type': 'application/xml' } },
])('a body counts as missing when $reason', async ({ body, headers = {} }) => {
  const { send } = fakeApi();
  const answer = await send('POST', '/stacks', { ...(body === undefined ? {} : { body }), headers });
  expect([answer.status, answer.json.error.message]).toEqual([400, MALFORMED]);
});

test('plain text is read as JSON', async () => {
  const { send } = fakeApi();
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  const answer = await send('POST', '/stacks', { body: { stack_name: 'a', template: TEMPLATE }, headers });
  expect(answer.status).toBe(201);
});

test('a body beyond the limit and one that is nested too deeply are refused', async () => {
  const { send } = fakeApi();
  const long = JSON.stringify({ a: 'x'.repeat(10_000) });
  expect((await send('POST', '/validate', { body: long })).json.error).toMatchObject({
    type: 'RequestLimitExceeded',
    message: 'Request limit exceeded: JSON body size (10008 bytes) exceeds maximum allowed size (10000 bytes).',
  });
  const deep = `{"a":${'['.repeat(400)}${']'.repeat(400)}}`;
  expect((await send('POST', '/validate', { body: deep })).status).toBe(400);
});

test.each([
  [{}, 'No stack name specified'],
  [{ stack_name: 'a' }, 'No template specified'],
  [{ stack_name: 'a', template: null }, 'No template specified'],
  [{ stack_name: 'a', template: TEMPLATE, timeout_mins: 'soon' }, "Only integer is acceptable by 'timeout_mins'."],
  [
    { stack_name: 'a', template: TEMPLATE, timeout_mins: -1 },
    "Value '-1' is invalid for 'timeout_mins' which only accepts non-negative integer.",
  ],
  [
    { stack_name: 'a', template: TEMPLATE, converge: true },
    'converge flag only supported in stack update (or update preview) request.',
  ],
  [
    { stack_name: 'a', template_url: 'http://nobody/t' },
    'Could not retrieve template: Failed to retrieve template from http://nobody/t',
  ],
  [{ stack_name: 'a', template: TEMPLATE, parameters: [] }, MALFORMED],
  [{ stack_name: 'a', template: TEMPLATE, files: { f: 3 } }, MALFORMED],
  [{ stack_name: 'a', template: TEMPLATE, environment: [] }, MALFORMED],
  [
    { stack_name: 'a', template: TEMPLATE, tags: 't'.repeat(81) },
    `Invalid tag, "${'t'.repeat(81)}" is longer than 80 characters`,
  ],
  [{ stack_name: 'a', adopt_stack_data: '{}' }, "Invalid adopt data: 'template'"],
  [
    { stack_name: 'a', adopt_stack_data: 'not json' },
    'Invalid adopt data: The template is not a JSON object or YAML mapping.',
  ],
  [
    { stack_name: 'a', template: { heat_template_version: '2018-08-31' }, environment: 'a: [' },
    'Environment not in valid format: while parsing a flow node\nexpected the node content, but found \'<stream end>\'\n  in "<unicode string>", line 1, column 5:\n    a: [\n        ^',
  ],
])('create refuses %j', async (body, message) => {
  const { send } = fakeApi();
  const answer = await send('POST', '/stacks', { body });
  expect(answer.status).toBe(400);
  expect(answer.json.error).toEqual({ type: 'HTTPBadRequest', traceback: null, message });
});

test.each([
  [{ stack_name: 7 }, { type: 'StackValidationFailed', message: 'Invalid stack name 7, must be a string' }],
  [{ stack_name: null }, { type: 'StackValidationFailed', message: 'Invalid stack name None, must be a string' }],
  [{ tags: ['x'] }, { type: 'AttributeError' }],
  [{ files: [] }, { type: 'AttributeError' }],
  [{ disable_rollback: 'x' }, { type: 'ValueError' }],
])("create refuses %j where Heat's engine does", async (fields, error) => {
  const { send } = fakeApi();
  const answer = await send('POST', '/stacks', { body: { stack_name: 'a', template: TEMPLATE, ...fields } });
  expect(answer.status).toBe(400);
  expect(answer.json.error).toEqual({ traceback: null, ...error });
});

test('a template beyond its limit is refused', async () => {
  const { send } = fakeApi();
  const template = `${'#'.repeat(2000)}`;
  const answer = await send('POST', '/stacks', { body: { stack_name: 'a', template } });
  expect(answer.json.error.message).toBe(
    'Request limit exceeded: Template size (2000 bytes) exceeds maximum allowed size (1000 bytes).',
  );
});

test("create hands everything to the engine and answers with the stack's address", async () => {
  const { send, stacks } = fakeApi();
  const answer = await send('POST', '/stacks', {
    body: {
      stack_name: 'web',
      template: 'heat_template_version: 2018-08-31',
      environment: { parameters: { a: 1 } },
      files: { f: 'x' },
      parameters: { b: 2 },
      timeout_mins: '30',
      disable_rollback: 'False',
      tags: 'red,blue',
    },
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.location).toBe(`http://heat:8004/v1/p1${S}`);
  expect(answer.json).toEqual({ stack: { id: ID, links: [{ href: answer.headers.location, rel: 'self' }] } });
  expect(stacks.last('create')).toEqual([
    {
      name: 'web',
      template: 'heat_template_version: 2018-08-31',
      environment: { parameters: { a: 1 } },
      files: { f: 'x' },
      parameters: { b: 2 },
      timeoutMins: 30,
      disableRollback: false,
      tags: ['red', 'blue'],
    },
  ]);
});

test('environment files count instead of the merged environment that comes along', async () => {
  const { send, stacks } = fakeApi();
  const body = { stack_name: 'a', template: TEMPLATE, environment: { parameters: {} }, environment_files: ['e.yaml'] };
  await send('POST', '/stacks', { body });
  expect(stacks.last('create')).toEqual([{ name: 'a', template: TEMPLATE, environmentFiles: ['e.yaml'] }]);
});

test('adopting takes the template from the data', async () => {
  const { send, stacks } = fakeApi();
  const data = { template: TEMPLATE, resources: {} };
  await send('POST', '/stacks', { body: { stack_name: 'a', adopt_stack_data: JSON.stringify(data) } });
  expect(stacks.last('create')).toEqual([{ name: 'a', template: TEMPLATE, adoptData: data }]);
});

test('a switched off feature is not supported', async () => {
  const { send, stacks } = fakeApi({ features: { adopt: false, abandon: false, globalIndex: false } });
  stacks.stacks.push(fakeStack());
  const adopt = await send('POST', '/stacks', { body: { stack_name: 'a', adopt_stack_data: '{}' } });
  expect(adopt.json.error).toMatchObject({ type: 'NotSupported', message: 'Stack Adopt is not supported.' });
  expect((await send('GET', `${S}/export`)).json.error.message).toBe('Stack Abandon is not supported.');
});

test('PUT needs a template, PATCH does not', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  expect((await send('PUT', S, { body: { parameters: {} } })).json.error.message).toBe('No template specified');
  const patched = await send('PATCH', S, { body: { clear_parameters: ['a'], converge: true, tags: '' } });
  expect(patched.status).toBe(202);
  expect(patched.json).toEqual({
    message: 'The request is accepted for processing.<br /><br />\n\n\n',
    code: '202 Accepted',
    title: 'Accepted',
  });
  expect(stacks.last('update')).toEqual([ID, { existing: true, clearParameters: ['a'], converge: true, tags: [] }]);
});

test.each([
  [{}, 'No action specified'],
  [undefined, 'No action specified'],
  [{ suspend: null, resume: null }, 'Multiple actions specified'],
  [{ nope: null }, 'Invalid action nope specified'],
])('the action %j is refused', async (body, message) => {
  const { send } = fakeApi();
  const answer = await send('POST', `${S}/actions`, body === undefined ? {} : { body });
  expect([answer.status, answer.json.error.message]).toEqual([400, message]);
});

test.each([
  [{ nope: 1 }, "Invalid keys in resource mark unhealthy {'nope'}"],
  [{}, 'Missing mandatory (mark_unhealthy) key from mark unhealthy request'],
  [{ mark_unhealthy: 'maybe' }, 'Unrecognized value "maybe" for "mark_unhealthy", acceptable values are: true, false.'],
])('marking a resource with %j is refused', async (body, message) => {
  const { send } = fakeApi();
  expect((await send('PATCH', `${S}/resources/server`, { body })).json.error.message).toBe(message);
});

test('marking a resource answers null and has a reason of its own', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  const answer = await send('PATCH', `${S}/resources/server`, { body: { mark_unhealthy: true } });
  expect([answer.status, answer.body]).toEqual([200, 'null']);
  expect(stacks.last('markUnhealthy')).toEqual([ID, 'server', true, 'state changed by resource_mark_unhealthy api']);
});
