import { type CfnServer, cfnServer } from '../../helpers/cfn-server.js';
import { type Client, clientKinds } from './clients.js';

/** What goes wrong, by the names of resources. */
const FAULTS = {
  seed: 'roads',
  rules: [
    // The second change is that of the rollback.
    { resource: 'Sulky', verb: 'update', nth: [2], fault: 'rejected' },
    { resource: 'Stubborn', verb: 'delete', nth: [1], fault: 'rejected' },
  ],
} as const;

const template = (Resources: object, Outputs: object = {}) => JSON.stringify({ Resources, Outputs });
const topic = (DisplayName: unknown) => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName } });
const logs = (RetentionInDays: number) => ({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays } });
const bad = (DependsOn?: string) => ({
  Type: 'OS::Heat::TestResource',
  ...(DependsOn === undefined ? {} : { DependsOn }),
  Properties: { value: 'x', fail: true },
});

describe.each(await clientKinds())('$label', ({ open }) => {
  let server: CfnServer;
  let client: Client;

  beforeEach(async () => {
    server = await cfnServer({ faults: FAULTS, limits: { cancelGraceMs: 100 }, retry: { limit: 1, baseMs: 1 } });
    client = open(server);
  });
  afterEach(async () => {
    client.close();
    await server.close();
    expect(server.bugs).toEqual([]);
  });

  /** The result of an action that must not be refused. */
  async function must(action: string, input: object): Promise<any> {
    const { status, code, message, result } = await client.call(action, input);
    if (status !== 200) throw new Error(`${action}: ${status} ${code} ${message}`);
    return result;
  }

  /** Waits until nothing runs on a stack; gives it. */
  async function settled(StackName: string): Promise<any> {
    const [stack] = (await must('DescribeStacks', { StackName })).Stacks;
    await server.engine.stacks.settled(stack.StackId.split('/').at(-1));
    return (await must('DescribeStacks', { StackName: stack.StackId })).Stacks[0];
  }

  async function create(StackName: string, TemplateBody: string, more: object = {}): Promise<any> {
    await must('CreateStack', { StackName, TemplateBody, ...more });
    return settled(StackName);
  }

  async function update(StackName: string, TemplateBody: string, more: object = {}): Promise<any> {
    await must('UpdateStack', { StackName, TemplateBody, ...more });
    return settled(StackName);
  }

  const physicalId = async (StackName: string, LogicalResourceId: string): Promise<string> =>
    (await must('DescribeStackResource', { StackName, LogicalResourceId })).StackResourceDetail.PhysicalResourceId;

  test('a creation that fails is rolled back, left or deleted', async () => {
    const broken = template({ A: topic('a'), B: bad('A') });
    expect((await create('back', broken)).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await create('left', broken, { OnFailure: 'DO_NOTHING' })).StackStatus).toBe('CREATE_FAILED');
    const { StackId } = await must('CreateStack', { StackName: 'gone', TemplateBody: broken, OnFailure: 'DELETE' });
    await server.engine.stacks.settled(StackId.split('/').at(-1));
    expect((await must('DescribeStacks', { StackName: StackId })).Stacks[0].StackStatus).toBe('DELETE_COMPLETE');
    const kept = await create('kept', broken, { DisableRollback: true });
    expect([kept.StackStatus, kept.DisableRollback]).toEqual(['CREATE_FAILED', true]);
  });

  test('an update that fails is rolled back, and a rollback that fails goes on', async () => {
    await create('s', template({ Sulky: logs(1), T: topic('a') }));
    const half = await update('s', template({ Sulky: logs(3), T: topic('b'), B: bad('Sulky') }));
    expect(half.StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    const refused = await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ T: topic('c') }) });
    expect(refused.message).toMatch(/is in UPDATE_ROLLBACK_FAILED state and can not be updated/);
    await must('ContinueUpdateRollback', { StackName: 's', ResourcesToSkip: ['Sulky'] });
    expect((await settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await update('s', template({ T: topic('c') }))).StackStatus).toBe('UPDATE_COMPLETE');
  });

  test('a failed update that is kept can be rolled back', async () => {
    await create('s', template({ T: topic('a') }));
    const kept = await update('s', template({ T: topic('b'), B: bad('T') }), { DisableRollback: true });
    // Older clients do not know that updates can be kept.
    if (kept.StackStatus === 'UPDATE_FAILED') await must('RollbackStack', { StackName: 's' });
    expect((await settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('an update that waits is cancelled', async () => {
    const server1 = {
      Type: 'AWS::EC2::Instance',
      CreationPolicy: { ResourceSignal: { Count: 1, Timeout: 'PT10M' } },
      Properties: { ImageId: 'ami-12345678', InstanceType: 't3.micro' },
    };
    await create('s', template({ T: topic('a') }));
    await must('UpdateStack', { StackName: 's', TemplateBody: template({ T: topic('b'), Server: server1 }) });
    await must('CancelUpdateStack', { StackName: 's' });
    const stack = await settled('s');
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const { StackResourceSummaries } = await must('ListStackResources', { StackName: 's' });
    expect(StackResourceSummaries.map((one: any) => one.LogicalResourceId)).toEqual(['T']);
    const again = await client.call('CancelUpdateStack', { StackName: 's' });
    expect(again.message).toContain('CancelUpdateStack cannot be called from current stack status');
  });

  test('a deletion that fails keeps what it is told to', async () => {
    await create('s', template({ Stubborn: logs(1), T: topic('a') }));
    const { StackId } = await settled('s');
    await must('DeleteStack', { StackName: 's' });
    expect((await settled(StackId)).StackStatus).toBe('DELETE_FAILED');
    await must('DeleteStack', { StackName: 's', RetainResources: ['Stubborn'] });
    expect((await settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
    expect((await server.engine.store.world.find({ collection: 'AWS::Logs::LogGroup' })).length).toBe(1);
  });

  test('stacks share exports, which are kept from change while they are used', async () => {
    await create('giver', template({ T: topic('a') }, { O: { Value: 'v', Export: { Name: 'shared' } } }));
    await create('taker', template({ T: topic({ 'Fn::ImportValue': 'shared' }) }));
    expect((await must('ListExports', {})).Exports).toMatchObject([{ Name: 'shared', Value: 'v' }]);
    expect((await must('ListImports', { ExportName: 'shared' })).Imports).toEqual(['taker']);
    const refused = await client.call('DeleteStack', { StackName: 'giver' });
    expect([refused.code, refused.message]).toEqual([
      'ValidationError',
      'Export shared cannot be deleted as it is in use by taker',
    ]);
    const changed = template({ T: topic('a') }, { O: { Value: 'w', Export: { Name: 'shared' } } });
    expect((await update('giver', changed)).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('drift is found in what was changed behind the back of its stack', async () => {
    await create('s', template({ L: logs(7), T: topic('a') }));
    await server.engine.cloud
      .generic('AWS::Logs::LogGroup')
      ?.update({ projectId: server.projectId, region: 'us-east-1', token: 'behind' }, await physicalId('s', 'L'), {
        body: { properties: { RetentionInDays: 30 } },
      });
    const { StackDriftDetectionId } = await must('DetectStackDrift', { StackName: 's' });
    let detection: any;
    do {
      detection = await must('DescribeStackDriftDetectionStatus', { StackDriftDetectionId });
    } while (detection.DetectionStatus === 'DETECTION_IN_PROGRESS');
    expect(detection).toMatchObject({
      DetectionStatus: 'DETECTION_COMPLETE',
      StackDriftStatus: 'DRIFTED',
      DriftedStackResourceCount: 1,
    });
    const { StackResourceDrifts } = await must('DescribeStackResourceDrifts', {
      StackName: 's',
      StackResourceDriftStatusFilters: ['MODIFIED'],
    });
    expect(StackResourceDrifts).toMatchObject([
      {
        LogicalResourceId: 'L',
        PropertyDifferences: [
          { PropertyPath: '/RetentionInDays', ExpectedValue: '7', ActualValue: '30', DifferenceType: 'NOT_EQUAL' },
        ],
      },
    ]);
  });

  test('what exists is imported, and nothing is made for it', async () => {
    await create('old', template({ L: { ...logs(7), DeletionPolicy: 'Retain' } }));
    const id = await physicalId('old', 'L');
    await must('DeleteStack', { StackName: 'old' });
    await create('s', template({ T: topic('a') }));
    const before = (await server.engine.store.world.ledger()).length;
    await must('CreateChangeSet', {
      StackName: 's',
      ChangeSetName: 'take',
      ChangeSetType: 'IMPORT',
      TemplateBody: template({ T: topic('a'), L: { ...logs(7), DeletionPolicy: 'Retain' } }),
      ResourcesToImport: [
        {
          ResourceType: 'AWS::Logs::LogGroup',
          LogicalResourceId: 'L',
          ResourceIdentifier: { LogGroupName: id },
        },
      ],
    });
    const { Changes } = await must('DescribeChangeSet', { StackName: 's', ChangeSetName: 'take' });
    expect(Changes.map((one: any) => one.ResourceChange.Action)).toEqual(['Import']);
    await must('ExecuteChangeSet', { StackName: 's', ChangeSetName: 'take' });
    expect((await settled('s')).StackStatus).toBe('IMPORT_COMPLETE');
    expect(await physicalId('s', 'L')).toBe(id);
    const made = (await server.engine.store.world.ledger()).slice(before).filter(({ verb }) => verb === 'create');
    expect(made).toEqual([]);
  });

  test('resources move from stack to stack, and none is replaced', async () => {
    const whole = await create('left', template({ A: logs(1), B: logs(3) }));
    const id = await physicalId('left', 'B');
    const before = (await server.engine.store.world.ledger()).length;
    const planned = await client.call('CreateStackRefactor', {
      EnableStackCreation: true,
      StackDefinitions: [
        { StackName: 'left', TemplateBody: template({ A: logs(1) }) },
        { StackName: 'right', TemplateBody: template({ B: logs(3) }) },
      ],
    });
    // Older clients know nothing of it.
    if (planned.status === 0) return;
    const { StackRefactorId } = planned.result;
    await must('ExecuteStackRefactor', { StackRefactorId });
    const shown = await must('DescribeStackRefactor', { StackRefactorId });
    expect(shown.ExecutionStatus).toBe('EXECUTE_COMPLETE');
    expect(await physicalId('right', 'B')).toBe(id);
    const { StackResources } = await must('DescribeStackResources', { StackName: whole.StackId });
    expect(StackResources.map((one: any) => one.LogicalResourceId)).toEqual(['A']);
    expect((await server.engine.store.world.ledger()).slice(before)).toEqual([]);
  });

  test('a change of tags is a change, and reaches the resources', async () => {
    const body = template({ L: logs(1) });
    await create('s', body, { Tags: [{ Key: 'team', Value: 'a' }] });
    await must('CreateChangeSet', {
      StackName: 's',
      ChangeSetName: 'tags',
      UsePreviousTemplate: true,
      Tags: [{ Key: 'team', Value: 'b' }],
    });
    const described = await must('DescribeChangeSet', { StackName: 's', ChangeSetName: 'tags' });
    expect([described.Status, described.ExecutionStatus]).toEqual(['CREATE_COMPLETE', 'AVAILABLE']);
    expect(described.Changes.map(({ ResourceChange: one }: any) => [one.Action, one.Scope, one.Replacement])).toEqual([
      ['Modify', ['Tags'], 'False'],
    ]);
    await must('ExecuteChangeSet', { StackName: 's', ChangeSetName: 'tags' });
    const stack = await settled('s');
    expect([stack.StackStatus, stack.Tags]).toEqual(['UPDATE_COMPLETE', [{ Key: 'team', Value: 'b' }]]);
    const [group] = await server.engine.store.world.find({ collection: 'AWS::Logs::LogGroup' });
    expect(group?.body.properties).toMatchObject({ Tags: [{ Key: 'team', Value: 'b' }] });
    await must('CreateChangeSet', {
      StackName: 's',
      ChangeSetName: 'same',
      UsePreviousTemplate: true,
      Tags: [{ Key: 'team', Value: 'b' }],
    });
    const same = await must('DescribeChangeSet', { StackName: 's', ChangeSetName: 'same' });
    expect([same.Status, same.StatusReason]).toEqual([
      'FAILED',
      "The submitted information didn't contain changes. Submit different information to create a change set.",
    ]);
  });
});
