import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RemoteStack, RemoteStacks } from '../../../engine/drivers/stack-access.js';
import { RejectedError, UnavailableError } from '../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asFilled, asMap, asMaps, asText } from '../../json-access.js';

/** How to reach a Heat of somebody else. */
export interface RemoteHeatOptions {
  /** What a credential secret holds: `auth_type` and `auth` with `auth_url` and the credentials themselves. */
  readonly credentials: JsonMap;
  readonly region: string | undefined;
  readonly caCert: string | undefined;
  readonly insecure: boolean;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: Json;
}

interface Call {
  readonly method: string;
  readonly url: string;
  readonly body?: JsonMap;
  readonly token?: string;
}

/** Logs in to a Keystone and gives the stacks of the Heat in its catalogue. */
export async function connectRemoteHeat(options: RemoteHeatOptions): Promise<RemoteStacks> {
  const auth = asMap(options.credentials.auth);
  const authUrl = asFilled(auth.auth_url);
  if (authUrl === undefined) throw new RejectedError('the credential has no auth_url', { reasonClass: 'ValueError' });
  const answer = await send(options, {
    method: 'POST',
    url: `${keystoneBase(authUrl)}/auth/tokens`,
    body: { auth: authRequest(asText(options.credentials.auth_type) ?? '', auth) },
  });
  if (answer.status !== 201) throw refused(answer);
  const token = String(answer.headers['x-subject-token'] ?? '');
  const endpoint = endpointIn(asMap(asMap(answer.body).token), options.region);
  if (endpoint === undefined)
    throw new RejectedError(
      `public endpoint for orchestration service in ${options.region ?? 'any'} region not found`,
      { reasonClass: 'EndpointNotFound' },
    );
  const call = (method: string, path: string, body?: JsonMap) =>
    send(options, { method, url: `${endpoint}${path}`, token, ...(body ? { body } : {}) });
  return remoteStacks(call);
}

function remoteStacks(call: (method: string, path: string, body?: JsonMap) => Promise<Answer>): RemoteStacks {
  const must = async (method: string, path: string, body?: JsonMap): Promise<JsonMap> => {
    const answer = await call(method, path, body);
    if (answer.status >= 400) throw refused(answer);
    return asMap(answer.body);
  };
  const pathOf = async (id: string): Promise<string | undefined> => {
    const answer = await call('GET', `/stacks/${encodeURIComponent(id)}`);
    if (answer.status === 404) return undefined;
    if (answer.status >= 400) throw refused(answer);
    const { stack_name, id: stackId } = asMap(asMap(answer.body).stack);
    return `/stacks/${asText(stack_name)}/${asText(stackId)}`;
  };
  const get = async (id: string): Promise<RemoteStack | undefined> => {
    const answer = await call('GET', `/stacks/${encodeURIComponent(id)}`);
    if (answer.status === 404) return undefined;
    if (answer.status >= 400) throw refused(answer);
    const stack = toStack(asMap(asMap(answer.body).stack));
    return stack.action === 'DELETE' && stack.status === 'COMPLETE' ? undefined : stack;
  };
  const at = async (id: string): Promise<string> => {
    const path = await pathOf(id);
    if (path === undefined)
      throw new RejectedError(`The Stack (${id}) could not be found.`, { reasonClass: 'NotFound' });
    return path;
  };
  return {
    async validate(request) {
      await must('POST', '/validate', request);
    },
    async create(request) {
      return asText(asMap((await must('POST', '/stacks', request)).stack).id) ?? '';
    },
    get,
    named: get,
    async update(id, request) {
      await must('PUT', await at(id), request);
    },
    async delete(id) {
      const path = await pathOf(id);
      if (path !== undefined) await must('DELETE', path);
    },
    async act(id, action) {
      await must('POST', `${await at(id)}/actions`, { [action]: null });
    },
    async snapshot(id) {
      return asText((await must('POST', `${await at(id)}/snapshots`, {})).id) ?? '';
    },
    async snapshotData(id, snapshotId) {
      const snapshot = asMap((await must('GET', `${await at(id)}/snapshots/${snapshotId}`)).snapshot);
      return { status: asText(snapshot.status) ?? '', data: asMap(snapshot.data) };
    },
    async deleteSnapshot(id, snapshotId) {
      const path = await pathOf(id);
      if (path !== undefined) await must('DELETE', `${path}/snapshots/${snapshotId}`);
    },
  };
}

