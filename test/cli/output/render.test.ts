import { displayWidth, truncate } from '../../../src/cli/output/display-width.js';
import { type RenderOptions, renderResult } from '../../../src/cli/output/render.js';
import type { CommandResult } from '../../../src/cli/output/result.js';
import { formatTable } from '../../../src/cli/output/table.js';

const base: RenderOptions = {
  format: 'table',
  columns: [],
  sortColumns: [],
  noindent: false,
  maxWidth: 0,
  printEmpty: false,
  quoting: 'nonnumeric',
  prefix: '',
};
const list: CommandResult = {
  kind: 'list',
  columns: ['ID', 'Count', 'Note'],
  rows: [
    ['b', 10, null],
    ['a', 2, 'say "hi"'],
  ],
};
const show: CommandResult = {
  kind: 'show',
  columns: ['id', 'my-tags', 'ok', 'none'],
  values: ['x', ['p', 'q'], true, null],
  complex: 'yaml',
};

describe('tables', () => {
  test('numbers stand on the right, everything else on the left', async () => {
    expect(await renderResult(list, base)).toBe(
      [
        '+----+-------+----------+',
        '| ID | Count | Note     |',
        '+----+-------+----------+',
        '| b  |    10 | None     |',
        '| a  |     2 | say "hi" |',
        '+----+-------+----------+',
      ].join('\n'),
    );
  });

  test('lists and maps of a shown thing stand as YAML in their cell', async () => {
    expect(await renderResult(show, base)).toBe(
      [
        '+---------+-------+',
        '| Field   | Value |',
        '+---------+-------+',
        '| id      | x     |',
        '| my-tags | - p   |',
        '|         | - q   |',
        '|         |       |',
        '| ok      | True  |',
        '| none    | None  |',
        '+---------+-------+',
      ].join('\n'),
    );
  });

  test('a bound on the width wraps the widest column, and no line is wider', () => {
    const text = formatTable(
      ['name', 'text'],
      [
        ['a', 'one two three four five six seven eight nine ten'],
        ['b', 'x'.repeat(50)],
      ],
      { maxWidth: 40 },
    );
    for (const line of text.split('\n')) expect(displayWidth(line)).toBe(40);
    expect(text.replace(/[^a-z ]/g, '').replace(/\s+/g, ' ')).toContain('one two three four');
  });

  test('wide characters count two columns', () => {
    const lines = formatTable(['k'], [['日本'], ['abcd']], { maxWidth: 0 }).split('\n');
    expect(new Set(lines.map(displayWidth)).size).toBe(1);
    expect(truncate('日本語', 4)).toBe('日…');
  });

  test('--print-empty prints the head of an empty table', async () => {
    const empty: CommandResult = { kind: 'list', columns: ['A'], rows: [] };
    expect(await renderResult(empty, { ...base, printEmpty: true })).toContain('| A |');
    expect(await renderResult(empty, base)).toBe('');
  });
});

describe('other formats', () => {
  test.each([
    {
      format: 'json',
      noindent: true,
      result: list,
      text: '[{"ID":"b","Count":10,"Note":null},{"ID":"a","Count":2,"Note":"say \\"hi\\""}]',
    },
    { format: 'csv', result: list, text: '"ID","Count","Note"\n"b",10,""\n"a",2,"say ""hi"""' },
    { format: 'value', result: list, text: 'b 10 None\na 2 say "hi"' },
    { format: 'yaml', result: list, text: '- ID: b\n  Count: 10\n  Note: null\n- ID: a\n  Count: 2\n  Note: say "hi"' },
    {
      format: 'shell',
      prefix: 'os_',
      result: show,
      text: 'os_id="x"\nos_my_tags="[\\"p\\",\\"q\\"]"\nos_ok="True"\nos_none="None"',
    },
    { format: 'value', result: show, text: 'x\n["p","q"]\nTrue\nNone' },
  ])('$format', async ({ text, result, ...options }) => {
    expect(await renderResult(result, { ...base, ...options })).toBe(text);
  });

  test('-c picks columns in their own order and without regard to case', async () => {
    expect(await renderResult(list, { ...base, format: 'value', columns: ['note', 'ID'] })).toBe('b None\na say "hi"');
  });

  test('an unknown column is an error that names the known ones', async () => {
    await expect(renderResult(list, { ...base, columns: ['x'] })).rejects.toThrow(
      'Recognized columns are ID, Count, Note.',
    );
  });

  test('--sort-column orders numbers by size', async () => {
    expect(await renderResult(list, { ...base, format: 'value', columns: ['Count'], sortColumns: ['count'] })).toBe(
      '2\n10',
    );
  });
});
