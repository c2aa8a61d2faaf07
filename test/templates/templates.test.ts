import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadEnvironments } from '../../src/cli/files/environment-files.js';
import { fetchBytes } from '../../src/cli/files/fetch-text.js';
import { SourceTexts } from '../../src/cli/files/source-texts.js';
import { loadTemplate } from '../../src/cli/files/template-files.js';
import { createEngine, type Engine } from '../../src/create-engine.js';
import type { StackRecord } from '../../src/engine/model/records.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';

const ROOT = join(process.cwd(), 'templates');

interface Example {
  readonly file: string;
  readonly environment?: string;
  /** Another example that has to be there first. */
  readonly after?: string;
  readonly parameters?: JsonMap;
  /** Outputs that can be said beforehand. */
  readonly outputs?: JsonMap;
  /** How many resources the stack has, those of nested stacks not counted. */
  readonly resources?: number;
  readonly signals?: { readonly resource: string; readonly details: readonly JsonMap[] };
}

const EXAMPLES: readonly Example[] = [
  { file: 'hello-world.yaml', parameters: { name: 'you' }, resources: 2 },
  { file: 'web-tier.yaml', parameters: { servers: 2 }, resources: 11 },
  { file: 'networks.yaml', outputs: { inside_address: '10.1.1.42' } },
  { file: 'volumes.yaml', resources: 5 },
  { file: 'nested.yaml', outputs: { left: ['left-1', 'left-2'], right: ['left-1-right-1', 'left-1-right-2'] } },
  {
    file: 'environments.yaml',
    environment: 'environments.env.yaml',
    outputs: { stage: 'test', labels: { team: 'storage' } },
  },
  { file: 'conditions.yaml', resources: 1, outputs: { flavor: 'm1.tiny' } },
  { file: 'conditions.yaml', parameters: { stage: 'production' }, resources: 2, outputs: { flavor: 'm1.large' } },
  {
    file: 'loops.yaml',
    parameters: { count: 2 },
    outputs: { rules: 6, members: ['member 0', 'member 1'], shouted: ['MEMBER 1', 'MEMBER 0'] },
  },
  { file: 'parameters.yaml', resources: 1 },
  {
    file: 'wait-conditions.yaml',
    signals: {
      resource: 'handle',
      details: ['a', 'b'].map((id) => ({ id, status: 'SUCCESS', reason: 'up', data: `from ${id}` })),
    },
    outputs: { said: '{"a": "from a", "b": "from b"}' },
  },
  { file: 'autoscaling.yaml', outputs: { size: 2 } },
  { file: 'cfn/web-tier.yaml' },
  { file: 'cfn/queue-and-topic.json', resources: 5 },
  { file: 'cfn/for-each.yaml', parameters: { Names: 'One,Two' }, resources: 4, outputs: { Count: 2 } },
  { file: 'cfn/exports.yaml', resources: 2 },
  { file: 'cfn/imports.yaml', after: 'cfn/exports.yaml', resources: 2 },
  { file: 'cfn/nested.yaml', resources: 1 },
];

const FAILING = 'failing.yaml';

let engine: Engine;

beforeEach(async () => {
  engine = await createEngine();
});

afterEach(async () => {
  await engine.close(0);
});

function callerOf(file: string) {
  return localCaller({ origin: file.startsWith('cfn/') ? 'cfn' : 'heat' });
}

async function create(name: string, { file, environment, parameters = {} }: Example): Promise<StackRecord> {
  const reading = { cwd: ROOT, fetch: fetchBytes, texts: new SourceTexts() };
  const loaded = await loadTemplate(file, reading);
  const around = await loadEnvironments(environment === undefined ? [] : [environment], reading);
  return engine.stacks.create(callerOf(file), {
    name,
    template: loaded.template,
    files: { ...loaded.files, ...around.files },
    environment: around.environment,
    environmentFiles: around.names,
    parameters,
  });
}

/** Reports to a handle as soon as it is there. */
async function sendSignals({ file, signals }: Example, stack: StackRecord): Promise<void> {
  if (!signals) return;
  await new Promise<void>((resolve) => {
    const unsubscribe = engine.feed.subscribe((items) => {
      if (!items.some(({ event }) => event.resourceName === signals.resource && event.status === 'COMPLETE')) return;
      unsubscribe();
      resolve();
    });
  });
  for (const details of signals.details) {
    await engine.stacks.signal(callerOf(file), stack.id, signals.resource, details);
  }
}

