import { pythonRepr, pythonStr } from '../../../../src/engine/model/python-text.js';
import { isFalsy, pythonEquals, pythonInt } from '../../../../src/engine/template/hot/python-values.js';

test.each([
  { reason: 'text is itself', value: "it's", text: "it's", repr: `"it's"` },
  { reason: 'booleans have capitals', value: true, text: 'True', repr: 'True' },
  { reason: 'null is None', value: null, text: 'None', repr: 'None' },
  { reason: 'numbers', value: 1.5, text: '1.5', repr: '1.5' },
  { reason: 'nested values', value: { a: [1, 'b'] }, text: "{'a': [1, 'b']}", repr: "{'a': [1, 'b']}" },
  { reason: 'line breaks are escaped', value: 'a\nb', text: 'a\nb', repr: "'a\\nb'" },
])('$reason', ({ value, text, repr }) => {
  expect(pythonStr(value)).toBe(text);
  expect(pythonRepr(value)).toBe(repr);
});

test('equality is deep and takes true for 1', () => {
  expect(pythonEquals({ a: [1, true] }, { a: [1, 1] })).toBe(true);
  expect(pythonEquals({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  expect(pythonEquals('1', 1)).toBe(false);
  expect(pythonEquals(null, false)).toBe(false);
  expect(pythonEquals([], {})).toBe(false);
});

test('int() takes texts of digits', () => {
  expect([' 7 ', '-3', '1_0', 2.9, true].map(pythonInt)).toEqual([7, -3, 10, 2, 1]);
  expect(['', 'x', '1.0', null, []].map(pythonInt)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('what is empty is false', () => {
  expect([null, '', 0, false, [], {}].every(isFalsy)).toBe(true);
  expect([' ', 1, true, [0], { a: 0 }].some(isFalsy)).toBe(false);
});
