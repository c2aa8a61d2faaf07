import { changeBetween, TypeBench } from '../../helpers/type-bench.js';

describe('OS::Heat::TestResource', () => {
  test('gives back its value under its physical name', async () => {
    const bench = new TypeBench();
    const made = await bench.create('OS::Heat::TestResource', { value: 'foo' }, { name: 'r' });
    expect(made.attributes.output).toBe('foo');
    expect(made.referred).toMatch(/^stack-r-[a-z2-7]{12}$/);
  });

  test('waits as long as it is told, per action', async () => {
    const bench = new TypeBench();
    const start = bench.clock.now();
    const made = await bench.create('OS::Heat::TestResource', { wait_secs: 7, action_wait_secs: { create: 3 } });
    expect(bench.clock.now() - start).toBe(3000);
    await bench.delete(made);
    expect(bench.clock.now() - start).toBe(10_000);
  });

  test('fails after the wait without an id', async () => {
    const bench = new TypeBench();
    const start = bench.clock.now();
    await expect(
      bench.create('OS::Heat::TestResource', { fail: true, wait_secs: 2 }, { name: 'r' }),
    ).rejects.toMatchObject({
      message: 'Test Resource failed r',
      reasonClass: 'ValueError',
    });
    expect(bench.clock.now() - start).toBe(2000);
  });

  test('does not fail on deletion', async () => {
    const bench = new TypeBench();
    const made = await bench.create('OS::Heat::TestResource', { value: 'x' });
    await bench.delete({ ...made, ref: { ...made.ref, properties: { fail: true } } });
  });

  test('a changed value is stored in place, or replaces when told to', async () => {
    const bench = new TypeBench();
    const made = await bench.create('OS::Heat::TestResource', { value: 'a' });
    expect((await bench.update(made, { value: 'b' })).attributes.output).toBe('b');
    expect(made.type.replaces?.(changeBetween({ value: 'a' }, { value: 'b', update_replace: true }))).toBe(true);
    expect(made.type.replaces?.(changeBetween({ value: 'a' }, { value: 'a', update_replace: true }))).toBeUndefined();
  });

  test('a failing update keeps the old value', async () => {
    const bench = new TypeBench();
    const made = await bench.create('OS::Heat::TestResource', { value: 'a' }, { name: 'r' });
    await expect(bench.update(made, { value: 'b', fail: true })).rejects.toThrow('Test Resource failed r');
    expect(await made.type.attribute?.(made.ctx, made.ref, 'output', [])).toBe('a');
  });

  test('a changed wait alone does not make it wait', async () => {
    const bench = new TypeBench();
    const made = await bench.create('OS::Heat::TestResource', { value: 'a' });
    const start = bench.clock.now();
    await bench.update(made, { value: 'a', wait_secs: 60 });
    expect(bench.clock.now() - start).toBe(0);
  });
});

describe('OS::Heat::RandomString', () => {
  test('is the string itself, random, and the same for one intent', async () => {
    const bench = new TypeBench();
    const first = await bench.create('OS::Heat::RandomString', { length: 20 }, { token: 'one' });
    const again = await bench.create('OS::Heat::RandomString', { length: 20 }, { token: 'one' });
    const other = await bench.create('OS::Heat::RandomString', { length: 20 }, { token: 'two' });
    expect(first.referred).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(again.referred).toBe(first.referred);
    expect(other.referred).not.toBe(first.referred);
    expect(
      (await new TypeBench().create('OS::Heat::RandomString', { length: 20 }, { token: 'one' })).referred,
    ).not.toBe(first.referred);
    expect(first.attributes.value).toBe(first.referred);
  });

  test('has at least as many of each class and sequence as it must', async () => {
    const bench = new TypeBench();
    const made = await bench.create('OS::Heat::RandomString', {
      length: 10,
      character_classes: [
        { class: 'digits', min: 4 },
        { class: 'lowercase', min: 3 },
      ],
      character_sequences: [{ sequence: '!?', min: 2 }],
    });
    expect(made.referred).toHaveLength(10);
    expect(made.referred.replaceAll(/\D/g, '').length).toBeGreaterThanOrEqual(4);
    expect(made.referred.replaceAll(/[^a-z]/g, '').length).toBeGreaterThanOrEqual(3);
    expect(made.referred.replaceAll(/[^!?]/g, '').length).toBeGreaterThanOrEqual(2);
  });

  test('refuses minimums beyond its length', () => {
    const type = new TypeBench().type('OS::Heat::RandomString');
    expect(type.validate?.({ length: 2, character_classes: [{ class: 'digits', min: 3 }] }, 'r')).toEqual([
      'Length property cannot be smaller than combined character class and character sequence minimums',
    ]);
  });
});

describe('OS::Heat::Value', () => {
  test.each([
    { value: '42', type: 'number' },
    { value: 42, type: 'string' },
    { value: 'a,b', type: 'comma_delimited_list' },
    { value: 'True', type: 'boolean' },
    { value: [1, { a: null }] },
  ])('gives its value as it was given: %j', async (properties) => {
    const made = await new TypeBench().create('OS::Heat::Value', properties as never);
    expect(made.attributes.value).toEqual(properties.value);
  });

  test.each([
    [{ value: 'x', type: 'number' }, "Value 'x' is not a number"],
    [{ value: 'yes', type: 'boolean' }, '"yes" is not a valid boolean'],
    [{ value: 'text', type: 'json' }, '"text" is not a map'],
  ])('refuses a value that is not of its type: %j', (properties, message) => {
    const [problem] = new TypeBench().type('OS::Heat::Value').validate?.(properties, 'v') ?? [];
    expect(problem).toContain(message);
  });

  test('is updated in place', async () => {
    const bench = new TypeBench();
    const made = await bench.create('OS::Heat::Value', { value: 1 });
    const after = await bench.update(made, { value: 2 });
    expect(after.attributes.value).toBe(2);
    expect(after.physicalId).toBe(made.physicalId);
  });
});

describe('OS::Heat::None and OS::Heat::Delay', () => {
  test('None takes anything and gives null', async () => {
    const made = await new TypeBench().create('OS::Heat::None', { whatever: [1] });
    expect(made.physicalId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await made.type.attribute?.(made.ctx, made.ref, 'anything', [])).toBeNull();
    expect(made.type.schema.open).toBe(true);
    expect(made.type.replaceFailed).toBe(false);
  });

  test('Delay waits at its actions only', async () => {
    const bench = new TypeBench();
    const start = bench.clock.now();
    const made = await bench.create('OS::Heat::Delay', {
      min_wait: 2,
      max_jitter: 0,
      jitter_multiplier: 1,
      actions: ['CREATE'],
    });
    expect(bench.clock.now() - start).toBe(2000);
    await bench.delete(made);
    expect(bench.clock.now() - start).toBe(2000);
  });
});
