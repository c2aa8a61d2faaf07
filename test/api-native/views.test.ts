import { existsSync, readFileSync } from 'node:fs';
import { fakeEvent, fakeResource, fakeStack } from '../helpers/fake-stacks.js';
import { fakeApi } from '../helpers/native-client.js';

const ID = '11111111-1111-4111-8111-111111111111';
const S = `/stacks/web/${ID}`;
const GOLDEN = '../shared/openstack/golden/heat-api';

type Body = any;

const recorded = (name: string) => JSON.parse(readFileSync(`${GOLDEN}/${name}.json`, 'utf8')).response.body;
const keys = (value: object): string[] => Object.keys(value).sort();
const whenRecorded = existsSync(GOLDEN) ? test : test.skip;

function stocked() {
  const fake = fakeApi();
  const stack = fakeStack();
  fake.stacks.stacks.push(stack);
  fake.stacks.resourceViews.push({
    record: fakeResource(),
    stack,
    requiredBy: [],
    parentResource: undefined,
    description: undefined,
    attributes: { output: 'one' },
    nested: undefined,
  });
  fake.stacks.eventViews.push({ event: fakeEvent(), stack });
  return fake;
}

whenRecorded.each([
  { path: '/stacks', name: '098-stacks-query-name-golden', pick: (body: Body) => body.stacks[0] },
  { path: S, name: '119-stack-show', pick: (body: Body) => body.stack },
  { path: `${S}?resolve_outputs=false`, name: '120-stack-show-no-outputs', pick: (body: Body) => body.stack },
  { path: `${S}/resources`, name: '131-resources-query-name-test', pick: (body: Body) => body.resources[0] },
  { path: `${S}/resources/server`, name: '139-resource-show', pick: (body: Body) => body.resource },
  { path: `${S}/events`, name: '149-events', pick: (body: Body) => body.events[0] },
  { path: `${S}/resources/server/events/e1`, name: '167-event-show', pick: (body: Body) => body.event },
  { path: `${S}/environment`, name: '124-stack-environment', pick: (body: Body) => body },
  { path: `${S}/outputs`, name: '127-outputs', pick: (body: Body) => body.outputs[0] },
  { path: `${S}/outputs/o`, name: '128-output-show', pick: (body: Body) => body.output },
])('GET $path has exactly the fields of a real Heat', async ({ path, name, pick }) => {
  const { json } = await stocked().send('GET', path);
  expect(keys(pick(json))).toEqual(keys(pick(recorded(name))));
});

whenRecorded('a preview and its resources have exactly the fields of a real Heat', async () => {
  const { send } = fakeApi();
  const body = { stack_name: 'a', template: { heat_template_version: '2018-08-31' } };
  const { json } = await send('POST', '/stacks/preview', { body });
  const real = recorded('076-preview').stack;
  expect(keys(json.stack)).toEqual(keys(real));
  expect(keys(json.stack.resources[0])).toEqual(keys(real.resources[0]));
});

test('a stack in a list', async () => {
  const { json } = await stocked().send('GET', '/stacks');
  expect(json.stacks[0]).toMatchObject({
    id: ID,
    links: [{ href: `http://heat:8004/v1/p1${S}`, rel: 'self' }],
    description: '',
    stack_status: 'CREATE_COMPLETE',
    creation_time: '2026-01-01T12:00:00Z',
    updated_time: null,
    deletion_time: null,
    parent: null,
    tags: null,
  });
});

test('a stack alone: texts that stand for nothing, tags as a list, and no outputs while it goes', async () => {
  const { send, stacks } = fakeApi();
  stacks.stacks.push(fakeStack({ action: 'DELETE' }));
  const { json } = await send('GET', S);
  expect(json.stack).toMatchObject({
    description: 'No description',
    template_description: 'No description',
    tags: [],
    timeout_mins: null,
    stack_status: 'DELETE_COMPLETE',
  });
  expect(json.stack).not.toHaveProperty('outputs');
});

test("with_attr names attributes beyond the schema's, and show is left out unless asked for", async () => {
  const { send, stacks } = stocked();
  const { json } = await send('GET', `${S}/resources/server?with_attr=show&with_attr=more`);
  expect(json.resource.attributes).toEqual({ output: 'one', show: null, more: null });
  expect(stacks.last('resource')).toEqual(['server', { attributes: ['show', 'more'] }]);
});

test('events link to the stack that was asked only when nested ones are asked for', async () => {
  const { send } = stocked();
  const rels = async (query: string) =>
    (await send('GET', `${S}/events${query}`)).json.events[0].links.map((entry: { rel: string }) => entry.rel);
  expect(await rels('')).toEqual(['self', 'resource', 'stack']);
  expect(await rels('?nested_depth=2')).toEqual(['self', 'resource', 'stack', 'root_stack']);
});

test('a snapshot that was just begun has neither data nor a reason', async () => {
  const { send } = stocked();
  expect((await send('POST', `${S}/snapshots`, { body: {} })).json).toEqual({
    id: 's1',
    name: null,
    status: 'IN_PROGRESS',
    status_reason: null,
    data: null,
    creation_time: '2026-01-01T12:00:00Z',
  });
});

test('inputs and outputs of a config have their defaults', async () => {
  const { send } = fakeApi();
  const { json } = await send('POST', '/software_configs', { body: { name: 'c' } });
  expect(json.software_config).toMatchObject({
    inputs: [{ name: 'i', type: 'String' }],
    outputs: [{ name: 'o', type: 'String', error_output: false }],
  });
});

test.each(['abandon', 'template', 'files'])('%s is not wrapped', async (name) => {
  const { json } = await stocked().send(name === 'abandon' ? 'DELETE' : 'GET', `${S}/${name}`);
  const bodies: { [name: string]: object } = {
    abandon: { name: 'web' },
    template: { heat_template_version: '2018-08-31', outputs: { o: {} } },
    files: { 'a.yaml': 'text' },
  };
  expect(json).toEqual(bodies[name]);
});
