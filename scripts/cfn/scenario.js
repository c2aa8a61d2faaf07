/**
 * A play in which every implemented action has a part, written so that answers have as much to say as they ever have.
 * `play(client, sources)` resolves when it is over; what was answered is the caller's to look at. Tests let other people's clients
 * play it: it asks for nothing but answers in the form of the wire.
 */

const topic = (DisplayName, more = {}) => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName, ...more } });
const body = (parts) => JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', ...parts });

const MAIN = (size, extra = {}) =>
  body({
    Description: 'what answers can tell',
    Metadata: { Author: 'scripts' },
    Parameters: {
      Name: { Type: 'String', Default: 'one', Description: 'a name', AllowedValues: ['one', 'two'] },
      Hidden: { Type: 'String', NoEcho: true, Default: 'hush' },
      Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/app/image' },
    },
    Conditions: { IsOne: { 'Fn::Equals': [{ Ref: 'Name' }, 'one'] } },
    Resources: {
      Volume: {
        Type: 'AWS::EC2::Volume',
        DeletionPolicy: 'Snapshot',
        UpdateReplacePolicy: 'Retain',
        Metadata: { note: 'kept' },
        Properties: {
          Size: size,
          AvailabilityZone: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] },
          Tags: [{ Key: 'Name', Value: { Ref: 'Name' } }],
        },
      },
      Topic: topic({ Ref: 'Name' }),
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { RoleName: 'named', AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
      },
      Child: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: 'https://s3.amazonaws.com/b/child.json', Parameters: { Name: { Ref: 'Name' } } },
      },
      ...extra,
    },
    Outputs: { Id: { Value: { Ref: 'Volume' }, Description: 'its id', Export: { Name: 'volume-id' } } },
  });

const CHILD = body({ Parameters: { Name: { Type: 'String' } }, Resources: { Topic: topic({ Ref: 'Name' }) } });

