import type { PropertySchema, ResourceSchema } from '../../../../src/engine/drivers/resource-schema.js';
import { type Json, revealed } from '../../../../src/engine/model/value.js';
import { loadSchema } from '../../../../src/resources/catalogue/catalogue.js';
import { COMPOSING_TYPES } from '../../../../src/resources/types/composing-types.js';
import { AWS_LIVES, LAUNCH_TEMPLATE_LIFE } from './aws-lives.js';
import { HEAT_LIVES } from './heat-lives.js';
import { type Life, World } from './life.js';

const LIVES = [...HEAT_LIVES, ...AWS_LIVES];

let world: World;
beforeEach(async () => {
  world = new World();
  await world.open();
});
afterEach(() => world.close());

function schemaOf({ type, form }: Life): ResourceSchema {
  const schema = loadSchema(type, { prefer: form });
  if (!schema) throw new Error(`no schema of ${type}`);
  return schema;
}

/** Properties that a template may give. */
function givable({ properties }: ResourceSchema): readonly (readonly [string, PropertySchema])[] {
  return Object.entries(properties).filter(([, one]) => !one.hidden && !one.notImplemented);
}

const DONE = { status: 'COMPLETE' };
const CREATED = 'Stack CREATE completed successfully';

test('every composing, waiting and software type has a life in each of its forms', () => {
  const wanted = Object.keys(COMPOSING_TYPES)
    .filter((type) => !type.includes('Mistral'))
    .flatMap((type) =>
      (['heat', 'aws'] as const)
        .filter((form) => loadSchema(type, { prefer: form })?.origin === form)
        .map((form) => `${type} ${form}`),
    );
  const has = LIVES.map(({ type, form }) => `${type} ${form}`);
  expect(wanted.filter((one) => !has.includes(one))).toEqual([]);
});

test.each(LIVES)('$form $type: changes name every property of the schema', (life) => {
  const all = givable(schemaOf(life)).map(([name]) => name);
  expect([...Object.keys(life.changes), ...Object.keys(life.others ?? {})].sort()).toEqual(all.sort());
});

test.each(LIVES)('$form $type is made with as few properties as it needs, and goes without a trace', async (life) => {
  const made = await world.create(life, life.properties);
  expect([made.action, made.statusReason]).toEqual(['CREATE', CREATED]);
  await world.engine.stacks.delete(world.caller(life), made.id);
  expect(await world.engine.stacks.settled(made.id)).toMatchObject({ action: 'DELETE', ...DONE });
  expect(await world.left(life, made.id)).toEqual({ stacks: [], configs: [], deployments: [], users: [] });
});

test.each(LIVES)('$form $type is made with all of its properties at once', async (life) => {
  const properties = life.full ?? { ...life.properties, ...life.changes };
  const made = await world.create(life, properties);
  expect([made.action, made.statusReason]).toEqual(['CREATE', CREATED]);
  const { properties: stored } = await world.record(life, made.id);
  expect(Object.keys(stored)).toEqual(expect.arrayContaining(Object.keys(properties)));
  await world.engine.stacks.delete(world.caller(life), made.id);
  expect(await world.engine.stacks.settled(made.id)).toMatchObject({ action: 'DELETE', ...DONE });
  expect(await world.left(life, made.id)).toEqual({ stacks: [], configs: [], deployments: [], users: [] });
});

const CHANGING = [...LIVES, LAUNCH_TEMPLATE_LIFE].filter(({ changes }) => Object.keys(changes).length > 0);

test.each(CHANGING)('$form $type changes each property as its schema says, so that one can see it', async (life) => {
  const schema = schemaOf(life);
  const made = await world.create(life, life.properties);
  expect(made.statusReason).toEqual(CREATED);
  let wanted = life.properties;
  const told: string[] = [];
  const expected: string[] = [];
  for (const [property, value] of Object.entries(life.changes)) {
    const before = await world.record(life, made.id);
    const seenBefore = await world.seen(life, made.id);
    wanted = { ...wanted, [property]: value };
    const { statusReason } = await world.update(life, made.id, wanted);
    const after = await world.record(life, made.id);
    const isSame = after.id === before.id && after.physicalId === before.physicalId;
    const isSeen = (await world.seen(life, made.id)) !== seenBefore;
    const isStored =
      JSON.stringify(shown(after.properties[property])) !== JSON.stringify(shown(before.properties[property]));
    const said = (reason: string, onChange: string | undefined, sight: string, stored: string) =>
      `${property}: ${reason}, ${onChange}, ${sight}, ${stored}`;
    told.push(said(statusReason, isSame ? 'update' : 'replace', isSeen ? 'seen' : 'quiet', isStored ? 'kept' : 'lost'));
    const sight = life.quiet?.includes(property) ? 'quiet' : 'seen';
    expected.push(said('Stack UPDATE completed successfully', schema.properties[property]?.onChange, sight, 'kept'));
  }
  expect(told).toEqual(expected);
  await world.engine.stacks.delete(world.caller(life), made.id);
  expect(await world.engine.stacks.settled(made.id)).toMatchObject({ action: 'DELETE', ...DONE });
  expect(await world.left(life, made.id)).toEqual({ stacks: [], configs: [], deployments: [], users: [] });
});

const shown = (value: unknown): Json => revealed((value ?? null) as never) as Json;
