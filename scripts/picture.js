/**
 * Draws docs/images/run.svg from a real run: `node scripts/picture.js`. The command runs on a pseudo-terminal (util-linux's
 * `script`) on a new data folder; its escape sequences are played into a screen, and the screen is drawn.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const COLUMNS = 104;
const SHOWN = 'npx baton stack create -t templates/web-tier.yaml --wait web';

const ESCAPE = '\x1b';
const ESCAPE_OR_CHARACTER = new RegExp(`${ESCAPE}\\[[?0-9;]*[A-Za-z]|[\\s\\S]`, 'gu');

const CELL = { width: 7.8, height: 17 };
const MARGIN = 14;
const PLAIN = { color: undefined, bold: false, dim: false };
const COLORS = { 31: '#f97583', 32: '#85e89d', 33: '#ffdf5d', 36: '#79c0ff' };

/** What the command writes to a terminal of this size. */
function record(folder) {
  const file = join(folder, 'typescript');
  const command = `stty rows 60 cols ${COLUMNS}; node bin/baton.js stack create -t templates/web-tier.yaml --wait web`;
  execFileSync('script', ['-qec', command, file], {
    cwd: root,
    env: { ...process.env, BATON_DATA: join(folder, 'data'), TERM: 'xterm-256color', NO_COLOR: undefined },
    stdio: 'ignore',
  });
  return readFileSync(file, 'utf8')
    .replace(/^Script started[^\n]*\n/, '')
    .replace(/\nScript done[\s\S]*$/, '');
}

/** The lines that are on the screen at the end: lists of cells with their style. */
function play(text) {
  const lines = [[]];
  let row = 0;
  let column = 0;
  let style = PLAIN;
  for (const token of text.match(ESCAPE_OR_CHARACTER) ?? []) {
    if (token === '\n') {
      row += 1;
      lines[row] ??= [];
    } else if (token === '\r') column = 0;
    else if (token.startsWith(ESCAPE)) {
      const count = Number.parseInt(token.slice(2), 10) || 1;
      if (token.endsWith('A')) row -= count;
      else if (token.endsWith('J')) {
        lines.length = row + 1;
        lines[row] = [];
      } else if (token.endsWith('m')) style = restyle(style, token.slice(2, -1));
    } else {
      if (column === COLUMNS) {
        row += 1;
        column = 0;
      }
      lines[row] ??= [];
      lines[row][column] = { character: token, ...style };
      column += 1;
    }
  }
  while (lines.at(-1)?.length === 0) lines.pop();
  return lines;
}

function restyle(style, codes) {
  let now = style;
  for (const code of codes.split(';')) {
    if (code === '0' || code === '') now = PLAIN;
    else if (code === '22') now = { ...now, bold: false, dim: false };
    else if (code === '1') now = { ...now, bold: true };
    else if (code === '2') now = { ...now, dim: true };
    else now = { ...now, color: COLORS[code] };
  }
  return now;
}

function draw(lines) {
  const width = COLUMNS * CELL.width + 2 * MARGIN;
  const height = lines.length * CELL.height + 2 * MARGIN;
  const rows = lines.map((cells, row) => {
    const y = MARGIN + (row + 0.78) * CELL.height;
    return `<text xml:space="preserve" x="${MARGIN}" y="${y.toFixed(1)}">${runs(cells).join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" fill="#e1e4e8" role="img" aria-label="A run of baton stack create">
<rect width="100%" height="100%" rx="8" fill="#1f2428"/>
${rows.join('\n')}
</svg>
`;
}

/** Neighbours of one style share a span; each is put at its column, whatever the font's width. */
function runs(cells) {
  const spans = [];
  let open;
  Array.from(cells, (cell) => cell ?? { character: ' ' }).forEach((cell, column) => {
    const key = [cell.color, cell.bold, cell.dim].join();
    if (open?.key === key) open.text += cell.character;
    else {
      open = { key, cell, column, text: cell.character };
      spans.push(open);
    }
  });
  return spans
    .filter(({ text }) => text.trim() !== '')
    .map(({ cell, column, text }) => {
      const style = `${cell.color ? ` fill="${cell.color}"` : ''}${cell.bold ? ' font-weight="bold"' : ''}${cell.dim ? ' opacity="0.6"' : ''}`;
      const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return `<tspan x="${(MARGIN + column * CELL.width).toFixed(1)}"${style}>${escaped}</tspan>`;
    });
}

const folder = mkdtempSync(join(tmpdir(), 'baton-picture-'));
try {
  const prompt = [...`$ ${SHOWN}`].map((character) => ({ character, bold: true }));
  writeFileSync(join(root, 'docs/images/run.svg'), draw([prompt, ...play(record(folder))]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
