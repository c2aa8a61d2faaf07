import { equalityKey, pythonEquals } from '../../../src/engine/template/hot/python-values.js';
import { checkSize, joinWithin, MAX_VALUE_SIZE, measure } from '../../../src/engine/template/size-limit.js';
import { checkGroupSize } from '../../../src/resources/types/heat/check-group-size.js';

test('texts are joined until the result would be too long', () => {
  expect(joinWithin('list_join', ['a', 'b'], '-')).toBe('a-b');
  const many = Array.from({ length: 1000 }, () => '');
  expect(() => joinWithin('list_join', many, 'x'.repeat(10_000))).toThrow(
    /"list_join" would make a value of more than/,
  );
});

test('a list that holds the list before twice counts as what it is when written', () => {
  let list: readonly unknown[] = ['x'];
  for (let level = 0; level < 60; level++) list = [list, list];
  expect(measure(list as never)).toBeGreaterThan(MAX_VALUE_SIZE);
  expect(() => checkSize(list as never, 'The properties of a')).toThrow(/^The properties of a would make/);
});

test('an ordinary value is measured by its characters and items', () => {
  expect(measure({ ab: ['c', 1, null] })).toBe(2 + 1 + 1 + 2 + 1 + 1);
});

test('equality keys are the same for just the values that Python calls equal', () => {
  const values = [
    1,
    true,
    '1',
    0,
    false,
    null,
    'null',
    [1],
    [true],
    ['1'],
    { a: 1, b: 2 },
    { b: 2, a: true },
    {},
    [],
    '',
  ];
  for (const one of values) {
    for (const other of values) expect(equalityKey(one) === equalityKey(other)).toBe(pythonEquals(one, other));
  }
});

test('a group that no stack could hold is refused before its members are named', () => {
  expect(checkGroupSize(100_000)).toBe(100_000);
  expect(() => checkGroupSize(1e9)).toThrow('Maximum resources per stack exceeded.');
});
