import { createEngine, type Engine } from '../../../src/create-engine.js';
import type { JsonMap } from '../../../src/engine/model/value.js';
import type { PreviewResource } from '../../../src/engine/stacks/requests.js';
import { localCaller } from '../../../src/local-caller.js';

let engine: Engine;
beforeEach(async () => {
  engine = await createEngine({});
});
afterEach(() => engine.close());

const MEMBER = JSON.stringify({
  heat_template_version: '2018-08-31',
  parameters: { v: { type: 'string' } },
  resources: { t: { type: 'OS::Heat::TestResource', properties: { value: { get_param: 'v' } } } },
});
const COUNTED = MEMBER.replace('"string"', '"number"');

async function preview(resources: JsonMap): Promise<readonly PreviewResource[]> {
  const a = { type: 'OS::Heat::RandomString' };
  const template = { heat_template_version: '2018-08-31', resources: { a, ...resources } };
  const files = { 'member.yaml': MEMBER, 'counted.yaml': COUNTED };
  return (await engine.stacks.preview(localCaller(), { name: 'p', template, files })).resources;
}

function flat(resources: readonly PreviewResource[]): JsonMap {
  const entries = resources.flatMap(({ name, properties, nested }): [string, JsonMap[string]][] => [
    [name, nested ? flat(nested) : ((properties.value ?? null) as string | null)],
  ]);
  return Object.fromEntries(entries);
}

test('resources that are not made answer to their names, and their attributes count as not given', async () => {
  const shown = await preview({
    named: { type: 'OS::Heat::TestResource', properties: { value: { get_resource: 'a' } } },
    attribute: { type: 'OS::Heat::TestResource', properties: { value: { get_attr: ['a', 'value'] } } },
  });
  expect(flat(shown)).toEqual({ a: null, named: 'a', attribute: 'test_string' });
});

test('members of nested stacks are shown with what is known of their parameters', async () => {
  const member = (value: JsonMap): JsonMap => ({ type: 'member.yaml', properties: { v: value } });
  const group = (value: JsonMap): JsonMap => ({
    type: 'OS::Heat::ResourceGroup',
    properties: { count: 1, resource_def: member(value) },
  });
  const shown = await preview({
    named: member({ get_resource: 'a' }),
    attribute: member({ get_attr: ['a', 'value'] }),
    groupNamed: group({ get_resource: 'a' }),
    groupAttribute: group({ get_attr: ['a', 'value'] }),
  });
  expect(flat(shown)).toEqual({
    a: null,
    named: { t: 'a' },
    attribute: { t: '' },
    groupNamed: { 0: { t: 'a' } },
    groupAttribute: { 0: { t: '' } },
  });
});

test('a member whose parameter takes no text is shown without its own resources', async () => {
  const shown = await preview({ counted: { type: 'counted.yaml', properties: { v: { get_attr: ['a', 'value'] } } } });
  expect(shown.find(({ name }) => name === 'counted')).toMatchObject({ nested: undefined });
});
