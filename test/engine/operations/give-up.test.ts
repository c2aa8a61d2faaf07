import type { JsonMap } from '../../../src/engine/model/value.js';
import { EngineBench } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start();
});
afterEach(() => bench.close());

const SERVER = '11111111-2222-3333-4444-555555555555';
const template: JsonMap = {
  heat_template_version: '2018-08-31',
  resources: {
    config: { type: 'OS::Heat::SoftwareConfig', properties: { config: 'true' } },
    deployment: {
      type: 'OS::Heat::SoftwareDeployment',
      properties: { config: { get_resource: 'config' }, server: SERVER },
    },
  },
};

test('a deployment that runs out of time or is cancelled is told to its server as failed', async () => {
  const stack = await bench.create(template, { timeoutMins: 1 });
  expect([stack.status, stack.statusReason]).toEqual(['FAILED', 'Timed out']);
  const of = async () => await bench.engine.software.listDeployments(bench.caller, SERVER);
  expect(await of()).toMatchObject([{ status: 'FAILED', statusReason: 'Deployment cancelled.' }]);
  const other = await bench.begin(template, { name: 'other' });
  await bench.clock.sleep(5000);
  await bench.stacks.action(bench.caller, other, 'cancel_without_rollback');
  expect((await bench.settled(other)).statusReason).toBe('Stack CREATE cancelled');
  expect((await of()).map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
});

test('an engine that closes gives nothing up', async () => {
  await bench.begin(template);
  await bench.clock.sleep(5000);
  await bench.engine.operations.close(0);
  const deployments = await bench.engine.software.listDeployments(bench.caller, SERVER);
  expect(deployments).toMatchObject([{ status: 'IN_PROGRESS' }]);
});
