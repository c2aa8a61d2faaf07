import { EngineBench } from '../../helpers/engine-bench.js';

/** What a real Heat answers to an abandon, after a snapshot was taken. */
const ABANDONED = {
  name: 'other',
  id: '4ab47ecf-8dcd-4ae4-9ce6-4f25fbaf5b7e',
  action: 'SNAPSHOT',
  environment: { resource_registry: { resources: {} }, parameters: {}, parameter_defaults: {}, event_sinks: [] },
  files: {},
  status: 'COMPLETE',
  template: {
    heat_template_version: '2018-08-31',
    resources: { one: { type: 'OS::Heat::TestResource', properties: { value: 'x' } } },
    outputs: { value: { value: { get_attr: ['one', 'output'] } } },
  },
  resources: {
    one: {
      name: 'one',
      resource_id: 'other-one-ybhznzathq4l',
      type: 'OS::Heat::TestResource',
      action: 'SNAPSHOT',
      status: 'COMPLETE',
      metadata: {},
      resource_data: { value: 'x' },
    },
  },
  project_id: '965dcc3271f9441d81c5019f92171c95',
  stack_user_project_id: '5dc9ba0fd0b5461d9ed49d47c97e9848',
  tags: [],
};

test("an abandoned stack of a real Heat is adopted with its resources' ids and notes", async () => {
  const bench = await EngineBench.start();
  const stack = await bench.create(ABANDONED.template, { name: 'mine', adoptData: ABANDONED });
  expect(`${stack.action}_${stack.status}`).toBe('ADOPT_COMPLETE');
  expect(await bench.record(stack.id, 'one')).toMatchObject({
    physicalId: 'other-one-ybhznzathq4l',
    action: 'ADOPT',
    data: { value: 'x' },
  });
  // Nothing is different from its template: an update leaves it alone.
  expect((await bench.update(stack.id, ABANDONED.template)).status).toBe('COMPLETE');
  expect((await bench.record(stack.id, 'one')).physicalId).toBe('other-one-ybhznzathq4l');
  expect((await bench.delete(stack.id)).status).toBe('COMPLETE');
  await bench.close();
});
