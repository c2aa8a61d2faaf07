import { createEngine, type Engine } from '../../../src/create-engine.js';
import { ValidationError } from '../../../src/engine/model/errors.js';
import type { JsonMap } from '../../../src/engine/model/value.js';
import type { CreateInput } from '../../../src/engine/stacks/requests.js';
import { localCaller } from '../../../src/local-caller.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

let serial = 0;
/** The mistakes for which a template is refused, with their places; none if it is taken. */
async function mistakes(template: JsonMap, more: Partial<CreateInput> = {}): Promise<string[]> {
  serial += 1;
  const input = { name: `s${serial}`, template: { heat_template_version: '2021-04-16', ...template }, ...more };
  try {
    await engine.stacks.create(localCaller(), input);
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.diagnostics.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
}

const RESOURCE = { type: 'OS::Heat::TestResource' };
const group = (attribute: string, definition: JsonMap = RESOURCE) => ({
  resources: { g: { type: 'OS::Heat::ResourceGroup', properties: { count: 2, resource_def: definition } } },
  outputs: { o: { value: { get_attr: ['g', attribute] } } },
});

describe('what is asked of the members of a group', () => {
  test.each(['output', 'refs', 'resource.0'])('%s is there', async (attribute) => {
    expect(await mistakes(group(attribute))).toEqual([]);
  });

  test('an attribute that they do not have is refused', async () => {
    expect(await mistakes(group('nope'))).toEqual([
      'resources.g<nested_stack>.outputs.nope.Value.0.get_attr: The Referenced Attribute (0 nope) is incorrect.',
    ]);
  });

  test('members that have any attribute may be asked for any', async () => {
    expect(await mistakes(group('nope', { type: 'OS::Heat::None' }))).toEqual([]);
  });
});

describe('what a condition leaves out', () => {
  const template = (value: JsonMap, more: JsonMap = {}) => ({
    parameters: { on: { type: 'boolean', default: false } },
    conditions: { on: { get_param: 'on' } },
    resources: { a: { ...RESOURCE, condition: 'on' } },
    outputs: { o: { value, ...more } },
  });

  test('cannot be referred to by an output', async () => {
    expect(await mistakes(template({ get_attr: ['a', 'output'] }))).toEqual([
      'outputs.o.value.get_attr: The specified reference "a" (in unknown) is incorrect.',
    ]);
  });

  test.each([
    { reason: 'the output is left out too', given: template({ get_resource: 'a' }, { condition: 'on' }) },
    { reason: 'another branch is taken', given: template({ if: ['on', { get_resource: 'a' }, 'none'] }) },
  ])('may be referred to where $reason', async ({ given }) => {
    expect(await mistakes(given)).toEqual([]);
  });
});

describe('update_policy', () => {
  test.each(['OS::Heat::TestResource', 'OS::Heat::RandomString'])('of %s, which has none, is refused', async (type) => {
    const a = { type, update_policy: { rolling_update: { max_batch_size: 1 } } };
    expect(await mistakes({ resources: { a } })).toEqual([
      'resources.a.update_policy: Unknown Property rolling_update',
    ]);
    expect(await mistakes({ resources: { a: { type, update_policy: {} } } })).toEqual([]);
  });

  test('of a group is checked to its depth', async () => {
    const { resources } = group('refs');
    const g = { ...resources.g, update_policy: { rolling_update: { max_batch_size: 0 } } };
    expect((await mistakes({ resources: { g } }))[0]).toContain('resources.g.update_policy.rolling_update');
  });
});

describe('a nested template under the name of a type', () => {
  const child = (parameters: JsonMap, outputs: JsonMap) =>
    JSON.stringify({ heat_template_version: '2021-04-16', parameters, resources: {}, outputs });
  const environment = { resource_registry: { 'OS::Heat::Value': 'child.yaml' } };
  const a = { type: 'OS::Heat::Value', properties: { value: 'x' } };
  const value = { value: 1 };

  test.each([
    { parameters: { value: { type: 'string' } }, outputs: { value }, is: undefined },
    {
      parameters: {},
      outputs: { value },
      is: 'Required property value for facade OS::Heat::Value missing in provider',
    },
    {
      parameters: { value: { type: 'string' }, more: { type: 'string' } },
      outputs: { value },
      is: 'Provider requires property more unknown in facade OS::Heat::Value',
    },
    {
      parameters: { value: { type: 'string' }, type: { type: 'number', default: 1 } },
      outputs: { value },
      is: 'Property type type mismatch between facade OS::Heat::Value (String) and provider (Number)',
    },
    {
      parameters: { value: { type: 'string' } },
      outputs: {},
      is: 'Attribute value for facade OS::Heat::Value missing in provider',
    },
  ])('has to have its properties and attributes: $is', async ({ parameters, outputs, is }) => {
    const files = { 'child.yaml': child(parameters, outputs) };
    expect(await mistakes({ resources: { a } }, { environment, files })).toEqual(
      is === undefined ? [] : [`resources.a: ${is}`],
    );
  });
});

test('an environment file that did not come along is missed', async () => {
  expect(await mistakes({ resources: { a: RESOURCE } }, { environmentFiles: ['env.yaml'], files: {} })).toEqual([
    ': The environment file "env.yaml" is not among the files.',
  ]);
});

test('what shows only at run time is placed below the resource, and told with its name by the stack', async () => {
  const resources = {
    a: { type: 'OS::Heat::Value', properties: { value: { x: 1 } } },
    b: { type: 'OS::Heat::RandomString', properties: { length: { get_attr: ['a', 'value'] } } },
  };
  const template = { heat_template_version: '2021-04-16', resources };
  const { id } = await engine.stacks.create(localCaller(), { name: 'late', template, disableRollback: true });
  const stack = await engine.stacks.settled(id);
  const place = 'StackValidationFailed: resources.b: Property error:';
  expect(stack.statusReason).toContain(`Resource CREATE failed: ${place} b.Properties.length: int() argument`);
  const records = await engine.store.reads.resources(id);
  expect(records.find(({ name }) => name === 'b')?.statusReason).toContain(
    `${place} Properties.length: int() argument`,
  );
});

test('a function that cannot be worked out is told with the property that it stands in', async () => {
  const a = { type: 'OS::Heat::Value', properties: { type: 'string', value: { digest: ['nope', 'x'] } } };
  expect((await mistakes({ resources: { a } }))[0]).toContain('resources.a.properties.value: Algorithm must be one of');
});

test('an output that a condition leaves out is shown without a value by Heat, whatever the language', async () => {
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources: { A: { Type: 'OS::Heat::RandomString' } },
    Outputs: { O: { Condition: 'Never', Value: 'x' } },
  };
  const { id } = await engine.stacks.create(localCaller(), { name: 'empty', template });
  await engine.stacks.settled(id);
  expect(await engine.stacks.outputs(localCaller(), id)).toMatchObject([{ name: 'O', value: null }]);
});
