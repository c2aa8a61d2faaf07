import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const TEMPLATE = `heat_template_version: 2021-04-16
parameters:
  size: { type: number, default: 1 }
  bad: { type: boolean, default: false }
resources:
  volume: { type: OS::Cinder::Volume, properties: { size: { get_param: size } } }
  last:
    type: OS::Heat::TestResource
    depends_on: volume
    properties: { value: { get_param: size }, fail: { get_param: bad } }
  after: { type: OS::Heat::Value, depends_on: last, properties: { value: 1 } }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-repairs-'));
  writeFileSync(join(folder, 't.yaml'), TEMPLATE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const terminal = new PatientTerminal();
  const code = await runCli(['-q', '--data-dir', join(folder, 'data'), ...args], {
    terminal,
    env: { HOME: folder },
    cwd: folder,
  });
  return { code, ...terminal.written };
}

test('a failed stack says why, what it kept from being done, and the ways on', async () => {
  const { code, err } = await run('stack', 'create', '-t', 't.yaml', '--parameter', 'bad=true', 's');
  expect(code).toBe(1);
  const diagnosis = [
    '  s.last (OS::Heat::TestResource, template line 7): Test Resource failed last',
    '  Not done because of this: 1 resource.',
    '  Ways on:',
  ].join('\n');
  expect(err).toContain(diagnosis);
  expect((await run('stack', 'show', 's')).out).toContain(diagnosis);
  expect((await run('stack', 'failures', 'list', 's')).out).not.toContain('Ways on');
  expect((await run('stack', 'failures', 'list', '--long', 's')).out).toContain(diagnosis);
  expect(JSON.parse((await run('stack', 'show', '-f', 'json', 's')).out)).toMatchObject({ stack_name: 's' });
});

test('a rollback that failed goes on without the resource that cannot be rolled back', async () => {
  await run('stack', 'create', '-t', 't.yaml', '--enable-rollback', 's');
  const update = ['stack', 'update', '--existing', '--parameter', 'size=2', '--parameter', 'bad=true', 's'];
  // A volume cannot shrink, so the way back is barred.
  expect((await run(...update)).err).toContain('Stack s ROLLBACK_FAILED');
  const { code, out } = await run('stack', 'rollback', '--skip', 'volume', '-f', 'json', 's');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ stack_status: 'ROLLBACK_COMPLETE' });
  expect((await run('stack', 'rollback', 's')).err).toContain('there is nothing to roll back');
});

test('a delete leaves what it is told to, and says what that is', async () => {
  await run('stack', 'create', '-t', 't.yaml', 's');
  expect((await run('stack', 'delete', '--yes', '--retain', 'nothing', 's')).err).toContain(
    'Stack s has no resource nothing to retain.',
  );
  const { code, out } = await run('stack', 'delete', '--yes', '--retain', 'volume', 's');
  expect(code).toBe(0);
  expect(out).toMatch(/^Left in the cloud: volume \(OS::Cinder::Volume\) [0-9a-f-]{36}$/m);
});

test('drift compares what is there with what was applied', async () => {
  await run('stack', 'create', '-t', 't.yaml', 's');
  const drift = async (...names: string[]) =>
    JSON.parse((await run('stack', 'drift', '-f', 'json', 's', ...names)).out);
  expect(await drift('volume')).toMatchObject([{ resource_name: 'volume', drift_status: 'IN_SYNC', differences: '' }]);
  expect(await drift()).toHaveLength(3);
  expect((await run('stack', 'drift', 's', 'nothing')).code).not.toBe(0);
});

describe('a resource that only changed its name', () => {
  const group = (name: string) => `heat_template_version: 2021-04-16
resources:
  ${name}:
    type: OS::Heat::ResourceGroup
    properties: { count: 1, resource_def: { type: OS::Heat::RandomString } }
`;
  const ids = async () =>
    (await run('stack', 'resource', 'list', '-n', '1', '-f', 'value', '-c', 'physical_resource_id', 's')).out;

  beforeEach(async () => {
    writeFileSync(join(folder, 'old.yaml'), group('old'));
    writeFileSync(join(folder, 'new.yaml'), group('new'));
    await run('stack', 'create', '-t', 'old.yaml', 's');
  });

  test('is seen by a dry run, and kept when told so', async () => {
    const before = await ids();
    expect((await run('stack', 'update', '--dry-run', '-t', 'new.yaml', 's')).out).toContain('--move old=new');
    expect((await run('stack', 'update', '--move', 'old=new', '-t', 'new.yaml', 's')).code).toBe(0);
    expect(await ids()).toBe(before);
    const [nested = ''] = before.split('\n');
    expect((await run('stack', 'resource', 'show', '-f', 'json', nested, '0')).out).toContain(
      '"parent_resource": "new"',
    );
  });

  test('may be named in the environment', async () => {
    const before = await ids();
    writeFileSync(join(folder, 'env.yaml'), 'moved: { old: new }\n');
    for (const _ of ['moves', 'stays']) {
      expect((await run('stack', 'update', '-e', 'env.yaml', '-t', 'new.yaml', 's')).code).toBe(0);
    }
    expect(await ids()).toBe(before);
  });

  test('is refused when the template says otherwise', async () => {
    expect((await run('stack', 'update', '--move', 'old=other', '-t', 'new.yaml', 's')).err).toContain(
      'cannot move "old" to "other": the template has no resource of that name',
    );
    expect((await run('stack', 'update', '--move', 'old', '-t', 'new.yaml', 's')).code).toBe(2);
  });
});

test('a dry run tells what would change, for people and for programs', async () => {
  await run('stack', 'create', '-t', 't.yaml', 's');
  const dryRun = (...more: string[]) =>
    run('stack', 'update', '--dry-run', '--existing', '--parameter', 'size=3', ...more, 's');
  expect((await dryRun()).out).toBe(
    [
      '~ volume  OS::Cinder::Volume  is updated in place',
      '    size: 1 -> 3',
      '~ last  OS::Heat::TestResource  is updated in place',
      '    value: "1" -> "3"',
      '',
      '0 to create, 2 to update, 0 to replace, 0 to delete, 1 unchanged',
      '',
    ].join('\n'),
  );
  const changes = JSON.parse((await dryRun('-f', 'json')).out);
  expect(Object.keys(changes)).toEqual(['added', 'deleted', 'replaced', 'unchanged', 'updated']);
  expect(changes.updated).toHaveLength(2);
});
