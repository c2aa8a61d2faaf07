import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient();
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

const volume = (size: unknown, extra: object = {}) => ({
  Type: 'AWS::EC2::Volume',
  Properties: { Size: size, AvailabilityZone: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, ...extra },
});
const topic = (name: string) => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName: name } });
const template = (resources: object, rest: object = {}) =>
  JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', ...rest, Resources: resources });

test('a change set makes a stack, and the stack waits for it in review', async () => {
  const made = await client.call('CreateChangeSet', {
    StackName: 's',
    ChangeSetName: 'first',
    ChangeSetType: 'CREATE',
    TemplateBody: template({ V: volume(1) }),
  });
  expect(made.result.Id).toMatch(/^arn:aws:cloudformation:us-east-1:\d{12}:changeSet\/first\/[0-9a-f-]{36}$/);
  expect((await client.call('DescribeStacks', { StackName: 's' })).result.Stacks[0].StackStatus).toBe(
    'REVIEW_IN_PROGRESS',
  );
  const taken = await client.call('CreateStack', { StackName: 's', TemplateBody: template({ V: volume(1) }) });
  expect(taken.message).toBe('Stack [s] already exists');
  const shown = await client.call('DescribeChangeSet', {
    StackName: 's',
    ChangeSetName: 'first',
    IncludePropertyValues: true,
  });
  expect(shown.result).toMatchObject({
    Status: 'CREATE_COMPLETE',
    ExecutionStatus: 'AVAILABLE',
    ChangeSetName: 'first',
  });
  expect(shown.result.Changes).toHaveLength(1);
  expect(shown.result.Changes[0]).toMatchObject({
    Type: 'Resource',
    ResourceChange: { Action: 'Add', LogicalResourceId: 'V', ResourceType: 'AWS::EC2::Volume' },
  });
  expect(JSON.parse(shown.result.Changes[0].ResourceChange.AfterContext).Properties.Size).toBe(1);
  expect((await client.call('ExecuteChangeSet', { ChangeSetName: made.result.Id })).status).toBe(200);
  expect(await client.settled('s')).toMatchObject({ StackStatus: 'CREATE_COMPLETE', ChangeSetId: made.result.Id });
  expect((await client.call('DescribeChangeSet', { ChangeSetName: made.result.Id })).result.ExecutionStatus).toBe(
    'EXECUTE_COMPLETE',
  );
  const events = (await client.call('DescribeStackEvents', { StackName: 's' })).result.StackEvents.reverse();
  expect(events.slice(0, 2).map((e: any) => `${e.ResourceStatus} ${e.ResourceStatusReason}`)).toEqual([
    'REVIEW_IN_PROGRESS User Initiated',
    'CREATE_IN_PROGRESS User Initiated',
  ]);
});

