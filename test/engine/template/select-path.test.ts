import { Secret, Unknown } from '../../../src/engine/model/value.js';
import { selectPath } from '../../../src/engine/template/select-path.js';

test.each([
  { reason: 'no path', value: 1, path: [], found: 1 },
  { reason: 'keys and indices', value: { a: [{ b: 2 }] }, path: ['a', 0, 'b'], found: 2 },
  { reason: 'digits in a text', value: ['x', 'y'], path: ['1'], found: 'y' },
  { reason: 'from the end', value: ['x', 'y'], path: [-2], found: 'x' },
  { reason: 'a character of a text', value: 'abc', path: [1], found: 'b' },
  { reason: 'a number as key', value: { 1: 'x' }, path: [1], found: 'x' },
  { reason: 'a key that is missing', value: {}, path: ['a'], found: undefined },
  { reason: 'an inherited name', value: {}, path: ['toString'], found: undefined },
  { reason: 'below a scalar', value: 5, path: ['a'], found: undefined },
  { reason: 'a text as index', value: [1], path: ['x'], found: undefined },
])('$reason', ({ value, path, found }) => {
  expect(selectPath(value as never, path as never)).toEqual(found);
});

test('what is not known stays so, and what is below a secret is secret', () => {
  const unknown = new Unknown(['a']);
  expect(selectPath({ a: unknown }, ['a', 'b'])).toBe(unknown);
  const inner = selectPath(new Secret({ a: 'x' }), ['a']);
  expect(inner instanceof Secret && inner.reveal()).toBe('x');
});
