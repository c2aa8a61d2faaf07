import { openStore } from '../../src/engine/store/store.js';
import { CrashCamera, type CrashImage, reopen } from '../helpers/crash-images.js';
import type { EngineBench } from '../helpers/engine-bench.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

/** All of them with BATON_LONG, else every fifth, always the same ones. */
const STEP = process.env.BATON_LONG === undefined ? 5 : 1;

let points = 0;
afterAll(() => console.log(`crash matrix: ${points} kill points`));

/** All that can be seen from outside when nothing runs any more. */
async function finalState(bench: EngineBench) {
  const stacks = await bench.engine.store.lists.stacks(
    { nested: true, deleted: true },
    { sort: [{ column: 'created_at', descending: false }] },
  );
  const settled = [];
  for (const { id } of stacks) {
    const { name, action, status, statusReason, parentResource, templateId } = await bench.settled(id);
    const records = await bench.records(id);
    settled.push({
      name: parentResource ?? name,
      state: `${action}_${status} ${statusReason}`,
      hasTemplate: templateId !== '',
      resources: records
        .map((record) => ({
          name: record.name,
          state: `${record.action}_${record.status} ${record.statusReason}`,
          isThere: record.physicalId !== undefined,
          properties: namesOnly(JSON.stringify(record.properties)),
          replaces: record.replacedBy !== undefined,
          metadata: record.metadata,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    });
  }
  const open = await bench.engine.store.reads.runningOperations();
  return {
    stacks: settled.sort((a, b) => (a.name < b.name ? -1 : 1)),
    world: bench.cloud.inventory().map(namesOnly),
    copies: bench.cloud.ledger
      .filter(({ verb }) => verb === 'snapshot')
      .map(({ name }) => name)
      .sort(),
    doubles: bench.cloud.doubles(),
    open: open.length,
  };
}

/** Ids of things count up: how often something was made may differ, what there is may not. */
function namesOnly(text: string): string {
  return text
    .replace(/([a-z]+)-\d+/g, '$1')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'uuid')
    .replace(/web-[a-z]+-[a-z2-7]{12}/g, 'web');
}

async function afterCrash(image: CrashImage) {
  const bench = await reopen(image);
  try {
    const stacks = await bench.engine.store.lists.stacks({ nested: true, deleted: true }, { sort: [] });
    for (const { id } of stacks) await bench.settled(id);
    return await finalState(bench);
  } finally {
    await bench.close();
  }
}

/** True if the operation, or the wish to cancel it, was durable when the picture was taken. */
async function knows(image: CrashImage, operationId: string, late: Scenario['late']): Promise<boolean> {
  const store = await openStore({ dataDir: image.folder, readOnly: true });
  try {
    const operation = await store.reads.operation(operationId);
    return late === 'cancel' ? operation?.cancelledAt !== undefined : operation !== undefined;
  } finally {
    await store.close();
  }
}

test.each(SCENARIOS)(
  '$name: killed anywhere, it ends as if it had not been',
  async ({ cloud, before, act, late }) => {
    const camera = await CrashCamera.start(cloud?.());
    try {
      const id = (await before?.(camera.bench)) ?? '';
      await camera.record(() => act(camera.bench, id));
      const wanted = await finalState(camera.bench);
      expect(wanted.open).toBe(0);
      expect(wanted.doubles).toEqual([]);
      const operation = late
        ? (await camera.bench.engine.store.reads.operations(id)).find(({ action }) => action !== 'CREATE')
        : undefined;
      const counted = [];
      for (const image of camera.images)
        if (!operation || (await knows(image, operation.id, late))) counted.push(image);
      const images = counted.filter((_, index) => index % STEP === 0);
      const differing: string[] = [];
      for (const image of images) {
        points++;
        const state = await afterCrash(image).catch((error: unknown) => String(error));
        try {
          expect(state).toEqual(wanted);
        } catch (error) {
          differing.push(`killed at ${image.label}:\n${error instanceof Error ? error.message : String(error)}`);
        }
      }
      if (differing.length > 0)
        throw new Error(`${differing.length} of ${images.length} differ\n${differing.slice(0, 2).join('\n')}`);
    } finally {
      await camera.close();
    }
  },
  120_000,
);
