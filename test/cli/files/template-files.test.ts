import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { addHooks, loadEnvironments, mergeDeep } from '../../../src/cli/files/environment-files.js';
import { fetchBytes } from '../../../src/cli/files/fetch-text.js';
import { locate } from '../../../src/cli/files/locate.js';
import { parsePairs, readParameters } from '../../../src/cli/files/parameters.js';
import { SourceTexts } from '../../../src/cli/files/source-texts.js';
import { type FileReading, loadTemplate } from '../../../src/cli/files/template-files.js';

let cwd: string;
let reading: FileReading;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'baton-files-'));
  reading = { cwd, fetch: fetchBytes, texts: new SourceTexts() };
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): void {
  const path = join(cwd, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
const url = (name: string): string => pathToFileURL(join(cwd, name)).href;
const HEAD = 'heat_template_version: 2018-08-31\n';

describe('templates', () => {
  test('a template that names no files is sent as its own text', async () => {
    const text = `${HEAD}resources: {a: {type: OS::Heat::None}}\n`;
    write('t.yaml', text);
    expect(await loadTemplate('t.yaml', reading)).toEqual({ template: text, files: {} });
  });

  test('get_file and nested templates become addresses, at every depth, relative to the file that names them', async () => {
    write(
      't.yaml',
      `${HEAD}resources:\n  a:\n    type: sub/n.yaml\n  b:\n    type: OS::Heat::Value\n    properties: {value: {get_file: data.txt}}\n`,
    );
    write('data.txt', 'hello');
    write(
      'sub/n.yaml',
      `${HEAD}resources: {x: {type: OS::Heat::Value, properties: {value: {get_file: ../data.txt}}}}\n`,
    );
    const { template, files } = await loadTemplate('t.yaml', reading);
    expect(template).toMatchObject({
      resources: { a: { type: url('sub/n.yaml') }, b: { properties: { value: { get_file: url('data.txt') } } } },
    });
    expect(Object.keys(files).sort()).toEqual([url('data.txt'), url('sub/n.yaml')].sort());
    expect(files[url('data.txt')]).toBe('hello');
    expect(JSON.parse(files[url('sub/n.yaml')] ?? '')).toMatchObject({
      resources: { x: { properties: { value: { get_file: url('data.txt') } } } },
    });
  });

  test('a file that is not UTF-8 travels as base64', async () => {
    write('t.yaml', `${HEAD}outputs: {o: {value: {get_file: b.bin}}}\n`);
    write('b.bin', Buffer.from([0xff, 0xfe, 0x00]));
    expect((await loadTemplate('t.yaml', reading)).files[url('b.bin')]).toBe('//4A\n');
  });

  test('file names with # and % and spaces are found', async () => {
    write('t.yaml', `${HEAD}outputs: {o: {value: {get_file: 'a #1 100%.txt'}}}\n`);
    write('a #1 100%.txt', 'x');
    expect(Object.values((await loadTemplate('t.yaml', reading)).files)).toEqual(['x']);
  });

  test('a template that contains itself is refused with the way round', async () => {
    write('t.yaml', `${HEAD}resources: {a: {type: n.yaml}}\n`);
    write('n.yaml', `${HEAD}resources: {a: {type: n.yaml}}\n`);
    await expect(loadTemplate('t.yaml', reading)).rejects.toThrow('a template cannot contain itself');
  });

  test('a missing file is named', async () => {
    write('t.yaml', `${HEAD}outputs: {o: {value: {get_file: gone.txt}}}\n`);
    await expect(loadTemplate('t.yaml', reading)).rejects.toThrow(/gone\.txt: there is no such file/);
  });

  test('with a files container nothing else is read', async () => {
    write('t.yaml', `${HEAD}resources: {a: {type: gone.yaml}}\n`);
    expect((await loadTemplate('t.yaml', reading, { children: false })).files).toEqual({});
  });
});

describe('environments', () => {
  test('are merged in order, each is in the files, and registry templates are read', async () => {
    write('t/x.yaml', `${HEAD}resources: {}\n`);
    write(
      'one.yaml',
      'parameters: {a: 1, b: 1}\nresource_registry:\n  My::X: t/x.yaml\n  My::Y: OS::Heat::None\n  resources:\n    r:\n      hooks: pre-create\n      My::Z: t/x.yaml\n',
    );
    write('two.yaml', 'parameters: {b: 2}\nresource_registry:\n');
    const { environment, files, names } = await loadEnvironments(['one.yaml', 'two.yaml'], reading);
    expect(names).toEqual([url('one.yaml'), url('two.yaml')]);
    expect(environment).toEqual({
      parameters: { a: 1, b: 2 },
      resource_registry: {
        'My::X': url('t/x.yaml'),
        'My::Y': 'OS::Heat::None',
        resources: { r: { hooks: 'pre-create', 'My::Z': url('t/x.yaml') } },
      },
    });
    expect(Object.keys(files).sort()).toEqual([url('one.yaml'), url('two.yaml'), url('t/x.yaml')].sort());
  });

  test('base_url moves where registry templates are looked for', async () => {
    write('lib/x.yaml', `${HEAD}resources: {}\n`);
    write('e.yaml', 'resource_registry: {base_url: lib/, My::X: x.yaml}\n');
    const { environment } = await loadEnvironments(['e.yaml'], reading);
    expect(environment).toMatchObject({ resource_registry: { 'My::X': url('lib/x.yaml') } });
  });

  test('a wrong section is refused', async () => {
    write('e.yaml', 'paramters: {}\n');
    await expect(loadEnvironments(['e.yaml'], reading)).rejects.toThrow('environment has wrong section "paramters"');
  });

  test('an empty section does not wipe out what an earlier file gave', () => {
    expect(mergeDeep({ parameters: { a: 1 } }, { parameters: null })).toEqual({ parameters: { a: 1 } });
  });

  test('hooks go to nested scopes', () => {
    expect(addHooks({}, ['a/b', 'a/c'], 'pre-create')).toEqual({
      resource_registry: { resources: { a: { b: { hooks: 'pre-create' }, c: { hooks: 'pre-create' } } } },
    });
  });
});

describe('parameters', () => {
  test.each([
    { reason: 'several words', words: ['a=1', 'b=x=y'], pairs: { a: '1', b: 'x=y' } },
    { reason: 'one word with semicolons', words: ['a=1;b=2'], pairs: { a: '1', b: '2' } },
    { reason: 'two words keep their semicolons', words: ['a=1;2', 'b=3'], pairs: { a: '1;2', b: '3' } },
    { reason: 'the same key twice', words: ['a=1', 'a=2', 'a=3'], pairs: { a: ['1', '2', '3'] } },
    { reason: 'an empty value', words: ['a='], pairs: { a: '' } },
  ])('$reason', ({ words, pairs }) => {
    expect(parsePairs(words, { semicolons: true })).toEqual(pairs);
  });

  test('a word without = is wrong usage', () => {
    expect(() => parsePairs(['a'], { semicolons: true })).toThrow('Malformed parameter(a). Use the key=value format.');
  });

  test('parameter files are looked for beside the template', async () => {
    write('dir/key.pub', 'ssh-rsa AAA\n');
    expect(await readParameters(['a=1'], ['key=key.pub'], 'dir/t.yaml', reading)).toEqual({
      a: '1',
      key: 'ssh-rsa AAA\n',
    });
  });
});

test('a path leads to its place in the text, or to the deepest part that is there', () => {
  const text = 'resources:\n  a.b:\n    properties:\n      list:\n        - 1\n        - 2\n';
  expect(locate(text, ['resources', 'a.b', 'properties', 'list', 1])).toMatchObject({ line: 6, column: 11 });
  expect(locate(text, ['resources', 'a', 'b', 'properties', 'gone'])).toMatchObject({ line: 3, column: 5 });
  expect(locate(text, [])).toBeUndefined();
});
