import type { Json, JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import { forbidden, invalid } from '../identity/identity-error.js';
import type { ApplicationCredentialRecord, RoleRecord } from '../identity/records.js';
import type { LiveToken } from '../identity/tokens.js';
import type { Call, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import type { PolicyAction } from './policy.js';
import { type BodyRule, entityOf, FIELDS, validate } from './validation.js';
import { applicationCredentialView, collection } from './views.js';

const CREATE: BodyRule = {
  fields: {
    name: FIELDS.name,
    description: FIELDS.textOrNull,
    secret: FIELDS.secretOrNull,
    expires_at: FIELDS.textOrNull,
    roles: { type: 'array', items: FIELDS.map },
    unrestricted: FIELDS.flag,
    access_rules: { type: 'array' },
  },
  required: ['name'],
};

/** A token from a trust or a signature must not make something that outlives it; one from a restricted program neither. */
function assertMayManage({ record, applicationCredential }: LiveToken, isChange: boolean): void {
  if (record.trustId !== undefined || record.methods.includes('ec2credential')) throw forbidden();
  if (isChange && applicationCredential && !applicationCredential.unrestricted) {
    throw forbidden(
      "Using method 'application_credential' is not allowed for managing additional application credentials.",
    );
  }
}

function expiryOf(value: Json | undefined, now: number): number | null {
  if (value === undefined || value === null) return null;
  const text = value as string;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  const tail =
    'The server could not comply with the request since it is either malformed or otherwise incorrect. The client is ' +
    'assumed to be in error.';
  if (Number.isNaN(ms)) throw invalid(`Timestamp not in expected format. ${tail}`);
  if (ms <= now) throw invalid(`The 'expires_at' must not be before now. ${tail}`);
  return ms;
}

/** `/v3/users/{user_id}/application_credentials`. */
export function applicationCredentialRoutes(identity: Identity, now: () => number): Routes {
  const { applicationCredentials, roles } = identity;

  async function view(row: ApplicationCredentialRecord, call: Call): Promise<JsonMap> {
    const found = await Promise.all(row.roleIds.map((id) => findOrUndefined(roles.get(id))));
    return applicationCredentialView(
      row,
      found.filter((role) => role !== undefined),
      call.v3Url,
    );
  }

  /** No more than what the caller's own token may do. */
  async function grantedRoles(wanted: Json | undefined, token: LiveToken): Promise<readonly RoleRecord[]> {
    if (!Array.isArray(wanted) || wanted.length === 0) return token.roles;
    return Promise.all(
      wanted.map(async (entry) => {
        const { id, name } = entry as JsonMap;
        const role = token.roles.find((each) => (id === undefined ? each.name === name : each.id === id));
        if (!role)
          throw invalid('Invalid application credential: Cannot create an application credential with unassigned role');
        return role;
      }),
    );
  }

  async function enforceOn(
    call: Call,
    action: PolicyAction,
  ): Promise<{ row: ApplicationCredentialRecord; token: LiveToken }> {
    const id = call.param('application_credential_id');
    const row = await findOrUndefined(applicationCredentials.get(id));
    // Whose it is is what the record says, not what the address says.
    const token = await call.enforce(action, { userId: row ? row.userId : call.param('user_id') });
    return { row: row ?? (await applicationCredentials.get(id)), token };
  }

  return {
    '/v3/users/{user_id}/application_credentials': {
      GET: async (call) => {
        const userId = call.param('user_id');
        assertMayManage(await call.enforce('list_application_credentials', { userId }), false);
        const rows = await Promise.all((await applicationCredentials.list(userId)).map((row) => view(row, call)));
        return {
          status: 200,
          body: collection('application_credentials', call.query.filter(rows, ['name']), call.selfUrl),
        };
      },
      POST: async (call) => {
        const userId = call.param('user_id');
        const token = await call.enforce('create_application_credential', { userId });
        const entity = validate(entityOf(call.body, 'application_credential'), CREATE);
        assertMayManage(token, true);
        if (!token.project) throw invalid('Invalid application credential: a project-scoped token is required');
        if (Array.isArray(entity.access_rules) && entity.access_rules.length > 0) {
          throw invalid('Invalid application credential: access rules are not supported');
        }
        const { secret, description } = entity;
        const { row, secret: shown } = await applicationCredentials.create({
          name: entity.name as string,
          userId,
          projectId: token.project.id,
          description: (description as string | null | undefined) ?? null,
          ...(typeof secret === 'string' && secret !== '' && { secret }),
          roleIds: (await grantedRoles(entity.roles, token)).map(({ id }) => id),
          expiresAt: expiryOf(entity.expires_at, now()),
          unrestricted: (entity.unrestricted as boolean | undefined) ?? null,
        });
        return { status: 201, body: { application_credential: { ...(await view(row, call)), secret: shown } } };
      },
    },
    '/v3/users/{user_id}/application_credentials/{application_credential_id}': {
      GET: async (call) => {
        const { row, token } = await enforceOn(call, 'get_application_credential');
        assertMayManage(token, false);
        return { status: 200, body: { application_credential: await view(row, call) } };
      },
      DELETE: async (call) => {
        const { row, token } = await enforceOn(call, 'delete_application_credential');
        assertMayManage(token, true);
        await applicationCredentials.delete(row.id);
        return { status: 204 };
      },
    },
  };
}
