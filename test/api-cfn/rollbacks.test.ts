import { type CfnClient, cfnClient } from '../helpers/cfn-client.js';

let client: CfnClient;
beforeEach(async () => {
  client = await cfnClient();
});
afterEach(async () => {
  await client.close();
  expect(client.bugs).toEqual([]);
});

/** OS::Heat::TestResource fails on request; it is allowed in templates of either language. */
const template = (resources: object, outputs: object = {}) =>
  JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: resources, Outputs: outputs });
const sound = (value = 'x') => ({ Type: 'OS::Heat::TestResource', Properties: { value } });
const failing = (value = 'x') => ({ Type: 'OS::Heat::TestResource', Properties: { value, fail: true } });

async function history(name: string): Promise<string[]> {
  const { result } = await client.call('DescribeStackEvents', { StackName: name });
  return result.StackEvents.map((e: any) =>
    [e.LogicalResourceId, e.ResourceStatus, e.ResourceStatusReason].filter(Boolean).join(' '),
  ).reverse();
}

test('a failed creation is rolled back and says which resources failed', async () => {
  await client.call('CreateStack', {
    StackName: 's',
    TemplateBody: template({ A: sound(), B: { ...failing(), DependsOn: 'A' } }),
  });
  const stack = await client.settled('s');
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(stack.StackStatusReason).toBe('The following resource(s) failed to create: [B]. Rollback requested by user.');
  const told = await history('s');
  expect(told.filter((line) => line.startsWith('s '))).toEqual([
    's CREATE_IN_PROGRESS User Initiated',
    's ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [B]. Rollback requested by user.',
    's ROLLBACK_COMPLETE',
  ]);
  expect(told.find((line) => line.startsWith('B CREATE_FAILED'))).not.toContain('resources.B');
  const update = await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ A: sound('y') }) });
  expect(update.message).toMatch(/^Stack:arn:aws:.* is in ROLLBACK_COMPLETE state and can not be updated\.$/);
});

test('OnFailure DO_NOTHING leaves what is there, and RollbackStack takes it away', async () => {
  await client.call('CreateStack', {
    StackName: 's',
    OnFailure: 'DO_NOTHING',
    TemplateBody: template({ A: sound(), B: { ...failing(), DependsOn: 'A' } }),
  });
  const stack = await client.settled('s');
  expect(stack).toMatchObject({ StackStatus: 'CREATE_FAILED', DisableRollback: 'true' });
  expect(stack.StackStatusReason).toBe('The following resource(s) failed to create: [B]. ');
  const back = await client.call('RollbackStack', { StackName: 's' });
  expect(back.result.StackId).toBe(stack.StackId);
  expect((await client.settled('s')).StackStatus).toBe('ROLLBACK_COMPLETE');
});

test('OnFailure DELETE deletes the stack', async () => {
  const made = await client.call('CreateStack', {
    StackName: 's',
    OnFailure: 'DELETE',
    TemplateBody: template({ B: failing() }),
  });
  await client.engine.stacks.settled(made.result.StackId.split('/').at(-1));
  const told = await history(made.result.StackId);
  expect(told).toContain(
    's DELETE_IN_PROGRESS The following resource(s) failed to create: [B]. Delete requested by user.',
  );
  expect(told.at(-1)).toBe('s DELETE_COMPLETE');
});

test('a failed update is rolled back', async () => {
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ A: sound() }) });
  await client.settled('s');
  await client.call('UpdateStack', {
    StackName: 's',
    TemplateBody: template({ A: sound('y'), B: { ...failing(), DependsOn: 'A' } }),
  });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await history('s')).filter((line) => line.startsWith('s UPDATE'))).toEqual([
    's UPDATE_IN_PROGRESS User Initiated',
    's UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [B]. ',
    's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    's UPDATE_ROLLBACK_COMPLETE',
  ]);
});

test('without rollback an update fails where it is, can be mended and can be rolled back', async () => {
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ A: sound() }) });
  await client.settled('s');
  await client.call('UpdateStack', {
    StackName: 's',
    DisableRollback: true,
    TemplateBody: template({ A: sound(), B: failing() }),
  });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_FAILED');
  const refused = await client.call('UpdateStack', {
    StackName: 's',
    TemplateBody: template({ A: sound(), B: sound() }),
  });
  expect(refused.message).toMatch(/is in UPDATE_FAILED state and can not be updated/);
  await client.call('RollbackStack', { StackName: 's' });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const continued = await client.call('ContinueUpdateRollback', { StackName: 's' });
  expect(continued.message).toMatch(/is in UPDATE_ROLLBACK_COMPLETE state and can not continue rollback/);
});