function toStack(stack: JsonMap): RemoteStack {
  const [, action = '', status = ''] = /^([A-Z]+)_([A-Z_]+)$/.exec(asText(stack.stack_status) ?? '') ?? [];
  const outputs = asMaps(stack.outputs).map((output): [string, Json] => [
    asText(output.output_key) ?? '',
    output.output_value ?? null,
  ]);
  return {
    id: asText(stack.id) ?? '',
    name: asText(stack.stack_name) ?? '',
    action,
    status,
    statusReason: asText(stack.stack_status_reason) ?? '',
    outputs: Object.fromEntries(outputs),
    show: stack,
  };
}

function keystoneBase(authUrl: string): string {
  const trimmed = authUrl.replace(/\/+$/, '');
  return trimmed.endsWith('/v3') ? trimmed : `${trimmed}/v3`;
}

/** Keystone's request for the kinds of credentials that such secrets hold. */
function authRequest(type: string, auth: JsonMap): JsonMap {
  if (
    type === 'v3applicationcredential' ||
    'application_credential_id' in auth ||
    'application_credential_secret' in auth
  ) {
    const {
      application_credential_id: id,
      application_credential_name: name,
      application_credential_secret: secret,
    } = auth;
    const credential: JsonMap = { secret: secret ?? '', ...(id ? { id } : { name: name ?? '', user: userOf(auth) }) };
    return { identity: { methods: ['application_credential'], application_credential: credential } };
  }
  const { project_id, project_name, project_domain_id, project_domain_name } = auth;
  const domain: JsonMap = project_domain_id ? { id: project_domain_id } : { name: project_domain_name ?? 'Default' };
  return {
    identity: { methods: ['password'], password: { user: { ...userOf(auth), password: auth.password ?? '' } } },
    scope: { project: project_id ? { id: project_id } : { name: project_name ?? '', domain } },
  };
}

function userOf({ user_id, username, user_domain_id, user_domain_name }: JsonMap): JsonMap {
  if (user_id) return { id: user_id };
  return {
    name: username ?? '',
    domain: user_domain_id ? { id: user_domain_id } : { name: user_domain_name ?? 'Default' },
  };
}

function endpointIn(token: JsonMap, region: string | undefined): string | undefined {
  const service = asMaps(token.catalog).find((entry) => entry.type === 'orchestration');
  const endpoints = asMaps(service?.endpoints).filter((entry) => entry.interface === 'public');
  const found =
    region === undefined
      ? endpoints[0]
      : endpoints.find((entry) => entry.region === region || entry.region_id === region);
  return asFilled(found?.url)?.replace(/\/+$/, '');
}

/** The service's own words for why it refuses. */
function refused({ status, body }: Answer): RejectedError {
  const error = asMap(asMap(body).error);
  const text = asFilled(error.message) ?? asFilled(asMap(body).explanation) ?? `HTTP ${status}`;
  return new RejectedError(
    status === 401 ? `The request you have made requires authentication. (HTTP 401)` : `ERROR: ${text}`,
    {
      reasonClass: asFilled(error.type) ?? `HTTP${status}`,
    },
  );
}

function send(options: RemoteHeatOptions, { method, url, body, token }: Call): Promise<Answer> {
  const target = new URL(url);
  const isTls = target.protocol === 'https:';
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) =>
      reject(new UnavailableError(`Unable to establish connection to ${url}: ${cause.message}`, { cause }));
    const request = (isTls ? httpsRequest : httpRequest)(
      target,
      {
        method,
        signal: options.signal,
        headers: {
          accept: 'application/json',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...(token === undefined ? {} : { 'x-auth-token': token }),
        },
        ...(isTls
          ? { rejectUnauthorized: !options.insecure, ...(options.caCert === undefined ? {} : { ca: options.caCert }) }
          : {}),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          // By id alone Heat answers with the way to the stack's full name.
          const location = response.headers.location;
          if (status >= 300 && status < 400 && location !== undefined && method === 'GET') {
            resolve(
              send(options, { method, url: new URL(location, url).href, ...(token === undefined ? {} : { token }) }),
            );
          } else {
            resolve({ status, headers: response.headers, body: parseBody(Buffer.concat(chunks).toString('utf8')) });
          }
        });
      },
    );
    request.on('error', fail);
    request.end(text);
  });
}

function parseBody(text: string): Json {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Errors of gateways come as HTML; their status says enough.
    return null;
  }
}
