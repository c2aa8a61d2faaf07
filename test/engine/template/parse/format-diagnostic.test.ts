import type { Diagnostic } from '../../../../src/engine/model/diagnostic.js';
import { formatDiagnosticWithSource } from '../../../../src/engine/template/parse/format-diagnostic.js';

const base: Diagnostic = { severity: 'error', code: 'syntax', message: 'it is wrong', path: ['a'] };

test('the line is shown with a caret and the hint', () => {
  const diagnostic = { ...base, at: { line: 2, column: 4 }, hint: 'mend it' };
  expect(formatDiagnosticWithSource('x\r\na: b\r\nc', diagnostic, 'my.yaml')).toBe(
    ['my.yaml:2:4: error: it is wrong', '  2 | a: b', '    |    ^', '  hint: mend it'].join('\n'),
  );
});

test('the diagnostic knows its file best', () => {
  const diagnostic = { ...base, prefix: 'P', at: { line: 1, column: 1, source: 'nested.yaml' } };
  expect(formatDiagnosticWithSource('x', diagnostic)).toBe(
    'nested.yaml:1:1: error: P: a: it is wrong\n  1 | x\n    | ^',
  );
});

test('tabs keep the caret in place', () => {
  expect(formatDiagnosticWithSource('\tab', { ...base, at: { line: 1, column: 3 } })).toMatch(/\| \t \^$/);
});

test('of a long line only the part around the place is shown', () => {
  const text = formatDiagnosticWithSource(`${'x'.repeat(500)}!${'y'.repeat(500)}`, {
    ...base,
    at: { line: 1, column: 501 },
  });
  const [, line = '', caret = ''] = text.split('\n');
  expect(line[caret.indexOf('^')]).toBe('!');
  expect(line.length).toBeLessThan(140);
});

test('without a place, or with one that is not there, there is no line', () => {
  expect(formatDiagnosticWithSource('x', base)).toBe('template: error: it is wrong');
  expect(formatDiagnosticWithSource('x', { ...base, at: { line: 9, column: 1 } })).toBe(
    'template:9:1: error: it is wrong',
  );
});
