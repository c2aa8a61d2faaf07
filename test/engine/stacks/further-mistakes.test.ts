import { createEngine, type Engine } from '../../../src/create-engine.js';
import { ValidationError } from '../../../src/engine/model/errors.js';
import { localCaller } from '../../../src/local-caller.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** Line and message of every mistake for which a template is refused. */
async function mistakes(template: string): Promise<string[]> {
  const error: unknown = await engine.stacks
    .create(localCaller(), { name: 'refused', template })
    .catch((reason: unknown) => reason);
  if (!(error instanceof ValidationError)) throw error;
  return error.diagnostics.map(({ at, message }) => `${at?.line}: ${message}`);
}

test('mistakes of all kinds are told at once', async () => {
  const template = `heat_template_version: 2021-04-16
parameters:
  n: { type: nubmer, default: 3 }
resources:
  a: { type: OS::Heat::Vlaue }
  b: { type: OS::Heat::RandomString, properties: { lenght: 3 } }
  c: { type: OS::Heat::RandomString, properties: { length: { get_param: nope } } }
  d: { type: OS::Heat::Value, depends_on: e, properties: { value: 1 } }
  f: { type: OS::Heat::RandomString, properties: { length: { get_param: n } } }
outputs:
  o: { value: { get_attr: [b, valeu] } }
`;
  expect(await mistakes(template)).toEqual([
    '3: Invalid type (nubmer)',
    '7: The Parameter (nope) was not provided.',
    '8: The specified reference "e" (in d) is incorrect.',
    '5: The Resource Type (OS::Heat::Vlaue) could not be found.',
    '6: Unknown Property lenght',
    '11: The Referenced Attribute (b valeu) is incorrect.',
  ]);
});

test('what only follows from a mistake is not told', async () => {
  const template = `heat_template_version: 2021-04-16
resources:
  a: { type: OS::Heat::Vlaue, properties: { x: 1 } }
  b: { type: OS::Heat::Value, properties: { value: { get_attr: [a, y] } } }
  c: { type: OS::Heat::RandomString, properties: { length: { get_attr: [missing, z] } } }
`;
  expect(await mistakes(template)).toEqual([
    '5: The specified reference "missing" (in c.Properties.length) is incorrect.',
    '3: The Resource Type (OS::Heat::Vlaue) could not be found.',
  ]);
});

test('a cycle hides what can only be looked at without one', async () => {
  const template = `heat_template_version: 2021-04-16
resources:
  a: { type: OS::Heat::None, depends_on: b }
  b: { type: OS::Heat::None, depends_on: a }
  c: { type: OS::Heat::None, depends_on: x }
`;
  expect((await mistakes(template)).sort()).toEqual([
    expect.stringMatching(/^[34]: Circular Dependency Found: /),
    '5: The specified reference "x" (in c) is incorrect.',
  ]);
});

test('a map that a property refuses may be a misspelled call', async () => {
  const template = `heat_template_version: 2021-04-16
parameters: { p: { type: number, default: 8 } }
resources:
  a: { type: OS::Heat::RandomString, properties: { length: { get_parm: p } } }
  b: { type: OS::Heat::RandomString, properties: { length: { sizes: p } } }
`;
  const error: unknown = await engine.stacks
    .create(localCaller(), { name: 'refused', template })
    .catch((reason: unknown) => reason);
  if (!(error instanceof ValidationError)) throw error;
  expect(error.diagnostics.map(({ hint }) => hint)).toEqual(['did you mean "get_param"?', undefined]);
});
