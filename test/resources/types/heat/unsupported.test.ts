import { createEngine, type Engine } from '../../../../src/create-engine.js';
import { ValidationError } from '../../../../src/engine/model/errors.js';
import type { JsonMap } from '../../../../src/engine/model/value.js';
import { localCaller } from '../../../../src/local-caller.js';

const caller = localCaller();
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({});
});
afterAll(() => engine.close(0));

const template = (type: string, properties: JsonMap): JsonMap => ({
  heat_template_version: '2021-04-16',
  resources: {
    random: { type: 'OS::Heat::RandomString' },
    flow: { type, properties },
  },
});

describe.each([
  'OS::Mistral::Workflow',
  'OS::Mistral::CronTrigger',
  'OS::Mistral::ExternalResource',
  'OS::Zaqar::MistralTrigger',
])('%s', (type) => {
  const sentence = `${type} is not supported: workflows are not run here: call the steps from outside, or use OS::Heat::SoftwareDeployment or a custom resource.`;

  test.each<{ reason: string; properties: JsonMap }>([
    { reason: 'without properties', properties: {} },
    { reason: 'with values that are not known yet', properties: { name: { get_attr: ['random', 'value'] } } },
    { reason: 'with properties that it would not take', properties: { nonsense: [1] } },
  ])('is refused $reason, with the way out and nothing else', async ({ properties }) => {
    const refused = await engine.stacks
      .create(caller, { name: 'flows', template: template(type, properties) })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ValidationError);
    const told = (refused as ValidationError).diagnostics.map(({ code, message, path }) => [code, message, path]);
    expect(told).toEqual([['not-supported', sentence, ['resources', 'flow']]]);
  });

  test('is told by a mere check of the template too', async () => {
    const { diagnostics } = await engine.stacks.validate(caller, { template: template(type, {}) });
    expect(diagnostics.map(({ message }) => message)).toEqual([sentence]);
  });
});
