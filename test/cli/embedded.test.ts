import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/main.js';
import { FakeTerminal } from './fake-terminal.js';

/** The engine needs the event loop to turn while the command naps. */
class PatientTerminal extends FakeTerminal {
  override async sleep(ms: number): Promise<void> {
    await super.sleep(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-embedded-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const terminal = new PatientTerminal();
  const code = await runCli(['--data-dir', join(folder, 'data'), ...args], {
    terminal,
    env: { HOME: folder },
    cwd: folder,
  });
  return { code, ...terminal.written };
}

test('a stack lives from create to delete without a server, each command for itself', async () => {
  writeFileSync(
    join(folder, 'web.yaml'),
    `heat_template_version: 2018-08-31
parameters:
  size: {type: string, default: '1'}
resources:
  secret: {type: OS::Heat::RandomString, properties: {length: 5}}
  value: {type: OS::Heat::Value, properties: {value: {list_join: ['-', [{get_param: size}, {get_file: tail.txt}]]}}}
outputs:
  joined: {value: {get_attr: [value, value]}}
  length: {value: {str_split: ['', {get_attr: [secret, value]}]}, condition: 'no'}
conditions: {'no': false}
`,
  );
  writeFileSync(join(folder, 'tail.txt'), 'end');
  const created = await run('stack', 'create', '-t', 'web.yaml', 'web');
  expect(created).toMatchObject({ code: 0, err: '' });
  expect(created.out).toContain('[web.secret]: CREATE_COMPLETE  state changed');
  expect(created.out).toMatch(/Outputs:\n {2}joined +1-end\n/);
  expect((await run('stack', 'list', '-f', 'value', '-c', 'Stack Name', '-c', 'Stack Status')).out).toBe(
    'web CREATE_COMPLETE\n',
  );
  expect((await run('stack', 'create', '-t', 'web.yaml', 'web')).err).toBe('The Stack (web) already exists.\n');
  expect((await run('stack', 'update', 'web', '--existing', '--parameter', 'size=2', '-q')).out).toMatch(
    /joined +2-end/,
  );
  expect((await run('stack', 'output', 'show', 'web', 'joined', '-f', 'value', '-c', 'output_value')).out).toBe(
    '2-end\n',
  );
  expect((await run('stack', 'graph', 'web')).out).toContain('digraph "web"');
  expect((await run('stack', 'delete', '--yes', 'web')).out).toContain('Stack web DELETE_COMPLETE\n');
  expect(await run('stack', 'show', 'gone')).toMatchObject({ code: 3 });
  expect((await run('stack', 'list', '--deleted', '-f', 'value', '-c', 'Stack Status')).out).toBe('DELETE_COMPLETE\n');
});

test('all mistakes of a template are shown at their places, also when file names in it were rewritten', async () => {
  writeFileSync(join(folder, 'tail.txt'), 'end');
  writeFileSync(
    join(folder, 'bad.yaml'),
    `heat_template_version: 2018-08-31
resources:
  a: {type: OS::Heat::RandomString, properties: {lenght: 5}}
  b: {type: OS::Heat::Value, properties: {value: {get_file: tail.txt}, kind: 1}}
`,
  );
  const { code, err } = await run('stack', 'create', '-t', 'bad.yaml', 'bad');
  expect(code).toBe(1);
  expect(err).toMatch(/bad\.yaml:3:\d+: error: .*Unknown Property lenght/);
  expect(err).toMatch(/bad\.yaml:4:\d+: error: .*Unknown Property kind/);
  expect(err).toContain('2 errors');
  expect((await run('stack', 'list', '-f', 'value')).out).toBe('');
});

test('a folder whose database is something else is refused in one line', async () => {
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'baton.db'), 'something else '.repeat(1000));
  const { code, err } = await run('stack', 'list');
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^.*not a baton database.*\n$/) });
});
