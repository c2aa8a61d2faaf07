import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

/**
 * The floors of docs/architecture.md, lowest first. A file imports from its own room or from a lower floor; rooms on one
 * floor do not know each other.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['engine/model'],
  ['engine/template'],
  ['engine/graph', 'engine/drivers'],
  ['engine/planning', 'engine/store', 'resources'],
  ['engine/operations'],
  ['engine/stacks'],
  ['identity'],
  ['api-native'],
  ['http'],
  ['api-cfn', 'api-s3', 'api-identity'],
  ['outside'],
  ['composition'],
  ['cli'],
];

/** Rooms that may import from these rooms only, although more floors lie below them. */
const NARROW: { readonly [room: string]: readonly string[] } = {
  resources: ['engine/drivers', 'engine/model'],
  'engine/store': ['engine/drivers', 'engine/model'],
};

const MAX_LINES = 400;
const SOURCE = join(process.cwd(), 'src');

interface Import {
  readonly from: string;
  readonly to: string;
  /** Makes no circle at run time: gone after compilation (`import type`), or loaded on demand (`import()`). */
  readonly harmless: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts'))
  .sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(SOURCE, file), 'utf8')]));
const imports = files.flatMap((file) => importsOf(file, texts.get(file) ?? ''));

function importsOf(file: string, text: string): Import[] {
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/gm);
  return [...found].map(([, type, named, lazy]) => ({
    from: file,
    to: normalize(join(dirname(file), named ?? lazy ?? ''))
      .split(sep)
      .join('/')
      .replace(/\.js$/, '.ts'),
    harmless: type !== undefined || lazy !== undefined,
  }));
}

/** The room that a file lies in; files at the top and `server/` put everything together. */
function roomOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  if (!file.includes('/') || first === 'server') return 'composition';
  return first === 'engine' ? `engine/${second}` : first;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function isUpward({ from, to }: Import): boolean {
  const [mine, theirs] = [roomOf(from), roomOf(to)];
  if (mine === theirs) return false;
  return floorOf(theirs) >= floorOf(mine) || NARROW[mine]?.includes(theirs) === false;
}

/** One circle of files, if there is any. */
function findCycle(): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to, harmless } of imports) if (!harmless) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const target of next.get(file) ?? []) {
      const cycle = visit(target);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
}

describe('the house', () => {
  test('has a floor for each room', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => floorOf(room) < 0)).toEqual([]);
  });

  test('reads the imports that it judges', () => {
    expect(imports.length).toBeGreaterThan(files.length);
    expect(
      imports.filter(({ to }) => to.endsWith('.ts') && !texts.has(to)).map(({ from, to }) => `${from}: ${to}`),
    ).toEqual([]);
  });

  test('imports go down only', () => {
    expect(imports.filter(isUpward).map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  test('only a command imports the server', () => {
    const users = imports.filter(({ to }) => to === 'server.ts').map(({ from }) => from);
    expect(users.filter((file) => file !== 'cli/commands/serve.ts')).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(findCycle()).toBeUndefined();
  });

  test(`no file has more than ${MAX_LINES} lines, and half of them less than 120`, () => {
    const lines = files.map((file) => ({ file, count: (texts.get(file) ?? '').trimEnd().split('\n').length }));
    expect(lines.filter(({ count }) => count > MAX_LINES)).toEqual([]);
    const counts = lines.map(({ count }) => count).sort((a, b) => a - b);
    expect(counts[Math.floor(counts.length / 2)]).toBeLessThan(120);
  });

  test('nothing is exported as default, and no file is only a list of exports but the public face', () => {
    const defaults = files.filter((file) => /^export default /m.test(texts.get(file) ?? ''));
    expect(defaults).toEqual([]);
    const barrels = files.filter((file) => {
      const code = (texts.get(file) ?? '').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').trim();
      return code !== '' && code.replace(/export (type )?(\*|\{[^}]*\})( as \w+)? from '[^']+';/g, '').trim() === '';
    });
    expect(barrels).toEqual(['index.ts']);
  });
});
