import { planLines } from '../../src/cli/commands/plan-lines.js';

const change = (more: object) => ({
  resource_name: 'r',
  resource_type: 'T',
  moved_from: null,
  because: [],
  properties: [],
  nested: null,
  ...more,
});
const property = (before: string, after: string) => ({ path: ['p'], before, after, on_change: 'update' });

test('of long values the part that differs is shown', () => {
  const same = 'x'.repeat(200);
  const [, line] = planLines([change({ action: 'update', properties: [property(`${same}1`, `${same}2`)] })]);
  expect(line).toBe(`    p: …${'x'.repeat(20)}1" -> …${'x'.repeat(20)}2"`);
});

test('what is not known yet says so, with what it waits for', () => {
  const lines = planLines([
    change({ action: 'may-replace', because: ['a'], properties: [property('1', '<unknown>')] }),
  ]);
  expect(lines.slice(0, 2)).toEqual(['± r  T  may be replaced (depends on a)', '    p: "1" -> (known later)']);
});

test('nested changes stand below their resource, and count', () => {
  const nested = [change({ action: 'create', resource_name: 'inner' }), change({ action: 'none' })];
  expect(planLines([change({ action: 'update', nested })])).toEqual([
    '~ r  T  is updated inside if need be',
    '    + inner  T  is created',
    '',
    '1 to create, 1 to update, 0 to replace, 0 to delete, 1 unchanged',
  ]);
});

test('nothing to do is said in one line', () => {
  expect(planLines([change({ action: 'none' })])).toEqual([
    '0 to create, 0 to update, 0 to replace, 0 to delete, 1 unchanged',
  ]);
});