async function removed(file: string, stack: StackRecord): Promise<string> {
  await engine.stacks.delete(callerOf(file), stack.id);
  const { action, status, statusReason } = await engine.stacks.settled(stack.id);
  return `${action}_${status} ${statusReason}`;
}

/** What is in the simulated cloud beside what it has by itself. */
async function leftovers(): Promise<string[]> {
  const rows = await engine.store.db.selectFrom('world_objects').select('collection').distinct().execute();
  const objects = await Promise.all(rows.map(({ collection }) => engine.store.world.find({ collection })));
  return objects
    .flat()
    .filter(({ collection, body }) => collection !== 'world' && (body._ as JsonMap | undefined)?.origin !== 'seed')
    .map(({ collection, id }) => `${collection} ${id}`);
}

const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('the examples', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(yaml|json)$/.test(file) && !file.endsWith('.env.yaml'))
    .sort();

  test('each is run by a test of its own or is a part of one that is', () => {
    const run = [...EXAMPLES.map(({ file }) => file), FAILING];
    const parts = files.filter((file) => file.includes('parts/'));
    expect([...new Set([...run, ...parts])].sort()).toEqual(files);
    for (const part of parts) {
      const users = [...files, 'environments.env.yaml'].filter((file) =>
        text(file).includes(`parts/${basename(part)}`),
      );
      expect([part, users.length > 0]).toEqual([part, true]);
    }
  });

  test.each(files)('%s begins with what it shows', (file) => {
    expect(text(file)).toMatch(
      file.endsWith('.json') ? /^\{\s*"AWSTemplateFormatVersion".*\s*"Description": "[A-Z]/ : /^# [A-Z]/,
    );
  });

  test.each(EXAMPLES)(
    '$file is created and deleted, and leaves nothing in the cloud',
    async (example) => {
      const { file, after, outputs = {} } = example;
      const base = after === undefined ? undefined : await create('base', { file: after });
      if (base) expect((await engine.stacks.settled(base.id)).status).toBe('COMPLETE');
      const stack = await create('example', example);
      await sendSignals(example, stack);
      const done = await engine.stacks.settled(stack.id);
      expect(`${done.action}_${done.status} ${done.statusReason}`).toBe(
        'CREATE_COMPLETE Stack CREATE completed successfully',
      );
      const shown = await engine.stacks.outputs(callerOf(file), stack.id);
      expect(shown.filter(({ error }) => error !== undefined)).toEqual([]);
      expect(Object.fromEntries(shown.map(({ name, value }) => [name, value]))).toMatchObject(outputs);
      if (example.resources !== undefined) {
        expect(await engine.stacks.resources(callerOf(file), stack.id, {})).toHaveLength(example.resources);
      }
      expect(await removed(file, stack)).toMatch(/^DELETE_COMPLETE/);
      if (base && after) expect(await removed(after, base)).toMatch(/^DELETE_COMPLETE/);
      expect(await leftovers()).toEqual([]);
    },
    30_000,
  );

  test('failing.yaml fails as its header says, and is mended by an update', async () => {
    const stack = await create('failing', { file: FAILING });
    const failed = await engine.stacks.settled(stack.id);
    expect(`${failed.action}_${failed.status}`).toBe('CREATE_FAILED');
    expect(failed.statusReason).toMatch(/resources\.broken/);
    const caller = callerOf(FAILING);
    const states = (await engine.stacks.resources(caller, stack.id, {})).map(
      ({ record }) => `${record.name} ${record.action}_${record.status}`,
    );
    expect(states.sort()).toEqual(['after INIT_COMPLETE', 'beside CREATE_COMPLETE', 'broken CREATE_FAILED']);
    await engine.stacks.update(caller, stack.id, { template: text(FAILING), parameters: { breaks: false } });
    expect((await engine.stacks.settled(stack.id)).status).toBe('COMPLETE');
    expect(await removed(FAILING, stack)).toMatch(/^DELETE_COMPLETE/);
    expect(await leftovers()).toEqual([]);
  }, 30_000);
});
