import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Identity } from '../../../src/identity/identity.js';
import { type RunningServer, startServer } from '../../../src/server.js';
import { AwsSession, installed } from './aws-session.js';

const versions = await installed('awscli');

describe.each(versions.length > 0 ? versions : [{ python: '', label: 'no aws command' }])(
  '$label',
  ({ python, label }) => {
    const isThere = python === '' ? test.skip : test;
    /** Before 2.13 the command takes no other address for S3 when it packages. */
    const finds = /^aws 2\.\d\./.test(label) ? test.skip : isThere;
    let server: RunningServer;
    const logged: string[] = [];
    let session: AwsSession;
    let dir: string;

    beforeAll(async () => {
      if (python === '') return;
      // In memory: a waiter that looks before a slow disk is done sleeps for half a minute.
      const logger = pino({ level: 'error' }, { write: (line: string) => logged.push(line) });
      server = await startServer({ config: { port: 0, shutdown_grace_seconds: 0 }, logger });
      const { users, projects, credentials } = server.identity.own as Identity;
      const [user] = (await users.list()).filter(({ name }) => name === 'admin');
      const [project] = (await projects.list()).filter(({ name }) => name === 'admin');
      const { access, secret } = await credentials.createEc2(user?.id ?? '', project?.id ?? '');
      dir = mkdtempSync(join(tmpdir(), 'baton-aws-'));
      session = new AwsSession(python, 'aws', {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        AWS_ACCESS_KEY_ID: access,
        AWS_SECRET_ACCESS_KEY: secret,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_CONFIG_FILE: join(dir, 'config'),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_PAGER: '',
        ENDPOINT: `${server.url}/cfn`,
        AWS_ENDPOINT_URL_S3: `${server.url}/s3`,
      });
    });
    afterAll(async () => {
      if (python === '') return;
      session.close();
      await server.close();
      rmSync(dir, { recursive: true });
      expect(logged).toEqual([]);
    });

    /** Output (JSON if it is any), error text and exit code of one command. */
    async function aws(command: string, ...more: string[]): Promise<{ out: any; error: string; code: number }> {
      const words = ['--endpoint-url', `${server.url}/cfn`, 'cloudformation', ...command.split(' '), ...more];
      const { out, error, code } = await session.ask({ words });
      const text = String(out).trim();
      return { out: /^[{[]/.test(text) ? JSON.parse(text) : text, error, code };
    }

    /** The same, of a command that has to succeed. */
    async function must(command: string, ...more: string[]): Promise<any> {
      const { out, error, code } = await aws(command, ...more);
      expect([command, code, error]).toEqual([command, 0, '']);
      return out;
    }

    async function statusOf(stack: string): Promise<string> {
      return must(`describe-stacks --stack-name ${stack} --query Stacks[0].StackStatus --output text`);
    }

    /** Waiters look once and then sleep for half a minute: what they wait for is over when they look. */
    async function settled(stack: string): Promise<void> {
      const id = await must(`describe-stacks --stack-name ${stack} --query Stacks[0].StackId --output text`);
      await server.engine.stacks.settled(String(id).split('/').at(-1) ?? '');
    }

    function file(name: string, content: object): string {
      const path = join(dir, name);
      writeFileSync(path, JSON.stringify(content));
      return path;
    }
    const body = (name: string, content: object) => `file://${file(name, content)}`;

    const topic = (DisplayName: unknown) => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName } });
    const logs = (RetentionInDays: number) => ({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays } });
    const template = (days: number, more: object = {}) => ({
      AWSTemplateFormatVersion: '2010-09-09',
      Parameters: { Name: { Type: 'String', Default: 'x' } },
      Resources: { L: logs(days), ...more },
      Outputs: { Name: { Value: { Ref: 'Name' } } },
    });

    /** The client names a change set by the second of its start: two deploys of one second would collide. */
    const nextSecond = () => new Promise((done) => setTimeout(done, 1001));

    isThere(
      'deploys, changes and finds nothing to change',
      async () => {
        const deploy = 'deploy --stack-name app --template-file';
        const one = file('one.json', template(1));
        const first = await must(`${deploy} ${one} --parameter-overrides Name=one --tags a=b`);
        expect(first).toContain('Successfully created/updated stack - app');
        await nextSecond();
        const again = await must(`${deploy} ${one} --no-fail-on-empty-changeset --tags a=b`);
        expect(again).toContain('No changes to deploy');
        await nextSecond();
        expect((await aws(`${deploy} ${one} --fail-on-empty-changeset --tags a=b`)).code).not.toBe(0);
        await nextSecond();
        await must(`${deploy} ${one} --tags a=c`);
        await nextSecond();
        await must(`${deploy} ${file('two.json', template(3))} --no-execute-changeset`);
        expect((await must('describe-stacks --stack-name app')).Stacks[0].Tags).toEqual([{ Key: 'a', Value: 'c' }]);
        await nextSecond();
        await must(`${deploy} ${join(dir, 'two.json')}`);
        const { Stacks } = await must('describe-stacks --stack-name app');
        expect(Stacks[0]).toMatchObject({
          StackStatus: 'UPDATE_COMPLETE',
          Parameters: [{ ParameterKey: 'Name', ParameterValue: 'one' }],
          Outputs: [{ OutputValue: 'one' }],
        });
      },
      120_000,
    );

    finds(
      'packages a nested stack and deploys it, and puts long templates where they can be read',
      async () => {
        const s3 = async (words: string) => {
          const all = ['--endpoint-url', `${server.url}/s3`, ...words.split(' ')];
          const { code, error, out } = await session.ask({ words: all });
          expect([code, error]).toEqual([0, '']);
          return String(out);
        };
        await s3('s3 mb s3://artifacts');
        mkdirSync(join(dir, 'code'), { recursive: true });
        writeFileSync(join(dir, 'code', 'index.js'), 'exports.handler = async () => {};');
        file('inner.json', { Resources: { T: topic('inner') }, Outputs: { Topic: { Value: { Ref: 'T' } } } });
        const outer = file('outer.json', {
          Resources: {
            Inner: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: './inner.json' } },
            Function: {
              Type: 'AWS::Lambda::Function',
              Properties: {
                Code: './code',
                Handler: 'index.handler',
                Role: 'arn:aws:iam::123456789012:role/r',
                Runtime: 'nodejs20.x',
              },
            },
          },
          Outputs: { Topic: { Value: { 'Fn::GetAtt': ['Inner', 'Outputs.Topic'] } } },
        });
        const packed = join(dir, 'packed.yaml');
        // It tells on the error output how far its uploads are.
        const packing = `package --template-file ${outer} --s3-bucket artifacts --output-template-file ${packed}`;
        expect((await aws(packing)).code).toBe(0);
        expect(readFileSync(packed, 'utf8')).toMatch(/TemplateURL: \S+\/artifacts\/[0-9a-f]+\.template/);
        expect((await s3('s3 ls s3://artifacts')).trim().split('\n')).toHaveLength(2);
        await must(`deploy --stack-name nested --template-file ${packed}`);
        const { Stacks } = await must('describe-stacks --stack-name nested');
        expect([Stacks[0].StackStatus, Stacks[0].Outputs[0].OutputValue]).toEqual([
          'CREATE_COMPLETE',
          expect.stringMatching(/^arn:aws:sns:us-east-1:\d{12}:/),
        ]);
        const long = { ...template(1), Metadata: { Text: 'x'.repeat(60_000) } };
        const tooLong = await aws(`deploy --stack-name long --template-file ${file('long.json', long)}`);
        expect(tooLong.error).toContain('51,200 bytes must be deployed via an S3 Bucket');
        const uploading = `deploy --stack-name long --template-file ${join(dir, 'long.json')} --s3-bucket artifacts`;
        expect((await aws(uploading)).code).toBe(0);
        expect(await statusOf('long')).toBe('CREATE_COMPLETE');
      },
      120_000,
    );

    isThere(
      'waits for every state that a waiter knows',
      async () => {
        const wait = (name: string, ...more: string[]) => must(`wait ${name}`, ...more);
        await must('create-stack --stack-name life --template-body', body('life.json', template(1)));
        await settled('life');
        await wait('stack-exists', '--stack-name', 'life');
        await wait('stack-create-complete', '--stack-name', 'life');
        const nothing = await aws('update-stack --stack-name life --use-previous-template');
        expect(nothing.error).toContain(
          'An error occurred (ValidationError) when calling the UpdateStack operation: No updates are to be performed.',
        );
        await must('update-stack --stack-name life --template-body', body('life2.json', template(3)));
        await settled('life');
        await wait('stack-update-complete', '--stack-name', 'life');
        const changed = body('life3.json', template(5));
        await must('create-change-set --stack-name life --change-set-name c --template-body', changed);
        await wait('change-set-create-complete', '--stack-name', 'life', '--change-set-name', 'c');
        const kept = { DeletionPolicy: 'Retain', ...logs(1) };
        await must('create-stack --stack-name old --template-body', body('old.json', { Resources: { K: kept } }));
        await settled('old');
        const { StackResources } = await must('describe-stack-resources --stack-name old');
        await must('delete-stack --stack-name old');
        const taken = [
          {
            ResourceType: 'AWS::Logs::LogGroup',
            LogicalResourceId: 'K',
            ResourceIdentifier: { LogGroupName: StackResources[0].PhysicalResourceId },
          },
        ];
        const importing = 'create-change-set --stack-name life --change-set-name i --change-set-type IMPORT';
        const more = body('import.json', template(3, { K: kept }));
        await must(`${importing} --template-body ${more} --resources-to-import`, JSON.stringify(taken));
        await must('execute-change-set --stack-name life --change-set-name i');
        await settled('life');
        await wait('stack-import-complete', '--stack-name', 'life');
        const bad = { Type: 'OS::Heat::TestResource', Properties: { value: 'x', fail: true } };
        await must('create-stack --stack-name bad --template-body', body('bad.json', { Resources: { B: bad } }));
        await settled('bad');
        expect((await aws('wait stack-create-complete --stack-name bad')).code).not.toBe(0);
        const broken = body('broken.json', { Resources: { B: bad } });
        await must('update-stack --stack-name life --template-body', broken);
        await settled('life');
        await wait('stack-rollback-complete', '--stack-name', 'life');
        if (!/^aws 2\.\d\./.test(label)) {
          const words = JSON.stringify([
            { StackName: 'life', TemplateBody: JSON.stringify(template(3)) },
            { StackName: 'other', TemplateBody: JSON.stringify({ Resources: { K: kept } }) },
          ]);
          const { StackRefactorId } = await must(
            'create-stack-refactor --enable-stack-creation --stack-definitions',
            words,
          );
          await wait('stack-refactor-create-complete', '--stack-refactor-id', StackRefactorId);
          await must(`execute-stack-refactor --stack-refactor-id ${StackRefactorId}`);
          await wait('stack-refactor-execute-complete', '--stack-refactor-id', StackRefactorId);
        }
        const id = await must('describe-stacks --stack-name life --query Stacks[0].StackId --output text');
        await must('delete-stack --stack-name life');
        await settled(id);
        await wait('stack-delete-complete', '--stack-name', 'life');
        await wait('stack-delete-complete', '--stack-name', id);
      },
      120_000,
    );

    isThere(
      'pages through more than 500 events',
      async () => {
        const Resources = Object.fromEntries(
          Array.from({ length: 180 }, (_, index) => [`T${index}`, topic(`${index}`)]),
        );
        await must('create-stack --stack-name many --template-body', body('many.json', { Resources }));
        await settled('many');
        const { StackEvents } = await must('describe-stack-events --stack-name many');
        expect(StackEvents).toHaveLength(180 * 3 + 2);
        expect(new Set(StackEvents.map((event: any) => event.EventId)).size).toBe(StackEvents.length);
        expect([StackEvents[0].ResourceStatus, StackEvents.at(-1).ResourceStatus]).toEqual([
          'CREATE_COMPLETE',
          'CREATE_IN_PROGRESS',
        ]);
        const few = await must('describe-stack-events --stack-name many --max-items 7');
        expect([few.StackEvents.length, typeof few.NextToken]).toEqual([7, 'string']);
        const next = await must(
          'describe-stack-events --stack-name many --max-items 7 --starting-token',
          few.NextToken,
        );
        expect(next.StackEvents.map((event: any) => event.EventId)).toEqual(
          StackEvents.slice(7, 14).map((event: any) => event.EventId),
        );
      },
      120_000,
    );

    isThere(
      'shows templates, resources and drift',
      async () => {
        await must('create-stack --stack-name shown --template-body', body('shown.json', template(1)));
        await settled('shown');
        const { StackDriftDetectionId } = await must('detect-stack-drift --stack-name shown');
        const detection = `describe-stack-drift-detection-status --stack-drift-detection-id ${StackDriftDetectionId}`;
        expect((await must(detection)).DetectionStatus).toMatch(/^DETECTION_/);
        expect(
          (await must('get-template --stack-name shown')).TemplateBody.Resources.L.Properties.RetentionInDays,
        ).toBe(1);
        expect((await must('list-stack-resources --stack-name shown')).StackResourceSummaries).toHaveLength(1);
        expect((await must('validate-template --template-body', body('v.json', template(1)))).Parameters).toHaveLength(
          1,
        );
        const table = await must('describe-stacks --stack-name shown --output table');
        expect(table).toContain('CREATE_COMPLETE');
      },
      120_000,
    );
  },
);
