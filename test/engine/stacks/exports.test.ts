import type { JsonMap } from '../../../src/engine/model/value.js';
import { EngineBench } from '../../helpers/engine-bench.js';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.start({ as: { origin: 'cfn' } });
});
afterEach(() => bench.close());

function exporter(name: string, value: string): JsonMap {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: { A: { Type: 'Fake::Thing', Properties: { value } } },
    Outputs: { O: { Value: { 'Fn::GetAtt': ['A', 'value'] }, Export: { Name: name } } },
  };
}

const importer: JsonMap = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: { B: { Type: 'Fake::Thing', Properties: { value: { 'Fn::ImportValue': 'shared' } } } },
};

test('an export is seen by imports of other stacks, with the value of its last update', async () => {
  const { id } = await bench.create(exporter('shared', '1'), { name: 'one' });
  const { id: user } = await bench.create(importer, { name: 'two' });
  expect(bench.cloud.named('B')[0]?.properties.value).toBe('1');
  await bench.delete(user);
  await bench.update(id, exporter('shared', '2'));
  await bench.create(importer, { name: 'two' });
  expect(bench.cloud.named('B')[0]?.properties.value).toBe('2');
});

test('a name that another stack exports fails the stack, also when two come at once', async () => {
  const ids = [
    await bench.begin(exporter('shared', '1'), { name: 'one' }),
    await bench.begin(exporter('shared', '2'), { name: 'two' }),
  ];
  const ends = await Promise.all(ids.map((id) => bench.settled(id)));
  expect(ends.map(({ action, status }) => `${action}_${status}`).sort()).toEqual([
    'CREATE_COMPLETE',
    'ROLLBACK_COMPLETE',
  ]);
  const events = (await Promise.all(ids.map((id) => bench.events(id, { reasons: true })))).flat();
  expect(events.join('\n')).toMatch(/Export with name shared is already exported by stack (one|two)/);
});

test('an export is gone with its stack, and an import of nothing fails', async () => {
  const { id } = await bench.create(exporter('shared', '1'), { name: 'one' });
  await bench.delete(id);
  const stack = await bench.create(importer, { name: 'two', disableRollback: true });
  expect(stack.status).toBe('FAILED');
  expect(stack.statusReason).toContain('No export named shared found');
  expect((await bench.create(exporter('shared', '3'), { name: 'three' })).status).toBe('COMPLETE');
});
