import type { Identity } from '../identity/identity.js';
import type { Actor, Target } from '../identity/records.js';
import type { Call, Handler, Routes } from './api-types.js';
import type { PolicyAction } from './policy.js';
import { collection, roleView } from './views.js';

type TargetKind = Target['kind'];
type Verb = 'list' | 'check' | 'create' | 'revoke';

function actionOf(verb: Verb, target: TargetKind, actor: Actor['kind']): PolicyAction {
  if (target !== 'system') return verb === 'list' ? 'list_grants' : `${verb}_grant`;
  return verb === 'list' ? `list_system_grants_for_${actor}` : `${verb}_system_grant_for_${actor}`;
}

/** Roles given on projects, domains and the system, to users and groups, directly or to be inherited. */
export function grantRoutes(identity: Identity): Routes {
  const { assignments } = identity;
  const routes: Record<string, Record<string, Handler>> = {};

  function add(target: TargetKind, actor: Actor['kind'], inherited: boolean): void {
    const actorOf = (call: Call): Actor => ({ kind: actor, id: call.param('actor_id') });
    const targetOf = (call: Call): Target =>
      target === 'system' ? { kind: 'system' } : { kind: target, id: call.param('target_id') };
    const grantOf = (call: Call) => ({
      roleId: call.param('role_id'),
      actor: actorOf(call),
      target: targetOf(call),
      inherited,
    });

    const prefix = inherited ? '/v3/OS-INHERIT' : '/v3';
    const suffix = inherited ? '/inherited_to_projects' : '';
    const place = target === 'system' ? '/system' : `/${target}s/{target_id}`;
    const base = `${prefix}${place}/${actor}s/{actor_id}/roles`;
    const allow = (call: Call, verb: Verb) => call.enforce(actionOf(verb, target, actor));

    routes[`${base}${suffix}`] = {
      GET: async (call) => {
        await allow(call, 'list');
        const to = targetOf(call);
        // Unknown ones are answered by 404, not by an empty list.
        if (actor === 'user') await identity.users.get(call.param('actor_id'));
        else await identity.groups.get(call.param('actor_id'));
        if (to.kind === 'project') await identity.projects.get(to.id);
        else if (to.kind === 'domain') await identity.domains.get(to.id);
        const roles = await assignments.rolesGiven(actorOf(call), to, inherited);
        const rows = roles.map((role) => roleView(role, call.v3Url));
        return { status: 200, body: collection('roles', rows, call.selfUrl) };
      },
    };
    routes[`${base}/{role_id}${suffix}`] = {
      GET: async (call) => {
        await allow(call, 'check');
        await assignments.check(grantOf(call));
        return { status: 204 };
      },
      PUT: async (call) => {
        await allow(call, 'create');
        await assignments.grant(grantOf(call));
        return { status: 204 };
      },
      DELETE: async (call) => {
        await allow(call, 'revoke');
        await assignments.revoke(grantOf(call));
        return { status: 204 };
      },
    };
  }

  for (const actor of ['user', 'group'] as const) {
    for (const target of ['project', 'domain'] as const) {
      add(target, actor, false);
      add(target, actor, true);
    }
    add('system', actor, false);
  }
  return routes;
}
