import type { JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import { invalid } from '../identity/identity-error.js';
import type { UserInput } from '../identity/users.js';
import type { Call, Reply, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import type { PolicyAction } from './policy.js';
import { domainIdFor } from './projects.js';
import { assertSameId, type BodyRule, entityOf, extraOf, FIELDS, validate } from './validation.js';
import { collection, groupView, projectView, userView } from './views.js';

const USER_FIELDS = {
  default_project_id: FIELDS.idOrNull,
  description: FIELDS.textOrNull,
  domain_id: FIELDS.id,
  enabled: FIELDS.flag,
  federated: { type: 'array' },
  name: FIELDS.name,
  password: FIELDS.secretOrNull,
  options: FIELDS.map,
} as const;
const CREATE: BodyRule = { fields: USER_FIELDS, required: ['name'] };
const UPDATE: BodyRule = { fields: USER_FIELDS, minProperties: 1 };
const PASSWORD: BodyRule = {
  fields: { original_password: FIELDS.secret, password: FIELDS.secret },
  required: ['original_password', 'password'],
  isClosed: true,
};
/** A description is kept as it came, as Keystone does. */
const KNOWN = [...Object.keys(USER_FIELDS).filter((name) => name !== 'description'), 'password_expires_at'];

/** `/v3/users`. */
export function userRoutes(identity: Identity): Routes {
  const { users, domains, assignments } = identity;

  async function enforceOn(call: Call, action: PolicyAction): Promise<string> {
    const id = call.param('user_id');
    const row = await findOrUndefined(users.get(id));
    await call.enforce(action, { userId: row?.id, domainId: row?.domainId });
    return id;
  }

  async function input(entity: JsonMap): Promise<UserInput> {
    const { name, enabled, password, default_project_id: projectId, options } = entity;
    if (typeof projectId === 'string' && (await findOrUndefined(domains.get(projectId)))) {
      throw invalid(`User's default project ID cannot be a domain ID: ${projectId}`);
    }
    return {
      ...(typeof name === 'string' && { name }),
      ...(typeof enabled === 'boolean' && { enabled }),
      ...(password !== undefined && { password: password as string | null }),
      ...(projectId !== undefined && { defaultProjectId: projectId as string | null }),
      ...(options !== undefined && { options: options as JsonMap }),
      extra: extraOf(entity, KNOWN),
    };
  }

  async function list(call: Call): Promise<Reply> {
    const scope = (await call.token()).domain?.id;
    await call.enforce('list_users', { domainId: scope });
    const rows = (await users.list(scope)).map((row) => userView(row, call.v3Url));
    return {
      status: 200,
      body: collection('users', call.query.filter(rows, ['domain_id', 'enabled', 'name']), call.selfUrl),
    };
  }

  return {
    '/v3/users': {
      GET: list,
      POST: async (call) => {
        await call.enforce('create_user');
        const entity = validate(entityOf(call.body, 'user'), CREATE);
        const domainId = await domainIdFor(entity, call);
        const row = await users.create({ ...(await input(entity)), name: entity.name as string, domainId });
        return { status: 201, body: { user: userView(row, call.v3Url) } };
      },
    },
    '/v3/users/{user_id}': {
      GET: async (call) => {
        const id = await enforceOn(call, 'get_user');
        return { status: 200, body: { user: userView(await users.get(id), call.v3Url) } };
      },
      PATCH: async (call) => {
        const id = await enforceOn(call, 'update_user');
        const old = await users.get(id);
        const entity = validate(entityOf(call.body, 'user'), UPDATE);
        assertSameId(entity, id);
        if (entity.domain_id !== undefined && entity.domain_id !== old.domainId)
          throw invalid('Cannot change Domain ID');
        const row = await users.update(id, await input(entity));
        // As with projects, this answer repeats the extra attributes.
        return { status: 200, body: { user: { ...userView(row, call.v3Url), extra: row.extra } } };
      },
      DELETE: async (call) => {
        await users.delete(await enforceOn(call, 'delete_user'));
        return { status: 204 };
      },
    },
    // The old password is the permission.
    '/v3/users/{user_id}/password': {
      POST: async (call) => {
        const entity = validate(entityOf(call.body, 'user'), PASSWORD);
        await identity.changePassword(
          call.param('user_id'),
          entity.original_password as string,
          entity.password as string,
          call.remoteAddress,
        );
        return { status: 204 };
      },
    },
    '/v3/users/{user_id}/projects': {
      GET: async (call) => {
        const id = await enforceOn(call, 'list_user_projects');
        await users.get(id);
        const rows = (await assignments.projectsOf(id)).map((row) => projectView(row, call.v3Url));
        const found = call.query.filter(rows, ['domain_id', 'enabled', 'name']);
        return { status: 200, body: collection('projects', found, call.selfUrl) };
      },
    },
    '/v3/users/{user_id}/groups': {
      GET: async (call) => {
        const id = await enforceOn(call, 'list_groups_for_user');
        await users.get(id);
        const rows = (await assignments.groupsOf(id)).map((row) => ({
          ...groupView(row, call.v3Url),
          membership_expires_at: null,
        }));
        return { status: 200, body: collection('groups', call.query.filter(rows, ['name']), call.selfUrl) };
      },
    },
  };
}
