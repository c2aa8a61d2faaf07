import type { ResourceSchema } from '../../../src/engine/drivers/resource-schema.js';
import { Unknown } from '../../../src/engine/model/value.js';
import type { StackIdentity } from '../../../src/engine/planning/stack-identity.js';
import { withStackTags } from '../../../src/engine/planning/stack-tags.js';
import { loadSchema } from '../../../src/resources/catalogue/catalogue.js';

const stack: StackIdentity = {
  id: 'id',
  name: 's',
  projectId: 'p',
  region: 'us-east-1',
  origin: 'cfn',
  notificationArns: [],
  tags: { team: 'a', stage: 'prod' },
};
const schemaOf = (type: string) => loadSchema(type, { prefer: 'aws' }) as ResourceSchema;

test('resources have the tags of their stack, after their own, which win', () => {
  const own = { RetentionInDays: 7, Tags: [{ Key: 'team', Value: 'mine' }] };
  expect(withStackTags(own, schemaOf('AWS::Logs::LogGroup'), stack)).toEqual({
    RetentionInDays: 7,
    Tags: [
      { Key: 'team', Value: 'mine' },
      { Key: 'stage', Value: 'prod' },
    ],
  });
  expect(withStackTags({}, schemaOf('AWS::SNS::Topic'), stack).Tags).toHaveLength(2);
});

test('groups hand them on to their servers, and some types have them as a map', () => {
  expect(withStackTags({}, schemaOf('AWS::AutoScaling::AutoScalingGroup'), stack).Tags).toContainEqual({
    Key: 'team',
    Value: 'a',
    PropagateAtLaunch: true,
  });
  const mapped = schemaOf('AWS::SSM::Parameter');
  expect(withStackTags({ Tags: { team: 'mine' } }, mapped, stack).Tags).toEqual({ team: 'mine', stage: 'prod' });
});

test.each([
  ['a type without tags', 'AWS::Lambda::Permission', {}, stack],
  ['a stack without tags', 'AWS::SNS::Topic', {}, { ...stack, tags: {} }],
  ['a stack of Heat', 'AWS::SNS::Topic', {}, { ...stack, origin: 'heat' as const }],
  ['tags that nobody knows yet', 'AWS::SNS::Topic', { Tags: new Unknown(['x']) }, stack],
])('%s: they stay as they are', (_what, type, properties, around) => {
  expect(withStackTags(properties, schemaOf(type), around)).toBe(properties);
});
