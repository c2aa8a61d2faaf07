import { findCycles } from '../../../src/engine/template/find-cycles.js';

function graph(edges: { [from: string]: string[] }): Map<string, Set<string>> {
  return new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));
}

test.each([
  { reason: 'a tree has none', edges: { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, cycles: [] },
  { reason: 'edges out of the graph do not count', edges: { a: ['x'] }, cycles: [] },
  { reason: 'a loop is one', edges: { a: ['a'] }, cycles: [['a']] },
  { reason: 'the way into a cycle is not part of it', edges: { a: ['b'], b: ['c'], c: ['b'] }, cycles: [['b', 'c']] },
  {
    reason: 'separate cycles are all found',
    edges: { a: ['b'], b: ['a'], c: ['d'], d: ['c'] },
    cycles: [
      ['a', 'b'],
      ['c', 'd'],
    ],
  },
  {
    reason: 'a second way round is not told again',
    edges: { a: ['b', 'c'], b: ['a'], c: ['a'] },
    cycles: [['a', 'b']],
  },
])('$reason', ({ edges, cycles }) => {
  expect(findCycles(graph(edges as never))).toEqual(cycles);
});

test('a chain of 100,000 is no trouble', () => {
  const edges = new Map<string, Set<string>>();
  for (let index = 0; index < 100_000; index++) edges.set(`n${index}`, new Set([`n${index + 1}`]));
  expect(findCycles(edges)).toEqual([]);
});
