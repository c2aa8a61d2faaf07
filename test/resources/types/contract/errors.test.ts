import type { ResourceSchema } from '../../../../src/engine/drivers/resource-schema.js';
import type { JsonMap } from '../../../../src/engine/model/value.js';
import { loadSchema } from '../../../../src/resources/catalogue/catalogue.js';
import { AWS_LIVES } from './aws-lives.js';
import { HEAT_LIVES } from './heat-lives.js';
import { type Life, templateOf, World } from './life.js';
import { type Violation, violationsOf } from './violations.js';

let world: World;
beforeAll(async () => {
  world = new World();
  await world.open();
});
afterAll(() => world.close());

function schemaOf({ type, form }: Life): ResourceSchema {
  const schema = loadSchema(type, { prefer: form });
  if (!schema) throw new Error(`no schema of ${type}`);
  return schema;
}

/** Each mistake that the schema lets be made, with the properties that make it. */
function mistakes(life: Life): { readonly place: string; readonly properties: JsonMap; readonly message: string }[] {
  const schema = schemaOf(life);
  const isAws = schema.origin === 'aws';
  const given = life.properties;
  const unknown = schema.open
    ? []
    : [
        {
          place: 'nonsense',
          properties: { ...given, nonsense: 1 },
          message: isAws ? 'Encountered unsupported property nonsense' : 'Unknown Property nonsense',
        },
      ];
  const absent = Object.entries(schema.properties).flatMap(([name, { required }]) => {
    const { [name]: _, ...others } = given;
    const message = isAws ? `Property ${name} cannot be empty.` : `Property ${name} not assigned`;
    return required ? [{ place: `${name} absent`, properties: others, message }] : [];
  });
  const known = Object.entries(schema.properties).filter(([, one]) => !one.notImplemented && !one.hidden);
  const violations: Violation[] = isAws ? [] : known.flatMap(([name, one]) => violationsOf(name, one));
  return [
    ...unknown,
    ...absent,
    ...violations.map(({ place, property, value, message }) => ({
      place,
      properties: { ...given, [property]: value },
      message,
    })),
  ];
}

const CASES = [...HEAT_LIVES, ...AWS_LIVES].filter((life) => mistakes(life).length > 0);

test.each(CASES)('$form $type refuses each mistake in its properties, in the words of its schema', async (life) => {
  const told: string[] = [];
  const expected: string[] = [];
  for (const { place, properties, message } of mistakes(life)) {
    const refused = await world.engine.stacks
      .create(world.caller(life), { name: 'wrong', template: templateOf(life, properties), files: life.files ?? {} })
      .then(
        () => 'made',
        (error: unknown) => (error as Error).message,
      );
    expected.push(`${place}: ${message}`);
    told.push(`${place}: ${refused.includes(message) ? message : refused}`);
  }
  expect(told).toEqual(expected);
});

test('an update with a mistake is refused, and nothing of it happens', async () => {
  const life = HEAT_LIVES.find(({ type }) => type === 'OS::Heat::ResourceGroup') as Life;
  const made = await world.create(life, life.properties);
  for (const { properties } of mistakes(life)) {
    const change = { template: templateOf(life, properties) };
    await expect(world.engine.stacks.update(world.caller(life), made.id, change)).rejects.toThrow();
  }
  expect(await world.engine.stacks.settled(made.id)).toMatchObject({ action: 'CREATE', status: 'COMPLETE' });
});
