import type { JsonMap } from '../../../src/engine/model/value.js';
import type { Caller } from '../../../src/engine/stacks/requests.js';
import { createSoftwareService } from '../../../src/engine/stacks/software-service.js';
import { openStore, type Store } from '../../../src/engine/store/store.js';
import { StepClock } from '../../helpers/step-clock.js';

const caller = (projectId: string) => ({ projectId }) as Caller;
const A = caller('a');
const B = caller('b');

let store: Store;
beforeEach(async () => {
  store = await openStore({});
});
afterEach(() => store.close());

function service() {
  const pushed: { serverId: string; names: string[] }[] = [];
  const clock = new StepClock();
  const software = createSoftwareService({
    store,
    clock,
    pushMetadata: async (_project, serverId, deployments) => {
      pushed.push({ serverId, names: deployments.map((config) => String(config.name)) });
    },
  });
  return { software, pushed, clock };
}

describe('software configs', () => {
  test('are kept with the defaults that Heat gives them', async () => {
    const { software } = service();
    const config = await software.createConfig(A, {
      name: 'c',
      inputs: [
        { name: 'i', default: 1, replace_on_change: true },
        { name: 'j', description: 'd', value: 'v' },
      ],
      outputs: [{ name: 'o' }],
    });
    expect(config).toMatchObject({
      name: 'c',
      group: null,
      config: null,
      options: {},
      inputs: [
        { name: 'i', type: 'String', default: 1, replace_on_change: true },
        { name: 'j', description: 'd', type: 'String', value: 'v' },
      ],
      outputs: [{ name: 'o', type: 'String', error_output: false }],
    });
    expect(await software.getConfig(A, config.id)).toEqual(config);
  });

  test('belong to a project', async () => {
    const { software } = service();
    const { id } = await software.createConfig(A, { name: 'c' });
    await expect(software.getConfig(B, id)).rejects.toMatchObject({
      code: 'not-found',
      message: `Software config with id ${id} not found`,
    });
    await expect(software.deleteConfig(B, id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await software.listConfigs(B, {})).toEqual([]);
    expect(await software.listConfigs(B, { allProjects: true })).toHaveLength(1);
  });

  test('are listed in their order, by pages', async () => {
    const { software } = service();
    for (const name of ['x', 'y', 'z']) await software.createConfig(A, { name });
    const [first] = await software.listConfigs(A, { limit: 1 });
    expect(first?.name).toBe('x');
    expect((await software.listConfigs(A, { marker: first?.id ?? '', limit: 5 })).map(({ name }) => name)).toEqual([
      'y',
      'z',
    ]);
  });

  test('cannot go while a deployment uses them', async () => {
    const { software } = service();
    const { id } = await software.createConfig(A, { name: 'c' });
    const deployment = await software.createDeployment(A, { config_id: id, server_id: 's' });
    await expect(software.deleteConfig(A, id)).rejects.toMatchObject({
      message: `Software config with id ${id} can not be deleted as it is referenced.`,
      heatType: 'InvalidRestrictedAction',
    });
    await software.deleteDeployment(A, deployment.id);
    await software.deleteConfig(A, id);
    await expect(software.getConfig(A, id)).rejects.toThrow('not found');
  });

  test.each<{ inputs: JsonMap[string]; message: string }>([
    { inputs: {}, message: 'Software Config I/O Schema must be in a list' },
    { inputs: ['x'], message: 'Software Config I/O Schema must be a dict' },
    { inputs: [{ type: 'String' }], message: 'Property error: name: Property name not assigned' },
    {
      inputs: [{ name: 'i', type: 'Text' }],
      message:
        'Property error: type: "Text" is not an allowed value ["String", "Number", "CommaDelimitedList", "Json", "Boolean"]',
    },
    { inputs: [{ name: 'i', other: 1 }], message: 'Unknown Property other' },
  ])('$message', async ({ inputs, message }) => {
    await expect(service().software.createConfig(A, { name: 'c', inputs })).rejects.toThrow(message);
  });

  test('what is in them is encrypted', async () => {
    const { software } = service();
    await software.createConfig(A, {
      name: 'c',
      config: 'topsecret',
      inputs: [{ name: 'deploy_password', value: 'topsecret' }],
    });
    const rows = await store.db.selectFrom('software_configs').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('topsecret');
  });
});

describe('software deployments', () => {
  test('are kept as given; a reason that is not given is the text None', async () => {
    const { software } = service();
    const { id: config_id } = await software.createConfig(A, { name: 'c' });
    const deployment = await software.createDeployment(A, { config_id, server_id: 's', input_values: { a: 1 } });
    expect(deployment).toMatchObject({
      configId: config_id,
      serverId: 's',
      inputValues: { a: 1 },
      outputValues: null,
      action: null,
      status: null,
      statusReason: 'None',
      updatedAt: undefined,
    });
    expect(await software.getDeployment(A, deployment.id)).toEqual(deployment);
    await expect(software.createDeployment(A, { config_id: 'no', server_id: 's' })).rejects.toThrow(
      'Software config with id no not found',
    );
  });

  test('change only where something is given', async () => {
    const { software, clock } = service();
    const { id: config_id } = await software.createConfig(A, { name: 'c' });
    const { id } = await software.createDeployment(A, {
      config_id,
      server_id: 's',
      action: 'CREATE',
      status: 'IN_PROGRESS',
      status_reason: 'r',
    });
    clock.move(1000);
    const after = await software.updateDeployment(A, id, { output_values: { o: 1 }, status: 'COMPLETE' });
    expect(after).toMatchObject({
      action: 'CREATE',
      status: 'COMPLETE',
      statusReason: 'r',
      outputValues: { o: 1 },
      updatedAt: clock.now(),
    });
    expect(await software.getDeployment(A, id)).toEqual(after);
    await expect(software.updateDeployment(B, id, {})).rejects.toThrow(`Deployment with id ${id} not found`);
  });

  test("a server's metadata are the configs of its deployments by name, pushed when the list changes", async () => {
    const { software, pushed } = service();
    const b = await software.createConfig(A, { name: 'b' });
    const a = await software.createConfig(A, { name: 'a' });
    const first = await software.createDeployment(A, { config_id: b.id, server_id: 's' });
    await software.createDeployment(A, { config_id: a.id, server_id: 's' });
    expect((await software.serverMetadata(A, 's')).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await software.listDeployments(A, 's')).toHaveLength(2);
    expect(await software.listDeployments(A, 'other')).toEqual([]);
    await software.updateDeployment(A, first.id, { status: 'COMPLETE' });
    await software.deleteDeployment(A, first.id);
    expect(pushed).toEqual([
      { serverId: 's', names: ['b'] },
      { serverId: 's', names: ['a', 'b'] },
      { serverId: 's', names: ['a'] },
    ]);
  });

  test('creating one again by its id gives what is there', async () => {
    const { software } = service();
    const config = await software.createConfig(A, { id: 'fixed', name: 'c' });
    expect(await software.createConfig(A, { id: 'fixed', name: 'other' })).toEqual(config);
    const deployment = await software.createDeployment(A, { id: 'd', config_id: 'fixed', server_id: 's' });
    expect(await software.createDeployment(A, { id: 'd', config_id: 'fixed', server_id: 't' })).toEqual(deployment);
  });
});
