import type { Json, JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import { forbidden, IdentityError, invalid, notFound } from '../identity/identity-error.js';
import type { RoleRecord, TrustRecord } from '../identity/records.js';
import type { LiveToken } from '../identity/tokens.js';
import type { Call, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import { isAllowed, isReaderOfAll } from './policy.js';
import { type BodyRule, entityOf, FIELDS, validate } from './validation.js';
import { collection, roleView, trustView } from './views.js';

const CREATE: BodyRule = {
  fields: {
    trustor_user_id: FIELDS.text,
    trustee_user_id: FIELDS.text,
    impersonation: FIELDS.flag,
    project_id: FIELDS.textOrNull,
    expires_at: FIELDS.textOrNull,
    roles: { type: 'array', items: FIELDS.map },
  },
  required: ['trustor_user_id', 'trustee_user_id', 'impersonation'],
};

/** `/v3/OS-TRUST/trusts`: the plain part, without redelegation. */
export function trustRoutes(identity: Identity): Routes {
  const { trusts, roles, users, assignments } = identity;

  async function rolesOf(row: TrustRecord): Promise<RoleRecord[]> {
    const found = await Promise.all(row.roleIds.map((id) => findOrUndefined(roles.get(id))));
    return found.filter((role) => role !== undefined);
  }

  const view = async (row: TrustRecord, call: Call): Promise<JsonMap> => trustView(row, await rolesOf(row), call.v3Url);

  /** Both sides may look; whoever may not is told that there is none. */
  async function visible(call: Call): Promise<{ row: TrustRecord; token: LiveToken }> {
    const token = await call.token();
    const row = await trusts.get(call.param('trust_id'));
    const isMine = [row.trustorId, row.trusteeId].includes(token.user.id);
    if (!isMine && !isAllowed('get_trust', token)) throw notFound('trust', row.id);
    return { row, token };
  }

  async function lentRoles(
    wanted: Json | undefined,
    token: LiveToken,
    projectId: string | null,
  ): Promise<RoleRecord[]> {
    const held =
      projectId === null ? [] : await assignments.effectiveRoles(token.user.id, { kind: 'project', id: projectId });
    const refs = Array.isArray(wanted) ? (wanted as JsonMap[]) : [];
    if (projectId !== null && refs.length === 0)
      throw new IdentityError('forbidden', 'At least one role should be specified');
    return refs.map(({ id, name }) => {
      const role = held.find((each) => (id === undefined ? each.name === name : each.id === id));
      if (!role) throw notFound('role', String(id ?? name));
      return role;
    });
  }

  return {
    '/v3/OS-TRUST/trusts': {
      GET: async (call) => {
        const token = await call.token();
        const { query } = call;
        const mine = [query.get('trustor_user_id'), query.get('trustee_user_id')].some((id) => id === token.user.id);
        if (!mine && !isReaderOfAll(token)) throw forbidden('identity:list_trusts');
        const rows = await Promise.all((await trusts.list()).map((row) => view(row, call)));
        const found = query.filter(rows, ['trustor_user_id', 'trustee_user_id']).map(({ roles: _, ...rest }) => rest);
        return { status: 200, body: collection('trusts', found, call.selfUrl) };
      },
      POST: async (call) => {
        await call.token();
        const entity = validate(entityOf(call.body, 'trust'), CREATE);
        const token = await call.enforce('create_trust', { userId: entity.trustor_user_id as string });
        if (token.record.trustId !== undefined || token.record.applicationCredentialId !== undefined) throw forbidden();
        const uses = entity.remaining_uses ?? null;
        if (uses !== null && (typeof uses !== 'number' || !Number.isInteger(uses) || uses < 1)) {
          throw invalid('remaining_uses must be a positive integer or null.');
        }
        const projectId = (entity.project_id as string | null | undefined) ?? null;
        const expiresAt = typeof entity.expires_at === 'string' ? Date.parse(entity.expires_at) : null;
        if (Number.isNaN(expiresAt)) throw invalid('Timestamp not in expected format.');
        const trustee = await users.get(entity.trustee_user_id as string);
        const row = await trusts.create({
          trustorId: token.user.id,
          trusteeId: trustee.id,
          projectId,
          impersonation: entity.impersonation === true,
          roleIds: (await lentRoles(entity.roles, token, projectId)).map(({ id }) => id),
          expiresAt,
          remainingUses: uses,
        });
        return { status: 201, body: { trust: await view(row, call) } };
      },
    },
    '/v3/OS-TRUST/trusts/{trust_id}': {
      GET: async (call) => ({ status: 200, body: { trust: await view((await visible(call)).row, call) } }),
      DELETE: async (call) => {
        const { row } = await visible(call);
        await call.enforce('delete_trust', { userId: row.trustorId });
        await trusts.delete(row.id);
        return { status: 204 };
      },
    },
    '/v3/OS-TRUST/trusts/{trust_id}/roles': {
      GET: async (call) => {
        const { row } = await visible(call);
        const rows = (await rolesOf(row)).map((role) => roleView(role, call.v3Url));
        return { status: 200, body: collection('roles', rows, call.selfUrl) };
      },
    },
  };
}
