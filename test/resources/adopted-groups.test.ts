import { createEngine, type Engine } from '../../src/create-engine.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import { localCaller } from '../../src/local-caller.js';

const caller = localCaller();
let engine: Engine;
beforeEach(async () => {
  engine = await createEngine();
});
afterEach(() => engine.close());

const ids = async (stackId: string) =>
  (await engine.stacks.resources(caller, stackId, { nestedDepth: 5 }))
    .flatMap(({ record }) => (record.childStackId ? [] : [String(record.physicalId)]))
    .sort();

async function settled(id: string): Promise<string> {
  const { action, status, statusReason } = await engine.stacks.settled(id);
  return status === 'COMPLETE' ? `${action}_COMPLETE` : `${action}_${status}: ${statusReason}`;
}

test.each([
  {
    what: 'a scaling group with a rolling update',
    template: `heat_template_version: 2021-04-16
resources:
  group:
    type: OS::Heat::AutoScalingGroup
    properties:
      min_size: 1
      max_size: 3
      desired_capacity: 2
      rolling_updates: { max_batch_size: 1, min_in_service: 1, pause_time: 1 }
      resource: { type: OS::Heat::RandomString }
`,
  },
  {
    what: 'instances of a launch configuration',
    template: `HeatTemplateFormatVersion: '2012-12-12'
Resources:
  Launch: { Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { ImageId: cirros, InstanceType: m1.small } }
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: { LaunchConfigurationName: { Ref: Launch }, MinSize: '1', MaxSize: '2', AvailabilityZones: { 'Fn::GetAZs': '' } }
`,
  },
])('$what is taken over member by member', async ({ template }) => {
  const { id } = await engine.stacks.create(caller, { name: 'old', template });
  expect(await settled(id)).toBe('CREATE_COMPLETE');
  const before = await ids(id);
  const adoptData = JSON.parse(JSON.stringify(await engine.stacks.abandon(caller, id))) as JsonMap;
  await settled(id);
  const adopted = await engine.stacks.create(caller, { name: 'new', adoptData });
  expect(await settled(adopted.id)).toBe('ADOPT_COMPLETE');
  expect(await ids(adopted.id)).toEqual(before);
});
