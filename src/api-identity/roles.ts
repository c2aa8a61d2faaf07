import type { JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import { invalid } from '../identity/identity-error.js';
import type { RoleInput } from '../identity/roles.js';
import type { Call, Reply, Routes } from './api-types.js';
import { assertSameId, type BodyRule, entityOf, extraOf, FIELDS, validate } from './validation.js';
import { collection, roleView } from './views.js';

const ROLE_FIELDS = {
  name: FIELDS.name,
  description: FIELDS.textOrNull,
  domain_id: FIELDS.idOrNull,
  options: FIELDS.map,
} as const;
const CREATE: BodyRule = { fields: ROLE_FIELDS, required: ['name'] };
const UPDATE: BodyRule = { fields: ROLE_FIELDS, minProperties: 1 };

function input(entity: JsonMap): RoleInput {
  const { name, description, options } = entity;
  return {
    ...(typeof name === 'string' && { name }),
    ...(description !== undefined && { description: description as string | null }),
    ...(options !== undefined && { options: options as JsonMap }),
    extra: extraOf(entity, Object.keys(ROLE_FIELDS)),
  };
}

/** `/v3/roles`. */
export function roleRoutes({ roles }: Identity): Routes {
  async function list(call: Call): Promise<Reply> {
    const domainId = call.query.get('domain_id') ?? null;
    await call.enforce(domainId === null ? 'list_roles' : 'list_domain_roles');
    const rows = (await roles.list())
      .filter((row) => row.domainId === domainId)
      .map((row) => roleView(row, call.v3Url));
    return { status: 200, body: collection('roles', call.query.filter(rows, ['name']), call.selfUrl) };
  }

  return {
    '/v3/roles': {
      GET: list,
      POST: async (call) => {
        await call.enforce('create_role');
        const entity = validate(entityOf(call.body, 'role'), CREATE);
        const domainId = typeof entity.domain_id === 'string' ? entity.domain_id : null;
        if (domainId !== null) await call.enforce('create_domain_role');
        const row = await roles.create({ ...input(entity), name: entity.name as string, domainId });
        return { status: 201, body: { role: roleView(row, call.v3Url) } };
      },
    },
    '/v3/roles/{role_id}': {
      GET: async (call) => {
        await call.enforce('get_role');
        return { status: 200, body: { role: roleView(await roles.get(call.param('role_id')), call.v3Url) } };
      },
      PATCH: async (call) => {
        await call.enforce('update_role');
        const id = call.param('role_id');
        const entity = validate(entityOf(call.body, 'role'), UPDATE);
        assertSameId(entity, id);
        const old = await roles.get(id);
        if (entity.domain_id !== undefined && entity.domain_id !== old.domainId)
          throw invalid('Cannot change Domain ID');
        return { status: 200, body: { role: roleView(await roles.update(id, input(entity)), call.v3Url) } };
      },
      DELETE: async (call) => {
        await call.enforce('delete_role');
        await roles.delete(call.param('role_id'));
        return { status: 204 };
      },
    },
  };
}
