import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseOpenrc } from '../../src/cli/transport/served-folder.js';
import { v4CanonicalRequest, v4Signature } from '../../src/identity/signatures/signature-v4.js';
import { sha256Hex } from '../../src/identity/signatures/signed-request.js';
import { type RunningServer, type ServerConfig, startServer } from '../../src/server.js';

/** A client's right to one project. */
export interface Session {
  readonly token: string;
  readonly projectId: string;
  readonly userId: string;
}

/** An access key for CloudFormation's API. */
export interface AccessKey {
  readonly access: string;
  readonly secret: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What a test asks for; a target is sent as it is written. */
export interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Buffer;
}

/** A whole server over a data folder of its own, as clients see it, with all that it logs. */
export class Served {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });

  private constructor(
    readonly dataDir: string,
    readonly server: RunningServer,
    readonly logged: string[],
  ) {}

  static async start(config: ServerConfig = {}, level = 'debug'): Promise<Served> {
    const dataDir = mkdtempSync(join(tmpdir(), 'baton-served-'));
    const logged: string[] = [];
    const logger = pino({ level }, { write: (line: string) => logged.push(line) });
    return new Served(dataDir, await startServer({ dataDir, config: { port: 0, ...config }, logger }), logged);
  }

  get engine() {
    return this.server.engine;
  }

  /** The variables of one of the files that the first start writes. */
  account(file: 'openrc' | 'demo-openrc' | 'awsrc') {
    return parseOpenrc(readFileSync(join(this.dataDir, file), 'utf8'));
  }

  send({ method, target, headers = {}, body }: Sent): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { port } = this.server;
      const call = httpRequest(
        { port, host: '127.0.0.1', method, path: target, headers, agent: this.#agent },
        (answer) => {
          const chunks: Buffer[] = [];
          if (answer.headers['content-type'] === 'text/event-stream') {
            // It has no end: who looks at its head only goes away.
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: '' });
            answer.destroy();
            return;
          }
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }

  async logIn(user: string, password: string, project: string): Promise<Session> {
    const domain = { name: 'Default' };
    const answer = await this.identity(undefined, 'POST', '/auth/tokens', {
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
        scope: { project: { name: project, domain } },
      },
    });
    const { token } = JSON.parse(answer.text) as { token: { project: { id: string }; user: { id: string } } };
    return { token: String(answer.headers['x-subject-token']), projectId: token.project.id, userId: token.user.id };
  }

  async member(): Promise<Session> {
    const { OS_USERNAME = '', OS_PASSWORD = '', OS_PROJECT_NAME = '' } = this.account('demo-openrc');
    return this.logIn(OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME);
  }

  async admin(): Promise<Session> {
    const { OS_USERNAME = '', OS_PASSWORD = '', OS_PROJECT_NAME = '' } = this.account('openrc');
    return this.logIn(OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME);
  }

  /** A project with one member, made by the administrator. */
  async project(name: string, role = 'member'): Promise<Session & AccessKey> {
    const admin = await this.admin();
    const made = async (kind: string, fields: object) => {
      const { text } = await this.identity(admin, 'POST', `/${kind}s`, { [kind]: fields });
      return (JSON.parse(text) as { [kind: string]: { id: string } })[kind]?.id ?? '';
    };
    const password = `password of ${name}`;
    const projectId = await made('project', { name, domain_id: 'default' });
    const userId = await made('user', { name, password, domain_id: 'default' });
    const roles = JSON.parse((await this.identity(admin, 'GET', `/roles?name=${role}`)).text) as {
      roles: { id: string }[];
    };
    await this.identity(admin, 'PUT', `/projects/${projectId}/users/${userId}/roles/${roles.roles[0]?.id}`);
    const session = await this.logIn(name, password, name);
    const pair = await this.identity(session, 'POST', `/users/${userId}/credentials/OS-EC2`, { tenant_id: projectId });
    const { credential } = JSON.parse(pair.text) as { credential: AccessKey };
    return { ...session, access: credential.access, secret: credential.secret };
  }

  identity(session: Session | undefined, method: string, path: string, body?: object): Promise<Reply> {
    return this.send({
      method,
      target: `/identity/v3${path}`,
      headers: { 'content-type': 'application/json', ...(session ? { 'x-auth-token': session.token } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** A request of Heat's API in the session's project. */
  heat(session: Session, method: string, path: string, body?: object): Promise<Reply> {
    return this.send({
      method,
      target: `/v1/${session.projectId}${path}`,
      headers: { 'x-auth-token': session.token, 'content-type': 'application/json', accept: 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** An action of CloudFormation's API, signed. */
  cfn(key: AccessKey, action: string, fields: { readonly [name: string]: string } = {}): Promise<Reply> {
    const body = new URLSearchParams({ Action: action, Version: '2010-05-15', ...fields }).toString();
    return this.#sendSigned(key, 'cloudformation', {
      method: 'POST',
      target: '/cfn/',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
    });
  }

  /** Puts an object into a bucket or container of the key's project. */
  putObject(key: AccessKey, bucket: string, name: string, body: string): Promise<Reply> {
    const headers = { 'x-amz-content-sha256': sha256Hex(body) };
    return this.#sendSigned(key, 's3', { method: 'PUT', target: `/s3/${bucket}/${name}`, headers, body });
  }

  #sendSigned(
    key: AccessKey,
    service: string,
    { method, target, headers: given, body }: Required<Sent> & { readonly body: string },
  ): Promise<Reply> {
    const timestamp = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const headers: { [name: string]: string } = {
      ...given,
      host: `127.0.0.1:${this.server.port}`,
      'x-amz-date': timestamp,
    };
    const claim = {
      accessKey: key.access,
      date: timestamp.slice(0, 8),
      region: 'us-east-1',
      service,
      signedHeaders: Object.keys(headers)
        .filter((name) => name !== 'content-type')
        .sort(),
      signature: '',
      timestamp,
      expiresIn: undefined,
    };
    const form = service === 's3' ? [] : [...new URLSearchParams(body)];
    const signed = { method, path: target, query: [], form, headers, bodyHash: sha256Hex(body) };
    const signature = v4Signature(key.secret, claim, v4CanonicalRequest(signed, claim, target));
    const scope = `${key.access}/${claim.date}/us-east-1/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${claim.signedHeaders.join(';')}, Signature=${signature}`;
    return this.send({ method, target, headers: { ...headers, authorization }, body });
  }

  /** Makes a stack and waits until it is done. */
  async createStack(session: Session, name: string, body: object): Promise<string> {
    const { status, text } = await this.heat(session, 'POST', '/stacks', { stack_name: name, ...body });
    if (status !== 201) throw new Error(`${name} was not made: ${status} ${text}`);
    const { stack } = JSON.parse(text) as { stack: { id: string } };
    await this.server.engine.stacks.settled(stack.id);
    return stack.id;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.server.close();
  }

  /** Stops the server and removes all that it kept. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
