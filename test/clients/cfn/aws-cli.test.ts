import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CfnServer, cfnServer } from '../../helpers/cfn-server.js';

const run = promisify(execFile);

const isInstalled = await run('aws', ['--version']).then(
  () => true,
  () => false,
);
if (!isInstalled) console.log('skipped: the aws client is not installed');
const withClient = isInstalled ? describe : describe.skip;

withClient('the aws client', () => {
  let server: CfnServer;
  let dir: string;

  beforeAll(async () => {
    server = await cfnServer();
    dir = mkdtempSync(join(tmpdir(), 'baton-aws-'));
  });
  afterAll(async () => {
    await server.close();
    rmSync(dir, { recursive: true });
    expect(server.bugs).toEqual([]);
  });

  /** Output (JSON if it is any), error text and exit code of one command. */
  async function aws(command: string, ...more: string[]): Promise<{ out: any; error: string; code: number }> {
    const words = ['--endpoint-url', server.endpoint, 'cloudformation', ...command.split(' '), ...more];
    const env = { ...server.env, AWS_CONFIG_FILE: join(dir, 'config') };
    const done = await run('aws', words, { env, timeout: 120_000 }).then(
      ({ stdout, stderr }) => ({ stdout, error: stderr, code: 0 }),
      (failure) => ({ stdout: String(failure.stdout), error: String(failure.stderr), code: Number(failure.code) }),
    );
    const text = done.stdout.trim();
    return { out: /^[{[]/.test(text) ? JSON.parse(text) : text, error: done.error, code: done.code };
  }

  function file(name: string, content: object): string {
    const path = join(dir, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  const volume = (size: number) => ({
    Type: 'AWS::EC2::Volume',
    Properties: { Size: size, AvailabilityZone: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] } },
  });
  const template = (size: number, more: object = {}) => ({
    AWSTemplateFormatVersion: '2010-09-09',
    Parameters: { Name: { Type: 'String', Default: 'x' } },
    Resources: { V: volume(size), ...more },
    Outputs: { Name: { Value: { Ref: 'Name' } } },
  });

  /** The client names a change set by the second of its start: two deploys of one second would collide. */
  const nextSecond = () => new Promise((done) => setTimeout(done, 1000));

  test('deploys, changes and finds nothing to change', async () => {
    const first = await aws(
      'deploy --stack-name app --template-file',
      file('one.json', template(1)),
      '--parameter-overrides',
      'Name=one',
      '--tags',
      'a=b',
    );
    expect(first.error).toBe('');
    expect(first.out).toContain('Successfully created/updated stack - app');
    await nextSecond();
    const again = await aws(
      'deploy --stack-name app --no-fail-on-empty-changeset --template-file',
      join(dir, 'one.json'),
      '--tags',
      'a=b',
    );
    expect(again).toMatchObject({ error: '', code: 0, out: expect.stringContaining('No changes to deploy') });
    await nextSecond();
    const failing = await aws(
      'deploy --stack-name app --fail-on-empty-changeset --template-file',
      join(dir, 'one.json'),
      '--tags',
      'a=b',
    );
    expect(failing.code).not.toBe(0);
    await nextSecond();
    const second = await aws('deploy --stack-name app --template-file', file('two.json', template(2)));
    expect(second.code).toBe(0);
    const { out } = await aws('describe-stacks --stack-name app');
    expect(out.Stacks[0]).toMatchObject({
      StackStatus: 'UPDATE_COMPLETE',
      Parameters: [{ ParameterKey: 'Name', ParameterValue: 'one' }],
      Outputs: [{ OutputValue: 'one' }],
    });
  }, 120_000);

  test('creates, waits, updates, detects drift and deletes', async () => {
    const body = `file://${file('life.json', template(1))}`;
    const made = await aws('create-stack --stack-name life --template-body', body);
    expect(made.out.StackId).toMatch(/:stack\/life\//);
    expect((await aws('wait stack-create-complete --stack-name life')).code).toBe(0);
    expect((await aws('wait stack-exists --stack-name life')).code).toBe(0);
    const nothing = await aws('update-stack --stack-name life --use-previous-template');
    expect(nothing.error).toContain(
      'An error occurred (ValidationError) when calling the UpdateStack operation: No updates are to be performed.',
    );
    await aws('update-stack --stack-name life --template-body', `file://${file('life2.json', template(3))}`);
    expect((await aws('wait stack-update-complete --stack-name life')).code).toBe(0);
    const { out: detection } = await aws('detect-stack-drift --stack-name life');
    const status = await aws(
      'describe-stack-drift-detection-status --stack-drift-detection-id',
      detection.StackDriftDetectionId,
    );
    expect(status.out.DetectionStatus).toMatch(/^DETECTION_/);
    const shown = await aws('get-template --stack-name life');
    expect(shown.out.TemplateBody.Resources.V.Properties.Size).toBe(3);
    expect((await aws('list-stack-resources --stack-name life')).out.StackResourceSummaries).toHaveLength(1);
    expect((await aws('describe-stack-events --stack-name life')).out.StackEvents.length).toBeGreaterThan(5);
    expect((await aws('validate-template --template-body', body)).out.Parameters).toHaveLength(1);
    expect((await aws('delete-stack --stack-name life')).code).toBe(0);
    expect((await aws('wait stack-delete-complete --stack-name life')).code).toBe(0);
  }, 120_000);

  test('waits for a rollback', async () => {
    const bad = template(1, { B: { Type: 'OS::Heat::TestResource', Properties: { value: 'x', fail: true } } });
    await aws('create-stack --stack-name bad --template-body', `file://${file('bad.json', bad)}`);
    const created = await aws('wait stack-create-complete --stack-name bad');
    expect(created.code).not.toBe(0);
    const { out } = await aws('describe-stacks --stack-name bad --query Stacks[0].StackStatus --output text');
    expect(out).toBe('ROLLBACK_COMPLETE');
  }, 120_000);
});
