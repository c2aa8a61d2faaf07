import type { JsonMap } from '../../../../src/engine/model/value.js';
import { mergedMetadata } from '../../../../src/resources/types/nova/server-software.js';
import { parseMultipart } from '../../../../src/resources/types/software/multipart-mime.js';
import { StackBench } from '../../../helpers/stack-bench.js';

const SERVER = { image: 'cirros', flavor: 'm1.small' };

/** What the server was started with. */
async function userDataOf(bench: StackBench, id: string): Promise<string> {
  const stored = await bench.world.get('servers', id);
  return String((stored?.body._ as JsonMap | undefined)?.user_data ?? '');
}

const filesIn = (message: string) =>
  (parseMultipart(message) ?? []).map(
    (part) => /filename="([^"]+)"/.exec(JSON.stringify(part).replaceAll('\\', ''))?.[1],
  );

describe('user data of a server', () => {
  test('as HEAT_CFNTOOLS it is a message with all that cfn-tools need', async () => {
    const bench = new StackBench();
    const { physicalId } = await bench.create('OS::Nova::Server', { ...SERVER, user_data: 'echo hello' });
    const message = await userDataOf(bench, physicalId);
    for (const part of [
      'echo hello',
      'cfn-userdata',
      'part-handler.py',
      'loguserdata.py',
      'cfn-metadata-server',
      'cfn-boto-cfg',
    ])
      expect(message).toContain(part);
    expect(filesIn(message).length).toBeGreaterThan(5);
    expect(bench.stack.users.users.size).toBe(0);
  });

  test('as RAW it is what the template says, or the config that it names', async () => {
    const bench = new StackBench();
    const raw = async (user_data: string) => {
      const made = await bench.create('OS::Nova::Server', { ...SERVER, user_data_format: 'RAW', user_data });
      return userDataOf(bench, made.physicalId);
    };
    expect(await raw('#!/bin/sh')).toBe('#!/bin/sh');
    const config = await bench.create('OS::Heat::SoftwareConfig', { config: 'from the config' });
    expect(await raw(config.physicalId)).toBe('from the config');
    const unknown = '00000000-1111-4222-8333-444444444444';
    expect(await raw(unknown)).toBe(unknown);
  });

  test('as SOFTWARE_CONFIG it tells the agent where to ask, and goes with its user', async () => {
    const bench = new StackBench();
    const made = await bench.create('OS::Nova::Server', {
      ...SERVER,
      user_data_format: 'SOFTWARE_CONFIG',
      software_config_transport: 'POLL_SERVER_HEAT',
    });
    const message = await userDataOf(bench, made.physicalId);
    for (const part of ['cfn-init-data', 'os-collect-config', 'user_id']) expect(message).toContain(part);
    expect(message).not.toContain('cfn-boto-cfg');
    expect(bench.stack.users.users.size).toBe(1);
    expect(made.attributes.os_collect_config).toBeUndefined();
    await bench.delete(made);
    expect(bench.stack.users.users.size).toBe(0);
  });

  test.each([
    { policy: undefined, replaces: true },
    { policy: 'REPLACE', replaces: true },
    { policy: 'IGNORE', replaces: undefined },
  ])('a change of it under the policy $policy', ({ policy, replaces }) => {
    const type = new StackBench().type('OS::Nova::Server');
    const after = { ...SERVER, user_data: 'b', ...(policy ? { user_data_update_policy: policy } : {}) };
    expect(type.replaces?.({ before: { ...SERVER, user_data: 'a' }, after, changed: ['user_data'] })).toBe(replaces);
  });
});

test('Heat instances get a message for their agents, CloudFormation ones what the template says', async () => {
  const bench = new StackBench();
  const heat = await bench.create(
    'AWS::EC2::Instance',
    { ImageId: 'i', InstanceType: 'm1.small', UserData: 'x' },
    { prefer: 'heat' },
  );
  expect(await userDataOf(bench, heat.physicalId)).toContain('ec2-user');
  const aws = await bench.create(
    'AWS::EC2::Instance',
    { ImageId: 'ami-12345678', UserData: 'eA==' },
    { prefer: 'aws' },
  );
  expect(await userDataOf(bench, aws.physicalId)).toBe('eA==');
});

test('new metadata of the template leaves what the agent was told', () => {
  const before = { 'os-collect-config': { heat: { user_id: 'u' } }, deployments: [{ name: 'd' }], old: 1 };
  const declared = { fresh: 2, 'os-collect-config': { more: true }, deployments: ['not these'] };
  expect(mergedMetadata(before, declared, { user_data_format: 'SOFTWARE_CONFIG' })).toEqual({
    fresh: 2,
    'os-collect-config': { heat: { user_id: 'u' }, more: true },
    deployments: [{ name: 'd' }],
  });
  expect(mergedMetadata(before, declared, {})).toBe(declared);
});
