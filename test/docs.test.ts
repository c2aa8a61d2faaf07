import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = process.cwd();
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

describe('the documentation', () => {
  test.each(pages)('%s links to what is there', (page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target]) => target ?? '');
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });

  test('every kind of diagnostic is explained', () => {
    const source = read('src/engine/model/diagnostic.ts');
    const union = /type DiagnosticCode =([^;]+);/.exec(source)?.[1] ?? '';
    const codes = [...union.matchAll(/'([\w-]+)'/g)].map(([, code]) => code ?? '');
    expect(codes.length).toBeGreaterThan(20);
    const text = read('docs/diagnostics.md');
    expect(codes.filter((code) => !text.includes(`| \`${code}\` |`))).toEqual([]);
  });

  test('every dependency has a page that says what it costs', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as {
      readonly [kind: string]: { readonly [name: string]: string };
    };
    const decisions = readdirSync(join(ROOT, 'docs/decisions'))
      .map((file) => read(`docs/decisions/${file}`))
      .join('\n');
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'));
    // Those that come with another one: the compiler behind a bundler or runner, the types of a data package.
    const companions = ['@swc/core', '@aws-cdk/service-spec-types', 'typescript'];
    expect(names.filter((name) => !companions.includes(name) && !decisions.includes(name))).toEqual([]);
  });

  test('the decisions are numbered without a gap, and all of them are listed', () => {
    const files = readdirSync(join(ROOT, 'docs/decisions')).filter((file) => /^\d/.test(file));
    const list = read('docs/decisions/README.md');
    expect(files.filter((file) => !list.includes(`(${file})`))).toEqual([]);
    expect(files.map((file) => Number(file.slice(0, 4))).sort((a, b) => a - b)).toEqual(
      files.map((_, index) => index + 1),
    );
  });

  test('commands in the README and in the headers of the examples name files that are there', () => {
    const examples = readdirSync(join(ROOT, 'templates'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(yaml|json)$/.test(file))
      .map((file) => `templates/${file}`);
    const named = ['README.md', ...examples].flatMap((file) =>
      [...read(file).matchAll(/ (?:-t|-e) (templates\/\S+?)(?=[\s"])/g)].map(([, path]) => path ?? ''),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('npm scripts that pages speak of are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: { readonly [name: string]: string } };
    const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? ''));
    expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
