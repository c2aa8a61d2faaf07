import * as sdk from '@aws-sdk/client-cloudformation';
import type { CfnServer } from '../../helpers/cfn-server.js';
import { AwsSession, installed } from './aws-session.js';

/** What a client was answered; a status of 0: it is too old to know the action. */
export interface ClientAnswer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly result: any;
}

/** One of AWS's clients, as something that calls actions by their names. */
export interface Client {
  call(action: string, input: object): Promise<ClientAnswer>;
  close(): void;
}

/** A client that is here. */
export interface ClientKind {
  readonly label: string;
  open(server: Pick<CfnServer, 'endpoint' | 'access' | 'secret' | 'env'>): Client;
}

/** The SDK for JavaScript: always there. */
export const javascript: ClientKind = {
  label: 'the SDK for JavaScript',
  open({ endpoint, access, secret }) {
    const client = new sdk.CloudFormationClient({
      region: 'us-east-1',
      endpoint,
      credentials: { accessKeyId: access, secretAccessKey: secret },
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
  },
};

/** The clients that are installed, each version once. */
export async function clientKinds(): Promise<ClientKind[]> {
  const botos = (await installed('boto3')).map(
    ({ python, label }): ClientKind => ({
      label,
      open({ env }) {
        const session = new AwsSession(python, 'boto3', env);
        return { call: (action, input) => session.ask({ action, input }), close: () => session.close() };
      },
    }),
  );
  const commands = (await installed('awscli')).map(
    ({ python, label }): ClientKind => ({
      label,
      open({ env }) {
        const session = new AwsSession(python, 'aws', env);
        return {
          async call(action, input) {
            const { code, out, error } = await session.ask({ action, input });
            if (code === -1) return { status: 0, result: {} };
            if (code === 0) return { status: 200, result: out.trim() === '' ? {} : JSON.parse(out) };
            const [, name = String(code), message = error] = /An error occurred \((\w+)\).*?: (.*)/s.exec(error) ?? [];
            return { status: 400, code: name, message: message.trim(), result: {} };
          },
          close: () => session.close(),
        };
      },
    }),
  );
  return [javascript, ...botos, ...commands];
}