/** A log group whose second update, which is that of the rollback, is refused. */
const STUBBORN = {
  faults: { seed: 's', rules: [{ resource: 'T', verb: 'update', nth: [2], fault: 'rejected' }] },
} as const;
const logs = (RetentionInDays: number) => ({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays } });

test('an update whose rollback fails too goes on when it is told what to skip', async () => {
  await client.close();
  client = await cfnClient(STUBBORN);
  await client.call('CreateStack', { StackName: 's', TemplateBody: template({ T: logs(1), O: sound() }) });
  await client.settled('s');
  await client.call('UpdateStack', {
    StackName: 's',
    TemplateBody: template({ T: logs(3), O: sound(), B: { ...failing(), DependsOn: 'T' } }),
  });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  const skip = (...ResourcesToSkip: string[]) =>
    client.call('ContinueUpdateRollback', { StackName: 's', ResourcesToSkip });
  expect((await skip('Nobody')).message).toMatch(/^ResourcesToSkip \[Nobody\] do not belong to stack arn:aws:/);
  expect((await skip('O')).message).toBe('ResourcesToSkip [O] are not in a failed state because of the rollback');
  expect((await skip('T')).status).toBe(200);
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await history('s')).toContain('T UPDATE_COMPLETE Resource skipped during rollback');
});

test('resources of nested stacks are skipped by the name of their stack', async () => {
  await client.close();
  client = await cfnClient({ ...STUBBORN, surroundings: { fetchText: async (url) => client.urls.get(url) ?? '' } });
  const nested = (name: string, body: string) => {
    client.urls.set(`https://bucket/${name}`, body);
    return { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: `https://bucket/${name}` } };
  };
  const tree = (version: number, more: object) =>
    template({
      Mid: nested(`mid-${version}`, template({ Leaf: nested(`leaf-${version}`, template({ T: logs(version) })) })),
      ...more,
    });
  await client.call('CreateStack', { StackName: 's', TemplateBody: tree(1, {}) });
  expect((await client.settled('s')).StackStatus).toBe('CREATE_COMPLETE');
  await client.call('UpdateStack', {
    StackName: 's',
    TemplateBody: tree(3, { B: { ...failing(), DependsOn: 'Mid' } }),
  });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  const leaf = (await client.call('ListStacks')).result.StackSummaries.find((one: any) => /-Leaf-/.test(one.StackName));
  const skip = (name: string) => client.call('ContinueUpdateRollback', { StackName: 's', ResourcesToSkip: [name] });
  expect((await skip('T')).message).toMatch(/^ResourcesToSkip \[T\] do not belong/);
  expect((await skip(`${leaf.StackName}.T`)).status).toBe(200);
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await history(leaf.StackId)).toContain('T UPDATE_COMPLETE Resource skipped during rollback');
});

test('a stack policy refuses what it does not allow, unless another one holds for the update', async () => {
  const policy = JSON.stringify({
    Statement: [
      { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'Update:*', Principal: '*', Resource: 'LogicalResourceId/A' },
    ],
  });
  await client.call('CreateStack', {
    StackName: 's',
    StackPolicyBody: policy,
    TemplateBody: template({ A: sound(), B: sound() }),
  });
  await client.settled('s');
  expect((await client.call('GetStackPolicy', { StackName: 's' })).result.StackPolicyBody).toBe(policy);
  await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ A: sound('y'), B: sound() }) });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await history('s')).toContain(
    'A UPDATE_FAILED Action denied by stack policy: Statement [#2] does not allow [Update:*] for resource [LogicalResourceId/A]',
  );
  await client.call('UpdateStack', { StackName: 's', TemplateBody: template({ B: sound() }) });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const open = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' }] });
  await client.call('UpdateStack', {
    StackName: 's',
    StackPolicyDuringUpdateBody: open,
    TemplateBody: template({ A: sound('y'), B: sound() }),
  });
  expect((await client.settled('s')).StackStatus).toBe('UPDATE_COMPLETE');
  const bad = await client.call('SetStackPolicy', { StackName: 's', StackPolicyBody: '{"Statement": []}' });
  expect(bad.message).toBe('Error validating stack policy: Invalid stack policy');
});