const FULL = {
  NotificationARNs: ['arn:aws:sns:us-east-1:123456789012:events'],
  RoleARN: 'arn:aws:iam::123456789012:role/deployer',
  Capabilities: ['CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
  Tags: [{ Key: 'team', Value: 'a' }],
};

/** What a full request says, the alarm of the play's own account included. */
let FULLY = FULL;

async function alarm(client, must, sources) {
  const Properties = {
    AlarmName: 'high',
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    MetricName: 'm',
    Namespace: 'n',
    Period: 60,
    Statistic: 'Average',
    Threshold: 1,
  };
  await must('CreateStack', {
    StackName: 'alarms',
    TemplateBody: body({ Resources: { High: { Type: 'AWS::CloudWatch::Alarm', Properties } } }),
  });
  await settle(client, 'alarms');
  const Arn = `arn:aws:cloudwatch:us-east-1:${sources.accountOf(client.projectId)}:alarm:high`;
  const RollbackTriggers = [{ Arn, Type: 'AWS::CloudWatch::Alarm' }];
  FULLY = { ...FULL, RollbackConfiguration: { RollbackTriggers, MonitoringTimeInMinutes: 0 } };
}

/** Waits until nothing runs on a stack; gives its ARN. */
async function settle({ call, engine }, StackName) {
  const { result } = await call('DescribeStacks', { StackName });
  const arn = result.Stacks?.member?.[0]?.StackId;
  await engine.stacks.settled(String(arn).split('/').at(-1));
  return arn;
}

export async function play(client, sources, { isLong = true } = {}) {
  const { call, engine, urls } = client;
  urls.set('https://s3.amazonaws.com/b/child.json', CHILD);
  urls.set('https://s3.amazonaws.com/b/main.json', MAIN('1'));
  await engine.cloud
    .collection('parameters')
    .create(
      { projectId: client.projectId, region: 'us-east-1' },
      { name: '/app/image', type: 'String', value: 'ami-1' },
    );
  const must = async (action, input) => {
    const answer = await call(action, input);
    if (answer.status !== 200) throw new Error(`${action}: ${answer.code} ${answer.message}`);
    return answer.result;
  };
  await alarm(client, must, sources);
  await templates(must);
  await life(client, must);
  await changeSets(client, must);
  await drift(client, must);
  await failures(client, must);
  await refactor(client, must);
  await generated(client, must);
  await stackSets(client, must, sources);
  if (isLong) await paging(client, must, sources);
  await stubborn(client, must);
  await end(client, must);
}

async function templates(must) {
  const transformed = body({
    Transform: 'AWS::LanguageExtensions',
    Resources: { 'Fn::ForEach::Topics': ['Name', ['A', 'B'], { 'Topic${Name}': topic('t') }] },
  });
  await must('ValidateTemplate', { TemplateBody: transformed });
  await must('GetTemplateSummary', { TemplateBody: transformed });
  await must('ValidateTemplate', { TemplateBody: MAIN('1') });
  await must('GetTemplateSummary', { TemplateURL: 'https://s3.amazonaws.com/b/main.json' });
  await must('EstimateTemplateCost', { TemplateBody: MAIN('1') });
  await must('DescribeAccountLimits');
}

async function life(client, must) {
  const made = await must('CreateStack', {
    StackName: 'main',
    TemplateBody: MAIN('1'),
    ...FULLY,
    TimeoutInMinutes: 30,
    EnableTerminationProtection: false,
    RetainExceptOnCreate: true,
    StackPolicyBody: JSON.stringify({
      Statement: [{ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }],
    }),
    ClientRequestToken: 'token-1',
  });
  await settle(client, 'main');
  await must('CreateStack', {
    StackName: 'user',
    TemplateBody: body({ Resources: { T: topic({ 'Fn::ImportValue': 'volume-id' }) } }),
  });
  await settle(client, 'user');
  await must('ListExports');
  await must('ListImports', { ExportName: 'volume-id' });
  await must('GetStackPolicy', { StackName: 'main' });
  await must('SetStackPolicy', {
    StackName: 'main',
    StackPolicyBody: JSON.stringify({
      Statement: [{ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }],
    }),
  });
  await must('UpdateTerminationProtection', { StackName: 'main', EnableTerminationProtection: false });
  await must('GetTemplate', { StackName: 'main', TemplateStage: 'Original' });
  await must('GetTemplateSummary', { StackName: 'main' });
  await must('UpdateStack', { StackName: 'main', TemplateBody: MAIN('2'), ...FULLY, ClientRequestToken: 'token-2' });
  await settle(client, 'main');
  await must('DescribeStacks', { StackName: made.StackId });
  await must('ListStacks');
  await must('DescribeStackResources', { StackName: 'main' });
  await must('DescribeStackResource', { StackName: 'main', LogicalResourceId: 'Volume' });
  await must('DescribeStackResource', { StackName: 'main', LogicalResourceId: 'Child' });
  await must('ListStackResources', { StackName: 'main' });
  await must('DescribeStackEvents', { StackName: 'main' });
  await must('DescribeEvents', { StackName: 'main' });
  const nested = await must('ListStackResources', { StackName: 'main' });
  const child = nested.StackResourceSummaries.member.find((one) => one.LogicalResourceId === 'Child');
  await must('DescribeStacks', { StackName: child.PhysicalResourceId });
}

async function changeSets(client, must) {
  const grown = JSON.parse(MAIN('3', { Extra: topic({ 'Fn::GetAtt': ['Volume', 'VolumeId'] }) }));
  delete grown.Resources.Role;
  const changed = JSON.stringify(grown);
  await must('CreateChangeSet', {
    StackName: 'main',
    ChangeSetName: 'change',
    Description: 'more',
    TemplateBody: changed,
    Parameters: [{ ParameterKey: 'Name', ParameterValue: 'two' }],
    IncludeNestedStacks: true,
    OnStackFailure: 'ROLLBACK',
    ImportExistingResources: false,
    ...FULLY,
  });
  await must('ListChangeSets', { StackName: 'main' });
  await must('DescribeChangeSet', { StackName: 'main', ChangeSetName: 'change', IncludePropertyValues: true });
  await must('GetTemplate', { StackName: 'main', ChangeSetName: 'change' });
  await must('CreateChangeSet', { StackName: 'user', ChangeSetName: 'none', UsePreviousTemplate: true });
  await must('DescribeChangeSet', { StackName: 'user', ChangeSetName: 'none' });
  await must('ListChangeSets', { StackName: 'user' });
  await must('DeleteChangeSet', { StackName: 'user', ChangeSetName: 'none' });
  const { Changes } = await must('DescribeChangeSet', { StackName: 'main', ChangeSetName: 'change' });
  const inner = Changes.member.map((one) => one.ResourceChange?.ChangeSetId).find((one) => one !== undefined);
  if (inner) await must('DescribeChangeSet', { ChangeSetName: inner });
  if (inner)
    await must('ListChangeSets', { StackName: (await must('DescribeChangeSet', { ChangeSetName: inner })).StackId });
  await must('ExecuteChangeSet', { StackName: 'main', ChangeSetName: 'change' });
  await settle(client, 'main');
  await must('CreateChangeSet', {
    StackName: 'review',
    ChangeSetName: 'first',
    ChangeSetType: 'CREATE',
    TemplateBody: body({ Resources: { T: topic('r') } }),
  });
  await must('DescribeStacks', { StackName: 'review' });
  await must('DescribeEvents', { StackName: 'main' });
}

async function drift(client, must) {
  const { engine } = client;
  const listed = await must('DescribeStackResources', { StackName: 'main' });
  const volume = listed.StackResources.member.find((one) => one.LogicalResourceId === 'Volume');
  await engine.cloud
    .collection('volumes')
    .act({ projectId: client.projectId, region: 'us-east-1', token: 'behind' }, volume.PhysicalResourceId, 'extend', {
      size: 9,
    });
  const { StackDriftDetectionId } = await must('DetectStackDrift', { StackName: 'main' });
  for (let turn = 0; turn < 100; turn++) {
    const { DetectionStatus } = await must('DescribeStackDriftDetectionStatus', { StackDriftDetectionId });
    if (DetectionStatus !== 'DETECTION_IN_PROGRESS') break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await must('DescribeStackResourceDrifts', { StackName: 'main' });
  await must('DetectStackResourceDrift', { StackName: 'main', LogicalResourceId: 'Volume' });
  await must('DescribeStackResource', { StackName: 'main', LogicalResourceId: 'Volume' });
  await must('DescribeStackResources', { StackName: 'main' });
  await must('ListStackResources', { StackName: 'main' });
  await must('DescribeStacks', { StackName: 'main' });
  await must('ListStacks');
}

async function failures(client, must) {
  const role = {
    Type: 'AWS::IAM::Role',
    Properties: { RoleName: 'named', AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
  };
  await must('CreateStack', {
    StackName: 'holder',
    TemplateBody: body({ Resources: { Role: role } }),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  await settle(client, 'holder');
  const broken = body({
    Resources: {
      Good: topic('g'),
      Bad: {
        Type: 'AWS::IAM::Role',
        DependsOn: 'Good',
        Properties: { RoleName: 'named', AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
      },
    },
  });
  await must('CreateStack', {
    StackName: 'failed',
    TemplateBody: broken,
    DisableRollback: true,
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  await settle(client, 'failed');
  await must('DescribeStacks', { StackName: 'failed' });
  await must('DescribeStackResources', { StackName: 'failed' });
  await must('DescribeStackResource', { StackName: 'failed', LogicalResourceId: 'Bad' });
  await must('ListStackResources', { StackName: 'failed' });
  await must('DescribeStackEvents', { StackName: 'failed' });
  await must('DescribeEvents', { StackName: 'failed', Filters: { FailedEvents: true } });
  await must('RollbackStack', { StackName: 'failed' });
  await settle(client, 'failed');
  const server = {
    Type: 'AWS::EC2::Instance',
    CreationPolicy: { ResourceSignal: { Count: 1, Timeout: 'PT10M' } },
    Properties: { ImageId: 'ami-12345678', InstanceType: 't3.micro' },
  };
  await must('CreateStack', { StackName: 'waiting', TemplateBody: body({ Resources: { Server: server } }) });
  for (let turn = 0; turn < 500; turn++) {
    const answer = await client.call('SignalResource', {
      StackName: 'waiting',
      LogicalResourceId: 'Server',
      UniqueId: 'i-1',
      Status: 'SUCCESS',
    });
    if (answer.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await settle(client, 'waiting');
  await must('UpdateStack', {
    StackName: 'waiting',
    TemplateBody: body({ Resources: { Server: server, Other: server } }),
  });
  await must('CancelUpdateStack', { StackName: 'waiting' });
  await settle(client, 'waiting');
  const logs = (RetentionInDays) => ({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays } });
  const sulking = (days, more) => body({ Resources: { Sulky: logs(days), ...more } });
  await must('CreateStack', { StackName: 'sulking', TemplateBody: sulking(1, {}) });
  await settle(client, 'sulking');
  const taken = { ...role, DependsOn: 'Sulky' };
  await must('UpdateStack', {
    StackName: 'sulking',
    TemplateBody: sulking(3, { Taken: taken }),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
  });
  await settle(client, 'sulking');
  await must('ContinueUpdateRollback', { StackName: 'sulking', ResourcesToSkip: ['Sulky'] });
  await settle(client, 'sulking');
}

async function refactor(client, must) {
  await must('CreateStack', { StackName: 'left', TemplateBody: body({ Resources: { A: topic('a'), B: topic('b') } }) });
  await settle(client, 'left');
  const { StackRefactorId } = await must('CreateStackRefactor', {
    Description: 'share out',
    EnableStackCreation: true,
    StackDefinitions: [
      { StackName: 'left', TemplateBody: body({ Resources: { A: topic('a') } }) },
      { StackName: 'right', TemplateBody: body({ Resources: { B: topic('b') } }) },
    ],
  });
  await must('ListStackRefactorActions', { StackRefactorId });
  const bad = await must('CreateStackRefactor', {
    StackDefinitions: [{ StackName: 'left', TemplateBody: body({ Resources: { A: topic('x') } }) }],
  });
  await must('DescribeStackRefactor', { StackRefactorId: bad.StackRefactorId });
  await must('ExecuteStackRefactor', { StackRefactorId });
  const late = await must('CreateStackRefactor', {
    StackDefinitions: [{ StackName: 'right', TemplateBody: body({ Resources: { C: topic('b') } }) }],
  });
  await must('UpdateStack', { StackName: 'right', TemplateBody: body({ Resources: { B: topic('changed') } }) });
  await settle(client, 'right');
  await must('DescribeStackRefactor', { StackRefactorId: late.StackRefactorId });
  await must('DescribeStackRefactor', { StackRefactorId });
  await must('ListStackRefactors');
}

async function generated(client, must) {
  const database = {
    Type: 'AWS::RDS::DBInstance',
    DeletionPolicy: 'Delete',
    Properties: {
      DBInstanceIdentifier: 'db',
      Engine: 'mysql',
      DBInstanceClass: 'db.t3.micro',
      AllocatedStorage: '5',
      MasterUsername: 'root',
      MasterUserPassword: 'very-secret-word',
    },
  };
  await must('CreateStack', { StackName: 'base', TemplateBody: body({ Resources: { Database: database } }) });
  await settle(client, 'base');
  await must('StartResourceScan');
  const { ResourceScanId } = await must('StartResourceScan', {
    ScanFilters: [{ Types: ['AWS::SNS::Topic', 'AWS::EC2::*', 'AWS::RDS::*'] }],
  });
  await must('DescribeResourceScan', { ResourceScanId });
  await must('ListResourceScans');
  const { Resources } = await must('ListResourceScanResources', { ResourceScanId });
  const [first] = Resources.member;
  const identified = Resources.member.map((one) => ({
    ResourceType: one.ResourceType,
    ResourceIdentifier: { $map: mapOf(one.ResourceIdentifier) },
  }));
  await must('ListResourceScanRelatedResources', {
    ResourceScanId,
    Resources: [
      { ResourceType: first.ResourceType, ResourceIdentifier: { $map: mapOf(first.ResourceIdentifier) } },
      ...identified.slice(1),
    ],
  });
  const volume = identified.find((one) => one.ResourceType === 'AWS::EC2::Volume');
  await must('ListResourceScanRelatedResources', { ResourceScanId, Resources: [volume] });
  await must('CreateGeneratedTemplate', { GeneratedTemplateName: 'made', Resources: identified, StackName: 'user' });
  await must('UpdateGeneratedTemplate', {
    GeneratedTemplateName: 'made',
    AddResources: [{ ResourceType: 'AWS::SQS::Queue', ResourceIdentifier: { $map: { QueueUrl: 'gone' } } }],
  });
  await must('DescribeGeneratedTemplate', { GeneratedTemplateName: 'made' });
  await must('GetGeneratedTemplate', { GeneratedTemplateName: 'made' });
  await must('ListGeneratedTemplates');
  await must('DeleteGeneratedTemplate', { GeneratedTemplateName: 'made' });
  await must('ListTypes', { Visibility: 'PUBLIC', MaxResults: 2 });
  await must('DescribeType', { Type: 'RESOURCE', TypeName: 'AWS::SNS::Topic' });
  await must('ListTypeVersions', { Type: 'RESOURCE', TypeName: 'AWS::SNS::Topic' });
  await must('ListTypeRegistrations');
}

function mapOf(node) {
  return Object.fromEntries([node?.entry ?? []].flat().map(({ key, value }) => [key, value]));
}

async function stackSets(client, must, sources) {
  const own = sources.accountOf(client.projectId);
  const runner = sources.stackSetRunner(client.deps);
  const template = body({
    Parameters: { Name: { Type: 'String', Default: 'n' } },
    Resources: { A: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } }, T: topic({ Ref: 'Name' }) },
  });
  const names = { StackSetName: 'set' };
  const { StackSetId } = await must('CreateStackSet', {
    ...names,
    TemplateBody: template,
    Description: 'everywhere',
    Tags: [{ Key: 'k', Value: 'v' }],
    Capabilities: ['CAPABILITY_IAM'],
    AdministrationRoleARN: 'arn:aws:iam::123456789012:role/admin',
    ExecutionRoleName: 'executor',
    ManagedExecution: { Active: true },
  });
  const OperationPreferences = {
    RegionConcurrencyType: 'SEQUENTIAL',
    RegionOrder: ['eu-west-1', 'us-east-1'],
    FailureTolerancePercentage: 100,
    MaxConcurrentPercentage: 100,
    ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
  };
  const targets = { DeploymentTargets: { Accounts: [own, '999999999999'] }, Regions: ['us-east-1', 'eu-west-1'] };
  const made = await must('CreateStackInstances', {
    ...names,
    ...targets,
    OperationPreferences,
    ParameterOverrides: [{ ParameterKey: 'Name', ParameterValue: 'x' }],
  });
  await runner.settled(StackSetId);
  await must('UpdateStackInstances', {
    ...names,
    Accounts: [own],
    Regions: ['us-east-1'],
    OperationPreferences: { FailureToleranceCount: 0, MaxConcurrentCount: 1 },
  });
  await must('UpdateStackSet', { ...names, UsePreviousTemplate: true, Capabilities: ['CAPABILITY_IAM'] });
  await runner.settled(StackSetId);
  const instance = await must('DescribeStackInstance', {
    ...names,
    StackInstanceAccount: own,
    StackInstanceRegion: 'us-east-1',
  });
  const held = await must('DescribeStackResources', { StackName: instance.StackInstance.StackId });
  await client.engine.cloud
    .generic('AWS::Logs::LogGroup')
    .update(
      { projectId: client.projectId, region: 'us-east-1', token: 'behind-set' },
      held.StackResources.member.find((one) => one.LogicalResourceId === 'A').PhysicalResourceId,
      { body: { properties: { RetentionInDays: 30 } } },
    );
  const { OperationId } = await must('DetectStackSetDrift', { ...names, OperationPreferences });
  await runner.settled(StackSetId);
  await must('DescribeStackSet', names);
  await must('ListStackSets', { Status: 'ACTIVE' });
  await must('ListStackSetOperations', names);
  for (const id of [made.OperationId, OperationId]) {
    await must('DescribeStackSetOperation', { ...names, OperationId: id });
    await must('ListStackSetOperationResults', { ...names, OperationId: id });
  }
  await must('ListStackInstances', names);
  await must('DescribeStackInstance', { ...names, StackInstanceAccount: own, StackInstanceRegion: 'us-east-1' });
  await must('ListStackInstanceResourceDrifts', {
    ...names,
    StackInstanceAccount: own,
    StackInstanceRegion: 'us-east-1',
    OperationId,
  });
  await must('ListStackSetAutoDeploymentTargets', names);
  await must('DescribeOrganizationsAccess');
  const deleted = await must('DeleteStackInstances', {
    ...names,
    Accounts: [own, '999999999999'],
    Regions: ['us-east-1', 'eu-west-1'],
    RetainStacks: true,
    OperationPreferences,
  });
  await runner.settled(StackSetId);
  await must('DescribeStackSetOperation', { ...names, OperationId: deleted.OperationId });
  await must('DeleteStackInstances', {
    ...names,
    Accounts: [own, '999999999999'],
    Regions: ['us-east-1', 'eu-west-1'],
    RetainStacks: true,
  });
  await runner.settled(StackSetId);
  const left = await settle(client, 'left');
  const imported = await must('ImportStacksToStackSet', { ...names, StackIds: [left] });
  await runner.settled(StackSetId);
  await must('DescribeStackSetOperation', { ...names, OperationId: imported.OperationId });
  await must('DeleteStackInstances', {
    ...names,
    Accounts: [own, '999999999999'],
    Regions: ['us-east-1', 'eu-west-1'],
    RetainStacks: true,
  });
  await runner.settled(StackSetId);
  await must('DeleteStackSet', names);
  const slow = await must('CreateStackSet', {
    StackSetName: 'slow',
    TemplateBody: body({ Resources: { Slow: { Type: 'AWS::Logs::LogGroup' } } }),
  });
  const { OperationId: halted } = await must('CreateStackInstances', {
    StackSetName: 'slow',
    Accounts: [own],
    Regions: ['us-east-1', 'eu-west-1'],
    OperationPreferences: { RegionConcurrencyType: 'SEQUENTIAL', MaxConcurrentCount: 1 },
  });
  await must('StopStackSetOperation', { StackSetName: 'slow', OperationId: halted });
  await runner.settled(slow.StackSetId);
  await must('DescribeStackSetOperation', { StackSetName: 'slow', OperationId: halted });
  // No organization manages the accounts here, and both say so.
  await client.call('ActivateOrganizationsAccess');
  await client.call('DeactivateOrganizationsAccess');
}

/** More of everything than a page has. */
async function paging(client, must, sources) {
  const numbers = Array.from({ length: 105 }, (_, index) => index);
  const resources = Object.fromEntries(numbers.map((n) => [`T${n}`, topic(`t${n}`)]));
  const outputs = Object.fromEntries(numbers.map((n) => [`O${n}`, { Value: `${n}`, Export: { Name: `many-${n}` } }]));
  await must('CreateStack', { StackName: 'many', TemplateBody: body({ Resources: resources, Outputs: outputs }) });
  await settle(client, 'many');
  for (const n of numbers) {
    const TemplateBody = body({ Resources: { T: topic({ 'Fn::ImportValue': 'many-0' }) } });
    await must('CreateStack', { StackName: `one-${n}`, TemplateBody });
  }
  for (const n of numbers) await settle(client, `one-${n}`);
  await must('ListStacks');
  await must('DescribeStacks');
  await must('ListExports');
  await must('ListImports', { ExportName: 'many-0' });
  await must('ListStackResources', { StackName: 'many' });
  await must('DescribeStackEvents', { StackName: 'many' });
  await must('DescribeEvents', { StackName: 'many' });
  const changed = Object.fromEntries(numbers.map((n) => [`T${n}`, topic(`changed${n}`)]));
  for (const n of numbers) {
    const TemplateBody = body({ Resources: changed, Outputs: outputs });
    await must('CreateChangeSet', { StackName: 'many', ChangeSetName: `c-${n}`, TemplateBody });
  }
  await must('ListChangeSets', { StackName: 'many' });
  await must('DescribeChangeSet', { StackName: 'many', ChangeSetName: 'c-0' });
  await must('DetectStackDrift', { StackName: 'many' });
  await must('DetectStackResourceDrift', { StackName: 'many', LogicalResourceId: 'T1' });
  await must('DetectStackResourceDrift', { StackName: 'many', LogicalResourceId: 'T2' });
  await must('DescribeStackResourceDrifts', { StackName: 'many', MaxResults: 1 });
  for (const name of ['g-1', 'g-2']) await must('CreateGeneratedTemplate', { GeneratedTemplateName: name });
  await must('ListGeneratedTemplates', { MaxResults: 1 });
  const { ResourceScanSummaries } = await must('ListResourceScans', { MaxResults: 1 });
  const { ResourceScanId } = ResourceScanSummaries.member[0];
  const { Resources } = await must('ListResourceScanResources', { ResourceScanId, MaxResults: 1 });
  const all = await must('ListResourceScanResources', { ResourceScanId });
  await must('ListResourceScanRelatedResources', {
    ResourceScanId,
    MaxResults: 1,
    Resources: [...Resources.member, ...all.Resources.member].slice(0, 100).map((one) => ({
      ResourceType: one.ResourceType,
      ResourceIdentifier: { $map: mapOf(one.ResourceIdentifier) },
    })),
  });
  const { StackRefactorSummaries } = await must('ListStackRefactors', { MaxResults: 1 });
  for (const { StackRefactorId } of StackRefactorSummaries.member) {
    await must('ListStackRefactorActions', { StackRefactorId, MaxResults: 1 });
  }
  const refactors = await must('ListStackRefactors');
  for (const { StackRefactorId, Status } of refactors.StackRefactorSummaries.member) {
    if (Status === 'CREATE_COMPLETE') await must('ListStackRefactorActions', { StackRefactorId, MaxResults: 1 });
  }
  await must('ListTypes', { Visibility: 'PUBLIC', MaxResults: 1 });
  const runner = sources.stackSetRunner(client.deps);
  const own = sources.accountOf(client.projectId);
  for (const name of ['set-1', 'set-2']) {
    const { StackSetId } = await must('CreateStackSet', {
      StackSetName: name,
      TemplateBody: body({ Resources: { T: topic('x'), U: topic('y') } }),
    });
    const there = { StackSetName: name, Accounts: [own], Regions: ['us-east-1', 'eu-west-1'] };
    const { OperationId } = await must('CreateStackInstances', there);
    await runner.settled(StackSetId);
    await must('UpdateStackSet', { StackSetName: name, UsePreviousTemplate: true });
    await runner.settled(StackSetId);
    const drift = await must('DetectStackSetDrift', { StackSetName: name });
    await runner.settled(StackSetId);
    await must('ListStackInstances', { StackSetName: name, MaxResults: 1 });
    await must('ListStackSetOperations', { StackSetName: name, MaxResults: 1 });
    await must('ListStackSetOperationResults', { StackSetName: name, OperationId, MaxResults: 1 });
    await must('ListStackInstanceResourceDrifts', {
      StackSetName: name,
      StackInstanceAccount: own,
      StackInstanceRegion: 'us-east-1',
      OperationId: drift.OperationId,
      MaxResults: 1,
    });
  }
  await must('ListStackSets', { MaxResults: 1 });
}

/** What goes wrong in the play, by the names of resources. */
export const STUBBORN = {
  seed: 'play',
  rules: [
    { resource: 'Stubborn', verb: 'delete', nth: [1], fault: 'rejected', message: 'it is in use' },
    { resource: 'Blind', verb: 'get', fault: 'rejected', message: 'not to be looked at' },
    // The second change is that of the rollback.
    { resource: 'Sulky', verb: 'update', nth: [2], fault: 'rejected', message: 'not back again' },
    { resource: 'Slow', verb: 'create', latencyMs: { min: 800, max: 800 } },
  ],
};

async function stubborn(client, must) {
  const logs = { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 7 } };
  await must('CreateStack', { StackName: 'kept', TemplateBody: body({ Resources: { Stubborn: logs, Blind: logs } }) });
  const StackName = await settle(client, 'kept');
  const { StackDriftDetectionId } = await must('DetectStackDrift', { StackName });
  for (let turn = 0; turn < 100; turn++) {
    const { DetectionStatus } = await must('DescribeStackDriftDetectionStatus', { StackDriftDetectionId });
    if (DetectionStatus !== 'DETECTION_IN_PROGRESS') break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await must('DescribeStackResourceDrifts', { StackName });
  await must('DeleteStack', { StackName });
  await settle(client, StackName);
  await must('DeleteStack', { StackName, DeletionMode: 'FORCE_DELETE_STACK' });
  await settle(client, StackName);
  await must('DescribeStacks', { StackName });
}

async function end(client, must) {
  const arn = await settle(client, 'user');
  await must('DeleteStack', { StackName: 'user' });
  await client.engine.stacks.settled(arn.split('/').at(-1));
  await must('DescribeStacks', { StackName: arn });
  await must('ListStacks', { StackStatusFilter: ['DELETE_COMPLETE'] });
}
