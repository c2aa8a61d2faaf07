import type { JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import type { RoleRecord } from '../identity/records.js';
import type { Call, Routes } from './api-types.js';

function brief({ id, name }: RoleRecord, { v3Url }: Call): JsonMap {
  return { id, name, links: { self: `${v3Url}/roles/${id}` } };
}

/** `/v3/roles/{prior}/implies` and `/v3/role_inferences`. */
export function impliedRoleRoutes({ roles }: Identity): Routes {
  async function impliedBy(prior: RoleRecord): Promise<RoleRecord[]> {
    return Promise.all(prior.implies.map((id) => roles.get(id)));
  }

  async function inference(call: Call): Promise<JsonMap> {
    const prior = await roles.get(call.param('prior_role_id'));
    const implied = await roles.get(call.param('implied_role_id'));
    return {
      role_inference: { prior_role: brief(prior, call), implies: brief(implied, call) },
      links: { self: `${call.v3Url}/roles/${prior.id}/implies/${implied.id}` },
    };
  }

  return {
    '/v3/roles/{prior_role_id}/implies': {
      GET: async (call) => {
        await call.enforce('list_implied_roles');
        const prior = await roles.get(call.param('prior_role_id'));
        const implies = (await impliedBy(prior)).map((role) => brief(role, call));
        return {
          status: 200,
          body: { role_inference: { prior_role: brief(prior, call), implies }, links: { self: call.selfUrl } },
        };
      },
    },
    '/v3/roles/{prior_role_id}/implies/{implied_role_id}': {
      GET: async (call) => {
        await call.enforce('get_implied_role');
        await roles.checkImplied(call.param('prior_role_id'), call.param('implied_role_id'));
        return { status: 200, body: await inference(call) };
      },
      HEAD: async (call) => {
        await call.enforce('check_implied_role');
        await roles.checkImplied(call.param('prior_role_id'), call.param('implied_role_id'));
        return { status: 204 };
      },
      PUT: async (call) => {
        await call.enforce('create_implied_role');
        await roles.imply(call.param('prior_role_id'), call.param('implied_role_id'));
        return { status: 201, body: await inference(call) };
      },
      DELETE: async (call) => {
        await call.enforce('delete_implied_role');
        await roles.unimply(call.param('prior_role_id'), call.param('implied_role_id'));
        return { status: 204 };
      },
    },
    '/v3/role_inferences': {
      GET: async (call) => {
        await call.enforce('list_role_inference_rules');
        const priors = (await roles.list()).filter((role) => role.implies.length > 0);
        const rules = await Promise.all(
          priors.map(async (prior) => ({
            prior_role: brief(prior, call),
            implies: (await impliedBy(prior)).map((role) => brief(role, call)),
          })),
        );
        return { status: 200, body: { role_inferences: rules, links: { self: call.selfUrl } } };
      },
    },
  };
}
