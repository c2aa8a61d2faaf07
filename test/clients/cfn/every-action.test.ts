import * as sdk from '@aws-sdk/client-cloudformation';
import { play, STUBBORN } from '../../../scripts/cfn/scenario.js';
import { ACTIONS } from '../../../src/api-cfn/action-table.js';
import { stackSetRunner } from '../../../src/api-cfn/stack-sets/stack-set-runner.js';
import { accountOf } from '../../../src/engine/model/account.js';
import { type CfnServer, cfnServer } from '../../helpers/cfn-server.js';
import { AwsSession, installed } from './aws-session.js';
import { plainInput, wireOutput } from './wire.js';

interface Answer {
  /** 0: the client is too old to know the action. */
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly result: any;
}
type Call = (action: string, input: object) => Promise<Answer>;
interface Client {
  readonly call: Call;
  close(): void;
}

/** The actions that the play is always refused: there is no organization. */
const REFUSED = ['ActivateOrganizationsAccess', 'DeactivateOrganizationsAccess'];

/**
 * How the play went: the actions that the client was answered without an error, and those that it does not know. What the client
 * has done once is left to the newest SDK the next time, unless it plays it all: commands take their time.
 */
async function playBy(open: (server: CfnServer) => Client, isLong = false) {
  const server = await cfnServer({
    faults: STUBBORN,
    retry: { limit: 2, baseMs: 1, maxMs: 10 },
    limits: { cancelGraceMs: 100 },
  });
  const client = open(server);
  const standIn = newest(server);
  const done = new Set<string>();
  const unknown = new Set<string>();
  try {
    await play(
      {
        ...server,
        async call(action, input = {}) {
          const asked = plainInput(input);
          let answer =
            done.has(action) && !isLong ? await standIn.call(action, asked) : await client.call(action, asked);
          if (answer.status === 0) {
            unknown.add(action);
            answer = await standIn.call(action, asked);
          } else if (answer.status === 200) done.add(action);
          else if (REFUSED.includes(action)) expect(answer.code).toMatch(/^InvalidOperation(Exception)?$/);
          return { ...answer, result: wireOutput(answer.result) };
        },
      },
      { accountOf, stackSetRunner },
      { isLong },
    );
    expect(server.bugs).toEqual([]);
  } finally {
    client.close();
    standIn.close();
    await server.close();
  }
  const missing = ACTIONS.map(({ name }) => name).filter(
    (name) => !done.has(name) && !unknown.has(name) && !REFUSED.includes(name),
  );
  return { missing, unknown };
}

function newest(server: CfnServer): Client {
  const client = new sdk.CloudFormationClient({
    region: 'us-east-1',
    endpoint: server.endpoint,
    credentials: { accessKeyId: server.access, secretAccessKey: server.secret },
    maxAttempts: 1,
  });
  return {
    async call(action, input) {
      const Command = (sdk as any)[`${action}Command`];
      try {
        const { $metadata: _, ...result } = (await client.send(new Command(input))) as any;
        return { status: 200, result };
      } catch (error) {
        if (!(error instanceof sdk.CloudFormationServiceException)) throw error;
        const { name, message } = error;
        return { status: error.$metadata.httpStatusCode ?? 400, code: name, message, result: {} };
      }
    },
    close: () => client.destroy(),
  };
}

test('the SDK for JavaScript plays a part in every action', async () => {
  const { missing, unknown } = await playBy(newest, true);
  expect([missing, [...unknown]]).toEqual([[], []]);
}, 180_000);

for (const { python, label } of await installed('boto3')) {
  test(`${label} plays a part in every action that it knows`, async () => {
    const { missing } = await playBy(({ env }) => {
      const session = new AwsSession(python, 'boto3', env);
      return { call: (action, input) => session.ask({ action, input }), close: () => session.close() };
    });
    expect(missing).toEqual([]);
  }, 180_000);
}

for (const { python, label } of await installed('awscli')) {
  test(`${label} plays a part in every action that it knows`, async () => {
    const { missing } = await playBy(({ env }) => {
      const session = new AwsSession(python, 'aws', env);
      return {
        async call(action, input) {
          const { code, out, error } = await session.ask({ action, input });
          if (code === -1) return { status: 0, result: {} };
          if (code === 0) return { status: 200, result: out.trim() === '' ? {} : JSON.parse(out) };
          const [, name = String(code), message = error] = /An error occurred \((\w+)\).*?: (.*)/s.exec(error) ?? [];
          return { status: 400, code: name, message, result: {} };
        },
        close: () => session.close(),
      };
    });
    expect(missing).toEqual([]);
  }, 300_000);
}
