import { randomBytes } from 'node:crypto';
import type { AccessKey, Session } from './served.js';

/** Any Keystone, and the password of its `admin`. */
export interface KeystoneAddress {
  /** Ends with `/v3`. */
  readonly v3Url: string;
  readonly password: string;
}

interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Makes what a test needs in a Keystone that others may use too, and takes it away again. */
export class KeystoneAdmin {
  readonly #made: string[] = [];
  readonly tail = randomBytes(4).toString('hex');

  private constructor(
    readonly address: KeystoneAddress,
    readonly token: string,
  ) {}

  static async open(address: KeystoneAddress): Promise<KeystoneAdmin> {
    const login = await logIn(address, { name: 'admin', password: address.password, project: 'admin' });
    return new KeystoneAdmin(address, login.token);
  }

  /** Sends as the administrator; throws for an answer that refuses. */
  async send<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    const answer = await send<T>(this.address, method, path, this.token, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async make(kind: string, fields: object): Promise<string> {
    const plural = kind === 'policy' ? 'policies' : `${kind}s`;
    const made = await this.send<{ [kind: string]: { id: string } }>('POST', `/${plural}`, { [kind]: fields });
    const id = made[kind]?.id ?? '';
    this.#made.unshift(`/${plural}/${id}`);
    return id;
  }

  async idOf(plural: string, query: string): Promise<string> {
    const found = await this.send<{ [plural: string]: { id: string }[] }>('GET', `/${plural}?${query}`);
    return found[plural]?.[0]?.id ?? '';
  }

  /** A user with one role in a project, logged in, with a key pair. */
  async person(projectId: string, role: string): Promise<Session & AccessKey & { readonly name: string }> {
    const name = `baton-${role}-${randomBytes(4).toString('hex')}`;
    const userId = await this.make('user', { name, password: 'pw-of-test' });
    const roleId = await this.idOf('roles', `name=${role}`);
    await this.send('PUT', `/projects/${projectId}/users/${userId}/roles/${roleId}`);
    const { token } = await logIn(this.address, { name, password: 'pw-of-test', projectId });
    const { credential } = await this.send<{ credential: AccessKey }>('POST', `/users/${userId}/credentials/OS-EC2`, {
      tenant_id: projectId,
    });
    return { name, userId, projectId, token, access: credential.access, secret: credential.secret };
  }

  async revoke(token: string): Promise<void> {
    const headers = { 'x-auth-token': this.token, 'x-subject-token': token };
    await fetch(`${this.address.v3Url}/auth/tokens`, { method: 'DELETE', headers });
  }

  async close(): Promise<void> {
    for (const path of this.#made) await this.send('DELETE', path);
  }
}

interface Login {
  readonly name: string;
  readonly password: string;
  readonly project?: string;
  readonly projectId?: string;
}

/** A new token; without a project it is unscoped. */
export async function logIn(address: KeystoneAddress, login: Login): Promise<{ token: string; status: number }> {
  const domain = { id: 'default' };
  const project = login.projectId === undefined ? { name: login.project, domain } : { id: login.projectId };
  const isScoped = login.project !== undefined || login.projectId !== undefined;
  const user = { name: login.name, domain, password: login.password };
  const identity = { methods: ['password'], password: { user } };
  const answer = await send(address, 'POST', '/auth/tokens', undefined, {
    auth: { identity, ...(isScoped ? { scope: { project } } : { scope: 'unscoped' }) },
  });
  return { status: answer.status, token: answer.headers.get('x-subject-token') ?? '' };
}

async function send<T>(
  { v3Url }: KeystoneAddress,
  method: string,
  path: string,
  token: string | undefined,
  body?: object,
): Promise<Answer<T>> {
  const response = await fetch(`${v3Url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T };
}