test('exports are listed, protected and told apart', async () => {
  const out = { O: { Value: 'v', Export: { Name: 'shared' } } };
  await client.call('CreateStack', { StackName: 'giver', TemplateBody: template({ A: sound() }, out) });
  await client.settled('giver');
  const user = template({
    U: { Type: 'OS::Heat::TestResource', Properties: { value: { 'Fn::ImportValue': 'shared' } } },
  });
  await client.call('CreateStack', { StackName: 'taker', TemplateBody: user });
  expect((await client.settled('taker')).StackStatus).toBe('CREATE_COMPLETE');
  expect((await client.call('ListExports')).result.Exports).toMatchObject([{ Name: 'shared', Value: 'v' }]);
  expect((await client.call('ListImports', { ExportName: 'shared' })).result.Imports).toEqual(['taker']);
  const unused = await client.call('ListImports', { ExportName: 'none' });
  expect(unused.message).toBe("Export 'none' is not imported by any stack.");
  const refused = await client.call('DeleteStack', { StackName: 'giver' });
  expect(refused.message).toBe('Export shared cannot be deleted as it is in use by taker');
  await client.call('UpdateStack', {
    StackName: 'giver',
    TemplateBody: template({ A: sound() }, { O: { Value: 'w', Export: { Name: 'shared' } } }),
  });
  const giver = await client.settled('giver');
  expect(giver.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await history('giver')).toContain(
    'giver UPDATE_ROLLBACK_IN_PROGRESS Export shared cannot be updated as it is in use by taker. ',
  );
  await client.call('DeleteStack', { StackName: 'taker' });
  await client.settled('taker');
  expect((await client.call('DeleteStack', { StackName: 'giver' })).status).toBe(200);
});

test('an export that is taken undoes a creation, and what was undone exports nothing', async () => {
  const out = { O: { Value: 'v', Export: { Name: 'shared' } } };
  await client.call('CreateStack', { StackName: 'first', TemplateBody: template({ B: failing() }, out) });
  expect((await client.settled('first')).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await client.call('ListExports')).result.Exports).toEqual('');
  await client.call('CreateStack', { StackName: 'giver', TemplateBody: template({ A: sound() }, out) });
  expect((await client.settled('giver')).StackStatus).toBe('CREATE_COMPLETE');
  await client.call('CreateStack', { StackName: 'twin', TemplateBody: template({ A: sound() }, out) });
  expect((await client.settled('twin')).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await history('twin')).toContain(
    'twin ROLLBACK_IN_PROGRESS Export with name shared is already exported by stack giver. Rollback requested by user.',
  );
});

test('termination protection holds until it is lifted', async () => {
  await client.call('CreateStack', {
    StackName: 's',
    EnableTerminationProtection: true,
    TemplateBody: template({ A: sound() }),
  });
  await client.settled('s');
  const refused = await client.call('DeleteStack', { StackName: 's' });
  expect(refused.message).toBe('Stack [s] cannot be deleted while TerminationProtection is enabled');
  await client.call('UpdateTerminationProtection', { StackName: 's', EnableTerminationProtection: false });
  expect((await client.call('DeleteStack', { StackName: 's' })).status).toBe(200);
});

test('a repeated request with the same token is the same request', async () => {
  const input = { StackName: 's', ClientRequestToken: 't1', TemplateBody: template({ A: sound() }) };
  const first = await client.call('CreateStack', input);
  const second = await client.call('CreateStack', input);
  expect(second.result.StackId).toBe(first.result.StackId);
  const other = await client.call('CreateStack', { ...input, TemplateBody: template({ B: sound() }) });
  expect(other.code).toBe('TokenAlreadyExistsException');
  const without = await client.call('CreateStack', { ...input, ClientRequestToken: undefined });
  expect([without.code, without.message]).toEqual(['AlreadyExistsException', 'Stack [s] already exists']);
  await client.settled('s');
});

test('a replacement is told with the old thing first, then with the new one', async () => {
  const named = (TopicName: string) => template({ T: { Type: 'AWS::SNS::Topic', Properties: { TopicName } } });
  await client.call('CreateStack', { StackName: 's', TemplateBody: named('one') });
  await client.settled('s');
  await client.call('UpdateStack', { StackName: 's', TemplateBody: named('two') });
  await client.settled('s');
  const { result } = await client.call('DescribeStackEvents', { StackName: 's' });
  const told = result.StackEvents.filter((event: any) => event.LogicalResourceId === 'T')
    .map((event: any) => `${event.ResourceStatus} ${event.PhysicalResourceId.split(':').at(-1)}`)
    .reverse();
  expect(told.slice(3)).toEqual([
    'UPDATE_IN_PROGRESS one',
    'UPDATE_IN_PROGRESS two',
    'UPDATE_COMPLETE two',
    'DELETE_IN_PROGRESS one',
    'DELETE_COMPLETE one',
  ]);
});
