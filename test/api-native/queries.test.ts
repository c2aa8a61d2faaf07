import { percentDecode, percentEncode } from '../../src/api-native/percent-encoding.js';
import { formatQuery, parseQuery, Query } from '../../src/api-native/query.js';
import { fakeEvent, fakeStack } from '../helpers/fake-stacks.js';
import { fakeApi } from '../helpers/native-client.js';

const ID = '11111111-1111-4111-8111-111111111111';
const S = `/stacks/web/${ID}`;

test('broken escapes stand for themselves', () => {
  expect(percentDecode('a%zz%41%')).toBe('a%zzA%');
  expect(percentDecode('%ff%41é')).toBe('\ufffdAé');
  expect(parseQuery('a=%&b&=c&a=1+2')).toEqual([
    ['a', '%'],
    ['b', ''],
    ['', 'c'],
    ['a', '1 2'],
  ]);
});

test('encoding never throws', () => {
  expect(percentEncode("a b'(*)!~/\ud800")).toBe('a%20b%27%28%2A%29%21~%2F%EF%BF%BD');
  expect(
    formatQuery([
      ['a', 'b c'],
      ['d', '&'],
    ]),
  ).toBe('a=b+c&d=%26');
});

test('the last of several values wins and empty ones count as not given', () => {
  const query = new Query(parseQuery('a=1&a=2&b=&c=x&c=y'));
  expect([query.text('a'), query.text('b'), query.all('c'), query.all('b'), query.all('z')]).toEqual([
    '2',
    undefined,
    ['x', 'y'],
    undefined,
    undefined,
  ]);
});

test.each([
  ['limit=-1', "Value '-1' is invalid for 'limit' which only accepts non-negative integer."],
  ['limit=x', "Only integer is acceptable by 'limit'."],
  ['limit=05', "Only integer is acceptable by 'limit'."],
  ['with_count=maybe', 'Unrecognized value "maybe" for "with_count", acceptable values are: true, false.'],
  ['show_deleted=1', 'Unrecognized value "1" for "show_deleted", acceptable values are: true, false.'],
])('GET /stacks?%s is refused', async (query, message) => {
  const { send } = fakeApi();
  const answer = await send('GET', `/stacks?${query}`);
  expect([answer.status, answer.json.error.message]).toEqual([400, message]);
});

test('an unknown direction is a ValueError without a message', async () => {
  const { send } = fakeApi();
  expect((await send('GET', '/stacks?sort_dir=up')).json.error).toEqual({ type: 'ValueError', traceback: null });
});

test.each([
  { query: '', filter: { sort: [{ key: 'createdAt', descending: true }] } },
  { query: 'sort_keys=nope', filter: { sort: [{ key: 'createdAt', descending: true }] } },
  { query: 'sort_keys=stack_name', filter: { sort: [{ key: 'name', descending: false }] } },
  { query: 'sort_dir=asc', filter: { sort: [{ key: 'createdAt', descending: false }] } },
  { query: 'status=CREATE_COMPLETE', filter: { statuses: ['COMPLETE'], actions: ['CREATE'] } },
  {
    query: 'status=COMPLETE&status=FAILED&action=UPDATE',
    filter: { statuses: ['COMPLETE', 'FAILED'], actions: ['UPDATE'] },
  },
  { query: 'tags=a,b&not_tags_any=c', filter: { tags: { all: ['a', 'b'] }, notTags: { any: ['c'] } } },
  { query: 'name=a&stack_name=b&id=c', filter: { names: ['b', 'a'], ids: ['c'] } },
  {
    query: 'show_nested=True&show_hidden=false&limit=5&marker=m',
    filter: { showNested: true, showHidden: false, limit: 5, marker: 'm' },
  },
  { query: 'limit=0&anything=else', filter: { sort: [{ key: 'createdAt', descending: true }] } },
])('GET /stacks?$query asks the engine for what it says', async ({ query, filter }) => {
  const { send, stacks } = fakeApi();
  await send('GET', `/stacks?${query}`);
  expect(stacks.last('list')[0]).toMatchObject(filter);
});

test('a full page links to the next one and the count is that of all', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack(), fakeStack({ id: 'other', name: 'other' }));
  const { json } = await send('GET', '/stacks?limit=1&with_count=true&name=a%20b');
  expect(json.count).toBe(2);
  expect(json.links).toEqual([
    { rel: 'next', href: `http://heat:8004/v1/p1/stacks?limit=1&with_count=true&name=a+b&marker=${ID}` },
  ]);
  expect((await send('GET', '/stacks?limit=3')).json.links).toBeUndefined();
});

test('filters that the engine does not know are applied to what it gives, before pages are cut', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(
    fakeStack({ id: 'a', timeoutMins: 5 }),
    fakeStack({ id: 'b' }),
    fakeStack({ id: 'c', timeoutMins: 5 }),
  );
  const { json } = await send('GET', '/stacks?timeout_mins=5&limit=1&marker=a&with_count=true');
  expect([json.stacks.map((stack: { id: string }) => stack.id), json.count]).toEqual([['c'], 2]);
});

