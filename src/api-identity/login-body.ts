import type { Json, JsonMap } from '../engine/model/value.js';
import { invalid, missing } from '../identity/identity-error.js';
import { AUTH_METHODS, type LoginRequest, type Reference, type ScopeRequest } from '../identity/login.js';
import { checkField, FIELDS, validate } from './validation.js';

/** The login in a body of `POST /v3/auth/tokens`; Keystone's 400 if it cannot be read. */
export function readLogin(body: JsonMap, address: string): LoginRequest {
  const auth = body.auth;
  if (auth === undefined || auth === null) throw missing('auth', 'request body');
  const valid = validate(auth, {
    fields: { identity: FIELDS.map, scope: { type: ['object', 'string'] } },
    required: ['identity'],
  });
  const identity = valid.identity as JsonMap;
  validateAt(identity, 'identity', { methods: { type: 'array', items: FIELDS.text } }, ['methods']);
  const methods = identity.methods as string[];
  for (const method of methods) {
    if (!Object.hasOwn(identity, method)) throw missing(method, 'identity');
  }
  const has = (method: string) => AUTH_METHODS.includes(method) && methods.includes(method);
  return {
    methods,
    ...(has('password') && { password: readPassword(identity.password as Json) }),
    ...(has('token') && { token: readToken(identity.token as Json) }),
    ...(has('application_credential') && {
      applicationCredential: readApplicationCredential(identity.application_credential as Json),
    }),
    scope: readScope(valid.scope),
    address,
  };
}

function validateAt(
  value: Json,
  path: string,
  fields: Parameters<typeof validate>[1]['fields'],
  required: string[] = [],
): JsonMap {
  checkField(value, FIELDS.map, path);
  const map = value as JsonMap;
  for (const [name, field] of Object.entries(fields)) {
    const entry = map[name];
    if (entry !== undefined) checkField(entry, field, `${path}/${name}`);
  }
  for (const name of required) {
    if (!Object.hasOwn(map, name)) throw invalid(`Invalid input for field '${path}': '${name}' is a required property`);
  }
  return map;
}

/** Something named by id, or by name and domain; one of the two must be there. */
function readReference(value: Json, path: string): Reference {
  const { id, name, domain } = validateAt(value, path, { id: FIELDS.text, name: FIELDS.text, domain: FIELDS.map });
  if (id === undefined && name === undefined) {
    throw invalid(`Invalid input for field ${path}: id or name must be present.`);
  }
  return {
    ...(typeof id === 'string' && { id }),
    ...(typeof name === 'string' && { name }),
    ...(domain !== undefined && { domain: readReference(domain, `${path}/domain`) }),
  };
}

function readPassword(value: Json): NonNullable<LoginRequest['password']> {
  const map = validateAt(value, 'identity/password', { user: FIELDS.map });
  if (map.user === undefined) throw missing('user', 'password');
  const path = 'identity/password/user';
  const user = readReference(map.user, path);
  const { password } = validateAt(map.user, path, { password: FIELDS.secret });
  if (typeof password !== 'string') throw missing('password', 'user');
  return { user, password };
}

function readToken(value: Json): string {
  const map = validateAt(value, 'identity/token', { id: FIELDS.secret }, ['id']);
  return map.id as string;
}

function readApplicationCredential(value: Json): NonNullable<LoginRequest['applicationCredential']> {
  const path = 'identity/application_credential';
  const fields = { id: FIELDS.text, name: FIELDS.text, secret: FIELDS.secret, user: FIELDS.map };
  const { id, name, secret, user } = validateAt(value, path, fields, ['secret']);
  return {
    ...(typeof id === 'string' && { id }),
    ...(typeof name === 'string' && { name }),
    ...(user !== undefined && { user: readReference(user, `${path}/user`) }),
    secret: secret as string,
  };
}

function readScope(scope: Json | undefined): ScopeRequest {
  if (scope === undefined || scope === null) return { kind: 'default' };
  if (typeof scope === 'string') {
    if (scope.includes('unscoped')) return { kind: 'unscoped' };
    throw missing('system, project, domain, OS-TRUST:trust or unscoped', 'scope');
  }
  const map = scope as JsonMap;
  const kinds = ['project', 'domain', 'unscoped', 'system', 'OS-TRUST:trust'].filter((kind) =>
    Object.hasOwn(map, kind),
  );
  const [kind] = kinds;
  if (kind === undefined || kinds.length !== 1) {
    throw missing('system, project, domain, OS-TRUST:trust or unscoped', 'scope');
  }
  if (kind === 'system' || kind === 'unscoped') return { kind };
  if (kind === 'OS-TRUST:trust') {
    const { id } = validateAt(map[kind] ?? null, `scope/${kind}`, { id: FIELDS.text });
    if (typeof id !== 'string' || id === '') throw missing('trust_id', 'trust');
    return { kind: 'trust', reference: { id } };
  }
  return { kind: kind as 'project' | 'domain', reference: readReference(map[kind] ?? null, `scope/${kind}`) };
}