test('a change set of an update tells what changes, why, and what is replaced', async () => {
  const parameters = { Parameters: { Size: { Type: 'Number', Default: 1 } } };
  const before = { A: volume({ Ref: 'Size' }), B: topic('one'), C: volume(7) };
  await client.call('CreateStack', { StackName: 's', TemplateBody: template(before, parameters) });
  await client.settled('s');
  const after = { A: volume({ Ref: 'Size' }), B: topic('two'), D: volume(1) };
  const input = {
    StackName: 's',
    TemplateBody: template(after, parameters),
    Parameters: [{ ParameterKey: 'Size', ParameterValue: '3' }],
  };
  await client.call('CreateChangeSet', { ...input, ChangeSetName: 'other' });
  expect((await client.call('CreateChangeSet', { ...input, ChangeSetName: 'change' })).status).toBe(200);
  const shown = (
    await client.call('DescribeChangeSet', { StackName: 's', ChangeSetName: 'change', IncludePropertyValues: true })
  ).result;
  const byName = Object.fromEntries(
    shown.Changes.map((change: any) => [change.ResourceChange.LogicalResourceId, change.ResourceChange]),
  );
  expect(byName.A).toMatchObject({ Action: 'Modify', Scope: ['Properties'] });
  expect(byName.A.Details[0]).toMatchObject({
    Evaluation: 'Static',
    ChangeSource: 'ParameterReference',
    CausingEntity: 'Size',
    Target: {
      Attribute: 'Properties',
      Name: 'Size',
      Path: '/Properties/Size',
      BeforeValue: '1',
      AfterValue: '3',
      AttributeChangeType: 'Modify',
    },
  });
  expect(byName.B).toMatchObject({ Action: 'Modify', Replacement: 'True', PolicyAction: 'ReplaceAndDelete' });
  expect(byName.B.Details[0]).toMatchObject({
    Evaluation: 'Static',
    ChangeSource: 'DirectModification',
    Target: { RequiresRecreation: 'Always' },
  });
  expect(byName.C).toMatchObject({ Action: 'Remove', PolicyAction: 'Delete' });
  expect(byName.D).toMatchObject({ Action: 'Add' });
  const plain = (await client.call('DescribeChangeSet', { StackName: 's', ChangeSetName: 'change' })).result;
  expect(JSON.stringify(plain)).not.toContain('AfterValue');
  expect((await client.call('ListChangeSets', { StackName: 's' })).result.Summaries).toHaveLength(2);
  await client.call('ExecuteChangeSet', { StackName: 's', ChangeSetName: 'change' });
  expect(await client.settled('s')).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
    Parameters: [{ ParameterValue: '3' }],
  });
  expect((await client.call('ListChangeSets', { StackName: 's' })).result.Summaries).toHaveLength(1);
  const replaced = (await client.call('DescribeStackEvents', { StackName: 's' })).result.StackEvents.filter(
    (e: any) => e.LogicalResourceId === 'B',
  )
    .map((e: any) => [e.ResourceStatus, e.ResourceStatusReason])
    .reverse()
    .slice(3);
  expect(replaced).toEqual([
    ['UPDATE_IN_PROGRESS', 'Requested update requires the creation of a new physical resource; hence creating one.'],
    ['UPDATE_IN_PROGRESS', 'Resource creation Initiated'],
    ['UPDATE_COMPLETE', undefined],
    ['DELETE_IN_PROGRESS', undefined],
    ['DELETE_COMPLETE', undefined],
  ]);
});

test('a change set without changes fails, and one that others overtook is obsolete', async () => {
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ V: volume(1) }) });
  await client.settled('s');
  await client.call('CreateChangeSet', {
    StackName: 's',
    ChangeSetName: 'same',
    TemplateBody: template({ V: volume(1) }),
  });
  const same = (await client.call('DescribeChangeSet', { StackName: 's', ChangeSetName: 'same' })).result;
  expect(same).toMatchObject({
    Status: 'FAILED',
    ExecutionStatus: 'UNAVAILABLE',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
  });
  await client.call('CreateChangeSet', {
    StackName: 's',
    ChangeSetName: 'late',
    TemplateBody: template({ V: volume(2) }),
  });
  await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ V: volume(3) }) });
  await client.settled('s');
  expect(
    (await client.call('DescribeChangeSet', { StackName: 's', ChangeSetName: 'late' })).result.ExecutionStatus,
  ).toBe('OBSOLETE');
  const refused = await client.call('ExecuteChangeSet', { StackName: 's', ChangeSetName: 'late' });
  expect([refused.code, refused.status]).toEqual(['InvalidChangeSetStatus', 400]);
  await client.call('DeleteChangeSet', { StackName: 's', ChangeSetName: 'late' });
  const gone = await client.call('DescribeChangeSet', { StackName: 's', ChangeSetName: 'late' });
  expect([gone.code, gone.status, gone.message]).toEqual(['ChangeSetNotFound', 404, 'ChangeSet [late] does not exist']);
});

