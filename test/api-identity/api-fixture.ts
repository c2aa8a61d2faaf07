import { createIdentityApi, type IdentityApi } from '../../src/api-identity/identity-api.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import type { IdentityConfig } from '../../src/identity/identity.js';
import { type Fixture, openFixture } from '../identity/fixture.js';

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: any;
  readonly text: string | undefined;
}

export interface ApiFixture extends Fixture {
  readonly api: IdentityApi;
  readonly bugs: unknown[];
  /** `path` may have a query; without a token nobody is asking. */
  send(
    method: string,
    path: string,
    options?: { token?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  asAdmin(method: string, path: string, body?: JsonMap): Promise<Answer>;
  asDemo(method: string, path: string, body?: JsonMap): Promise<Answer>;
}

export const BASE = 'http://cloud.example:8004';

export async function openApi(config?: IdentityConfig): Promise<ApiFixture> {
  const fixture = await openFixture(config);
  const bugs: unknown[] = [];
  const api = createIdentityApi({
    identity: fixture.identity,
    now: fixture.clock.now,
    reportBug: (error) => bugs.push(error),
  });
  const send: ApiFixture['send'] = async (method, path, { token, body, headers = {} } = {}) => {
    const [pathname = '', search = ''] = path.split('?');
    const response = await api.handle({
      method,
      path: `/identity${pathname}`,
      query: [...new URLSearchParams(search)],
      headers: {
        ...(token !== undefined && { 'x-auth-token': token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      baseUrl: BASE,
      remoteAddress: '192.0.2.1',
    });
    return {
      status: response.status,
      headers: response.headers,
      body: response.body === undefined ? undefined : JSON.parse(response.body),
      text: response.body,
    };
  };
  return {
    ...fixture,
    api,
    bugs,
    send,
    asAdmin: (method, path, body) => send(method, path, { token: fixture.adminToken, ...(body && { body }) }),
    asDemo: (method, path, body) => send(method, path, { token: fixture.demoToken, ...(body && { body }) }),
  };
}
