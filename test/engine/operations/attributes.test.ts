import { EngineBench, hot } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

test('a path leads into attributes that are kept and into those that are asked for each time', async () => {
  const { id } = await bench.create({
    heat_template_version: '2018-08-31',
    resources: {
      map: { type: 'OS::Heat::Value', properties: { value: { list: [{ x: 'deep' }] } } },
      a: { type: 'Fake::Thing', properties: { value: { get_attr: ['map', 'value', 'list', 0, 'x'] } } },
    },
    outputs: {
      deep: { value: { get_attr: ['map', 'value', 'list', 0, 'x'] } },
      nowhere: { value: { get_attr: ['map', 'value', 'list', 7, 'x'] } },
    },
  } as never);
  expect(bench.cloud.named('a')[0]?.properties.value).toBe('deep');
  expect(await bench.outputs(id)).toEqual({ deep: 'deep', nowhere: null });
});

test('a live attribute is asked for when it is needed, also after an update of another resource', async () => {
  const template = (value: string) =>
    hot({ a: { value: '1' }, b: { value, other: { get_attr: ['a', 'live'] } } }, { now: { get_attr: ['a', 'live'] } });
  const { id } = await bench.create(template('1'));
  for (const thing of bench.cloud.named('a')) thing.properties.value = 'turned';
  expect(await bench.outputs(id)).toEqual({ now: 'turned' });
  await bench.update(id, template('2'));
  expect(bench.cloud.named('b')[0]?.properties.other).toBe('turned');
});

test('what gives a secret away is a secret again: masked for people, whole for drivers', async () => {
  const template = {
    ...hot(
      {
        a: { value: { get_param: 'hidden' } },
        b: { value: { list_join: ['', ['user:', { get_attr: ['a', 'value'] }]] } },
        c: { value: { get_attr: ['a', 'live'] } },
      },
      { shown: { get_attr: ['b', 'value'] } },
    ),
    parameters: { hidden: { type: 'string', hidden: true } },
  };
  const { id } = await bench.create(template, { parameters: { hidden: 'open-sesame' } });
  expect(bench.cloud.named('b')[0]?.properties.value).toBe('user:open-sesame');
  expect(bench.cloud.named('c')[0]?.properties.value).toBe('open-sesame');
  const seen = [
    await bench.stacks.events(bench.caller, id, {}),
    await bench.stacks.resources(bench.caller, id, { attributes: true }),
    await bench.stacks.get(bench.caller, id, { outputs: true }),
  ];
  expect(JSON.stringify(seen)).not.toContain('open-sesame');
  const calls = bench.cloud.calls.length;
  expect((await bench.update(id, template, { parameters: { hidden: 'open-sesame' } })).status).toBe('COMPLETE');
  expect(bench.cloud.calls.slice(calls).filter(({ verb }) => verb === 'update')).toEqual([]);
});