test('an existing resource is imported, and only looked at', async () => {
  const keep = (resource: object) => ({ ...resource, DeletionPolicy: 'Retain' });
  await client.call('CreateStack', { StackName: 'owner', TemplateBody: template({ V: keep(volume(4)) }) });
  await client.settled('owner');
  const [owned] = (await client.call('ListStackResources', { StackName: 'owner' })).result.StackResourceSummaries;
  const wish = {
    StackName: 'taker',
    ChangeSetName: 'import',
    ChangeSetType: 'IMPORT',
    TemplateBody: template({ W: keep(volume(4)) }),
    ResourcesToImport: [
      {
        ResourceType: 'AWS::EC2::Volume',
        LogicalResourceId: 'W',
        ResourceIdentifier: { $map: { VolumeId: owned.PhysicalResourceId } },
      },
    ],
  };
  await client.call('CreateChangeSet', wish);
  const taken = (await client.call('DescribeChangeSet', { StackName: 'taker', ChangeSetName: 'import' })).result;
  expect(taken.StatusReason).toMatch(/is already managed by stack/);
  await client.call('DeleteStack', { StackName: 'owner' });
  await client.settled('owner');
  const skipped = (
    await client.call('DescribeStackEvents', {
      StackName: (await client.call('ListStacks')).result.StackSummaries.find((s: any) => s.StackName === 'owner')
        .StackId,
    })
  ).result.StackEvents;
  expect(skipped.filter((e: any) => e.LogicalResourceId === 'V')[0].ResourceStatus).toBe('DELETE_SKIPPED');
  await client.call('CreateChangeSet', { ...wish, ChangeSetName: 'again' });
  const shown = (await client.call('DescribeChangeSet', { StackName: 'taker', ChangeSetName: 'again' })).result;
  expect(shown).toMatchObject({
    Status: 'CREATE_COMPLETE',
    Changes: [{ ResourceChange: { Action: 'Import', LogicalResourceId: 'W' } }],
  });
  await client.call('ExecuteChangeSet', { StackName: 'taker', ChangeSetName: 'again' });
  expect((await client.settled('taker')).StackStatus).toBe('IMPORT_COMPLETE');
  const [imported] = (await client.call('ListStackResources', { StackName: 'taker' })).result.StackResourceSummaries;
  expect(imported).toMatchObject({ PhysicalResourceId: owned.PhysicalResourceId, ResourceStatus: 'IMPORT_COMPLETE' });
});

test('drift of a resource that was changed behind the back of its stack is found', async () => {
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ V: volume(4), W: volume(5) }) });
  await client.settled('s');
  const resources = (await client.call('ListStackResources', { StackName: 's' })).result.StackResourceSummaries;
  const volumes: any = (client.engine.cloud as any).collection('volumes');
  const call = { projectId: 'p1', region: 'us-east-1' };
  const detect = async () => {
    const { result } = await client.call('DetectStackDrift', { StackName: 's' });
    for (;;) {
      const status = (await client.call('DescribeStackDriftDetectionStatus', result)).result;
      if (status.DetectionStatus !== 'DETECTION_IN_PROGRESS') return status;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  expect(await detect()).toMatchObject({
    DetectionStatus: 'DETECTION_COMPLETE',
    StackDriftStatus: 'IN_SYNC',
    DriftedStackResourceCount: '0',
  });
  await volumes.delete(call, resources[1].PhysicalResourceId, 'token');
  const found = await detect();
  expect(found).toMatchObject({ StackDriftStatus: 'DRIFTED' });
  const drifts = (
    await client.call('DescribeStackResourceDrifts', {
      StackName: 's',
      StackResourceDriftStatusFilters: ['DELETED', 'MODIFIED'],
    })
  ).result.StackResourceDrifts;
  expect(drifts).toMatchObject([
    { LogicalResourceId: resources[1].LogicalResourceId, StackResourceDriftStatus: 'DELETED' },
  ]);
  expect(
    (await client.call('DescribeStacks', { StackName: 's' })).result.Stacks[0].DriftInformation.StackDriftStatus,
  ).toBe('DRIFTED');
});

test('a change set that is to revert drift is refused, not made without', async () => {
  await client.call('CreateStack', {
    StackName: 's',
    TemplateBody: '{"Resources": {"A": {"Type": "OS::Heat::None"}}}',
  });
  await client.settled('s');
  const refused = await client.call('CreateChangeSet', {
    StackName: 's',
    ChangeSetName: 'c',
    UsePreviousTemplate: true,
    DeploymentMode: 'REVERT_DRIFT',
  });
  expect(refused.message).toBe('DeploymentMode REVERT_DRIFT is not supported by this service.');
});
