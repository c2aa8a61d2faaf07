import type { JsonMap } from '../engine/model/value.js';
import type { GroupInput } from '../identity/groups.js';
import type { Identity } from '../identity/identity.js';
import { invalid } from '../identity/identity-error.js';
import type { Call, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import type { PolicyAction } from './policy.js';
import { domainIdFor } from './projects.js';
import { assertSameId, type BodyRule, entityOf, extraOf, FIELDS, validate } from './validation.js';
import { collection, groupView, userView } from './views.js';

const GROUP_FIELDS = { description: FIELDS.textOrNull, domain_id: FIELDS.id, name: FIELDS.name } as const;
const CREATE: BodyRule = { fields: GROUP_FIELDS, required: ['name'] };
const UPDATE: BodyRule = { fields: GROUP_FIELDS, minProperties: 1 };

function input(entity: JsonMap): GroupInput {
  return {
    ...(typeof entity.name === 'string' && { name: entity.name }),
    ...(entity.description !== undefined && { description: (entity.description as string | null) ?? '' }),
    extra: extraOf(entity, Object.keys(GROUP_FIELDS)),
  };
}

/** `/v3/groups` and who is in them. */
export function groupRoutes({ groups }: Identity): Routes {
  async function enforceOn(call: Call, action: PolicyAction): Promise<string> {
    const id = call.param('group_id');
    await call.enforce(action, { domainId: (await findOrUndefined(groups.get(id)))?.domainId });
    return id;
  }

  return {
    '/v3/groups': {
      GET: async (call) => {
        const scope = (await call.token()).domain?.id;
        await call.enforce('list_groups', { domainId: scope });
        const rows = (await groups.list(scope)).map((row) => groupView(row, call.v3Url));
        return {
          status: 200,
          body: collection('groups', call.query.filter(rows, ['domain_id', 'name']), call.selfUrl),
        };
      },
      POST: async (call) => {
        await call.enforce('create_group');
        const entity = validate(entityOf(call.body, 'group'), CREATE);
        const row = await groups.create({
          ...input(entity),
          name: entity.name as string,
          domainId: await domainIdFor(entity, call),
        });
        return { status: 201, body: { group: groupView(row, call.v3Url) } };
      },
    },
    '/v3/groups/{group_id}': {
      GET: async (call) => {
        const id = await enforceOn(call, 'get_group');
        return { status: 200, body: { group: groupView(await groups.get(id), call.v3Url) } };
      },
      PATCH: async (call) => {
        const id = await enforceOn(call, 'update_group');
        const entity = validate(entityOf(call.body, 'group'), UPDATE);
        assertSameId(entity, id);
        const old = await groups.get(id);
        if (entity.domain_id !== undefined && entity.domain_id !== old.domainId)
          throw invalid('Cannot change Domain ID');
        return { status: 200, body: { group: groupView(await groups.update(id, input(entity)), call.v3Url) } };
      },
      DELETE: async (call) => {
        await groups.delete(await enforceOn(call, 'delete_group'));
        return { status: 204 };
      },
    },
    '/v3/groups/{group_id}/users': {
      GET: async (call) => {
        const id = await enforceOn(call, 'list_users_in_group');
        const rows = (await groups.users(id)).map((row) => userView(row, call.v3Url));
        return {
          status: 200,
          body: collection('users', call.query.filter(rows, ['domain_id', 'enabled', 'name']), call.selfUrl),
        };
      },
    },
    '/v3/groups/{group_id}/users/{user_id}': {
      GET: async (call) => {
        await groups.checkUser(await enforceOn(call, 'check_user_in_group'), call.param('user_id'));
        return { status: 204 };
      },
      PUT: async (call) => {
        await groups.addUser(await enforceOn(call, 'add_user_to_group'), call.param('user_id'));
        return { status: 204 };
      },
      DELETE: async (call) => {
        await groups.removeUser(await enforceOn(call, 'remove_user_from_group'), call.param('user_id'));
        return { status: 204 };
      },
    },
  };
}
