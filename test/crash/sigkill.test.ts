import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { temporaryFolder } from '../helpers/crash-images.js';

/** A bundle inside of the repository, so that it finds its packages and the catalogue. */
const CACHE = join(process.cwd(), 'node_modules', '.cache', 'baton');
const VICTIM = join(CACHE, `victim-${process.pid}.mjs`);
const root = temporaryFolder();

interface End {
  readonly commits: number;
  readonly state: string;
  readonly resources: string[];
  readonly objects: string[];
  readonly creates: string[];
  readonly left: string[];
  readonly open: number;
}

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  await build({
    entryPoints: ['test/crash/victim.ts'],
    outfile: VICTIM,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
});
afterAll(() => {
  rmSync(VICTIM, { force: true });
  rmSync(root, { recursive: true, force: true });
});

/** Runs the victim; undefined if it was killed. */
function run(folder: string, what: string, at: number): Promise<End | undefined> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [VICTIM, folder, what, String(at)], { encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
      else if (error.signal === 'SIGKILL') resolve(undefined);
      else reject(new Error(`the victim failed: ${stderr}`));
    });
  });
}

/** Two at a time: as many as the machine has cores at least. */
async function inPairs(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 1;
  const lane = async () => {
    while (next <= count) await work(next++);
  };
  await Promise.all([lane(), lane()]);
}

function expectSound(end: End | undefined): asserts end is End {
  if (!end) throw new Error('the resumed engine was killed');
  expect(end.open).toBe(0);
  // One thing per token: nothing was created twice.
  expect(end.creates.length).toBe(new Set(end.creates).size);
  // What the world holds is what its ledger says: nothing is orphaned, nothing is lost.
  expect(end.objects).toEqual(end.left);
}

test('a create of thirty resources survives SIGKILL after every commit, and so does its delete', async () => {
  const whole = join(root, 'whole');
  const created = await run(whole, 'create', 0);
  expectSound(created);
  expect(created.state).toBe('CREATE_COMPLETE Stack CREATE completed successfully');
  const kept = join(root, 'kept');
  cpSync(whole, kept, { recursive: true });
  const deleted = await run(whole, 'delete', 0);
  expectSound(deleted);
  expect(deleted.objects).toEqual([]);

  let kills = 0;
  await inPairs(created.commits, async (n) => {
    const folder = join(root, `create-${n}`);
    if ((await run(folder, 'create', n)) === undefined) kills++;
    const end = await run(folder, 'resume', 0);
    expectSound(end);
    expect({ state: end.state, resources: end.resources, objects: end.objects }).toEqual({
      state: created.state,
      resources: created.resources,
      objects: created.objects,
    });
  });
  await inPairs(deleted.commits, async (n) => {
    const folder = join(root, `delete-${n}`);
    cpSync(kept, folder, { recursive: true });
    if ((await run(folder, 'delete', n)) === undefined) kills++;
    const end = await run(folder, 'resume', 0);
    expectSound(end);
    expect({ state: end.state, resources: end.resources, objects: end.objects }).toEqual({
      state: deleted.state,
      resources: [],
      objects: [],
    });
  });
  expect(kills).toBeGreaterThan(15);
  console.log(`SIGKILL: ${kills} processes killed`);
}, 180_000);