test.each([
  ['nope=1', "Invalid filter parameters ['nope']"],
  ['limit=1', "Invalid filter parameters ['limit']"],
  ['nested_depth=x', "Only integer is acceptable by 'nested_depth'."],
])('GET resources?%s is refused', async (query, message) => {
  const { send } = fakeApi();
  expect((await send('GET', `${S}/resources?${query}`)).json.error.message).toBe(message);
});

test('resources are filtered by what is asked, and the depth has a bound', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  await send('GET', `${S}/resources?type=A&type=B&status=COMPLETE&nested_depth=99&with_detail=true`);
  expect(stacks.last('resources')).toEqual([
    { types: ['A', 'B'], statuses: ['COMPLETE'], nestedDepth: 5, attributes: true },
  ]);
  await send('GET', `${S}/resources?nested_depth=2&baton_limit=20&baton_marker=a`);
  expect(stacks.last('resources')).toEqual([{ limit: 20, marker: 'a', nestedDepth: 2, attributes: false }]);
});

test.each([
  { query: '', filter: { descending: true } },
  { query: 'sort_keys=event_time', filter: { descending: false, sortKeys: ['createdAt'] } },
  { query: 'sort_keys=resource_status&sort_dir=asc', filter: { descending: false } },
  {
    query: 'limit=2&marker=m&nested_depth=1&resource_name=a&resource_name=b',
    filter: { limit: 2, marker: 'm', nestedDepth: 1, resourceNames: ['a', 'b'], descending: true },
  },
])('GET events?$query asks the engine for what it says', async ({ query, filter }) => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  await send('GET', `${S}/events?${query}`);
  expect(stacks.last('events')).toEqual([filter]);
});

test('a resource without events and an unknown event are not found', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack());
  stacks.eventViews.push({ event: fakeEvent(), stack: fakeStack() });
  expect((await send('GET', `${S}/resources/nope/events`)).json.error).toMatchObject({
    type: 'HTTPNotFound',
    message: 'No events found for resource nope',
  });
  expect((await send('GET', `${S}/resources/server/events/e9`)).json.error.message).toBe('No event e9 found');
  expect((await send('GET', `${S}/resources/server/events/e1`)).status).toBe(200);
});

test.each([
  ['/resource_types?name=Test', []],
  ['/resource_types?name=OS::Heat', ['OS::Heat::TestResource']],
  ['/resource_types?name=[', []],
  ['/resource_types?version=5.0.0', ['OS::Heat::TestResource']],
  ['/resource_types?support_status=deprecated', []],
  ['/resource_types?with_description=true', [{ resource_type: 'OS::Heat::TestResource', description: 'for tests' }]],
])('GET %s', async (path, types) => {
  const { send } = fakeApi();
  expect((await send('GET', path)).json).toEqual({ resource_types: types });
});

test('types for administrators are refused to others by name', async () => {
  const { send } = fakeApi();
  const answer = await send('GET', '/resource_types/OS::Nova::Flavor');
  expect([answer.status, answer.json.error.message]).toEqual([
    403,
    'You are not authorized to use resource_types:OS::Nova::Flavor.',
  ]);
  expect((await send('GET', '/resource_types?support_status=nope')).json.error).toMatchObject({ type: 'Invalid' });
  expect(
    (await send('GET', '/resource_types/OS::Heat::TestResource/template?template_type=x')).json.error.message,
  ).toBe('Template type is not supported: Invalid template type "x", valid types are: cfn, hot.');
});

test('templates: versions, functions and codes to ignore', async () => {
  const { send } = fakeApi();
  expect((await send('GET', '/template_versions')).json.template_versions).toHaveLength(1);
  expect((await send('GET', '/template_versions/nope/functions')).json.error).toMatchObject({
    type: 'NotFound',
    message: 'Template with version nope not found',
  });
  const body = { template: { heat_template_version: '2018-08-31' } };
  expect((await send('POST', '/validate?ignore_errors=99001', { body })).status).toBe(200);
  expect((await send('POST', '/validate?ignore_errors=1', { body })).json.error.message).toBe(
    "Invalid codes in ignore_errors : ['1']",
  );
});

test.each([
  `${S}?resolve_outputs=`,
  `${S}/resources?with_detail=`,
  '/stacks?global_tenant=',
  '/resource_types?with_description=',
])('an empty switch is refused where Heat reads it whatever it is: %s', async (target) => {
  const { send } = fakeApi();
  const answer = await send('GET', target);
  expect(answer.status).toBe(400);
  expect(answer.json.error.message).toBe(
    `Unrecognized value "" for "${/(\w+)=$/.exec(target)?.[1]}", acceptable values are: true, false.`,
  );
});
