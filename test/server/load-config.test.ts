import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingPaths } from '../../src/server/config-schema.js';
import { loadConfig } from '../../src/server/load-config.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(text: string): string {
  const file = join(folder, 'baton.yaml');
  writeFileSync(file, text);
  return file;
}

const load = (text: string, env: { [name: string]: string } = {}, flags = {}) =>
  loadConfig({ file: fileOf(text), env, flags });

test('flags win over variables, and those over the file', async () => {
  const { config } = await load(
    'port: 1\nhost: a\nlimits: {body_bytes: 2048, nested_depth: 3}',
    { BATON_HOST: 'b', BATON_PORT: '2', BATON_LIMITS_BODY_BYTES: '4096' },
    { port: 3 },
  );
  expect(config).toEqual({ host: 'b', port: 3, limits: { body_bytes: 4096, nested_depth: 3 } });
});

test('an empty file and no file set nothing', async () => {
  expect((await load('# nothing yet\n')).config).toEqual({});
  expect((await loadConfig({ env: {}, flags: {} })).config).toEqual({});
});

test.each([
  { reason: 'a misspelled section', text: 'identiy: {}', message: /identiy is not a key: did you mean identity\?/ },
  {
    reason: 'a misspelled key',
    text: 'limits: {body_byte: 1}',
    message: /limits\.body_byte is not a key: did you mean body_bytes\?/,
  },
  {
    reason: 'a key that resembles none',
    text: 'log: {xyzzyplugh: 1}',
    message: /log\.xyzzyplugh is not a key: known keys here: level/,
  },
  {
    reason: 'a key in a list',
    text: 'cloud: {faults: {rules: [{typo: x}]}}',
    message: /cloud\.faults\.rules\.0\.typo is not a key/,
  },
  { reason: 'a wrong type', text: 'port: many', message: /port must be integer/ },
  { reason: 'a word out of a list', text: 'log: {level: loud}', message: /log\.level must be one of fatal, error/ },
  { reason: 'a missing key', text: 'tls: {cert: a}', message: /tls must have required property 'key'/ },
  { reason: 'broken YAML', text: 'a: [', message: /is not YAML/ },
  { reason: 'a list instead of a map', text: '- a', message: /must be object/ },
])('$reason is refused with its place', async ({ text, message }) => {
  await expect(load(text)).rejects.toThrow(message);
});

test('all mistakes of a file are told at once', async () => {
  await expect(load('prot: 1\nhsot: x')).rejects.toThrow(/prot is not a key.*hsot is not a key/);
});

test('a file that is not there is named', async () => {
  const file = join(folder, 'none.yaml');
  await expect(loadConfig({ file, env: {}, flags: {} })).rejects.toThrow(
    /none\.yaml cannot be read .*correct --config/,
  );
});

test.each([
  ['BATON_PORT', 'x', /BATON_PORT is "x": it must be a whole number from 0 to 65535/],
  ['BATON_PORT', '70000', /from 0 to 65535/],
  ['BATON_HEAT_STACK_ADOPT', 'maybe', /must be true or false/],
  ['BATON_LOG_LEVEL', 'loud', /one of fatal/],
  ['BATON_CLOUD_QUOTAS', '{}', /cannot be set in the environment/],
])('%s=%s is refused', async (name, text, message) => {
  await expect(loadConfig({ env: { [name]: text }, flags: {} })).rejects.toThrow(message);
});

test('a variable that sets nothing is warned of, other programs’ are not', async () => {
  const { warnings } = await loadConfig({ env: { BATON_PROT: '1', BATON_DATA: '/x', HOME: '/' }, flags: {} });
  expect(warnings).toEqual(['BATON_PROT sets nothing: did you mean BATON_PORT?']);
});

test('every key is documented', () => {
  const text = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const missing = settingPaths()
    .map((path) => path.join('.'))
    .filter((name) => !text.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
