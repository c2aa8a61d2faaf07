import fc from 'fast-check';
import { evaluateYaql } from '../../../../src/engine/template/hot/yaql/evaluate-yaql.js';
import { YaqlError } from '../../../../src/engine/template/hot/yaql/yaql-error.js';

const PIECES = [
  '$',
  '$.data',
  '$.a',
  '$1',
  '1',
  '0',
  '-',
  '2.5',
  "'x'",
  'abc',
  'null',
  'true',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ',',
  '=>',
  '.',
  '?.',
  '+',
  '*',
  '/',
  'mod',
  '=',
  '<',
  'in',
  'and',
  'or',
  'not',
  '->',
  '=~',
  'where(',
  'select(',
  'len(',
  'first(',
  'sum(',
  'toDict(',
  'join(',
  'split(',
  'range(',
  'orderBy(',
  'groupBy(',
  'let(',
  'def(',
  'switch(',
  'regex(',
  'format(',
  'str(',
  'int(',
  'dict(',
  'set(',
  'mergeWith(',
  'flatten(',
  'zip(',
  'distinct(',
  'keys()',
  'items()',
  'slice(',
  'substring(',
  'replace(',
  'pow(',
  'datetime(',
  'timespan(',
  'accumulate(',
  'generate(',
  'cycle()',
  'repeat()',
  'take(3)',
  'unpack(',
  'call(',
  'indexOf(',
  'insert(',
  'delete(',
  'round(',
  'hex(',
];

test('any soup of tokens is a value or a YaqlError, and soon', () => {
  const soup = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 14 })
    .map((pieces) => pieces.join(' ').replaceAll(' (', '('));
  fc.assert(
    fc.property(soup, (expression) => {
      try {
        evaluateYaql(expression, { data: [3, 1, 2], a: { b: 'text' } });
      } catch (error) {
        if (!(error instanceof YaqlError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});

test('methods of all kinds bear arguments of all kinds', () => {
  const value = fc.constantFrom(
    '$',
    '$.data',
    '$.a',
    '1',
    '-1',
    '2.5',
    "'x'",
    'null',
    'true',
    '[1, [2]]',
    '{a => 1}',
    'set(1)',
    'range(3)',
    "regex('a')",
    'now()',
    'timespan(days => 1)',
    'a => 1',
    '$ > 1',
  );
  const name = fc.constantFrom(
    ...PIECES.filter((piece) => piece.endsWith('(')),
    'matches(',
    'search(',
    'aggregate(',
    'zipLongest(',
    'toList(',
    'reverse(',
    'trim(',
    'startsWith(',
    'replaceBy(',
    'splitAt(',
    'sliceWhere(',
    'enumerate(',
    'max(',
    'assert(',
    'switchCase(',
    'containsKey(',
    'union(',
    'bitwiseAnd(',
    'shiftBitsLeft(',
  );
  fc.assert(
    fc.property(value, name, fc.array(value, { maxLength: 4 }), (receiver, called, args) => {
      try {
        evaluateYaql(`${receiver}.${called}${args.join(', ')})`, { data: [3, 1, 2], a: { b: 'text' } });
      } catch (error) {
        if (!(error instanceof YaqlError)) throw error;
      }
    }),
    { numRuns: 5000 },
  );
});
