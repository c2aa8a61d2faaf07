import type { JsonMap } from '../engine/model/value.js';
import type { EffectiveGrant } from '../identity/assignments.js';
import type { Identity } from '../identity/identity.js';
import { invalid } from '../identity/identity-error.js';
import type { DomainRecord } from '../identity/records.js';
import type { Call, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import { collection } from './views.js';

/** `/v3/role_assignments`: who may do what where, as given or as it holds in the end. */
export function roleAssignmentRoutes(identity: Identity): Routes {
  const { assignments } = identity;

  async function grants({ query }: Call): Promise<EffectiveGrant[]> {
    if (!query.isSet('effective')) return (await assignments.all()).map((row) => ({ ...row }));
    const wanted = query.get('user.id');
    const userIds = wanted === undefined ? (await identity.users.list()).map(({ id }) => id) : [wanted];
    return (await Promise.all(userIds.map((id) => assignments.effectiveGrants(id)))).flat();
  }

  /** The project of the filter and, if asked for, all below it. */
  async function wantedProjects({ query }: Call): Promise<Set<string> | undefined> {
    const id = query.get('scope.project.id');
    if (!id) return undefined;
    const ids = new Set([id]);
    if (query.isSet('include_subtree')) {
      const pending = [id];
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        for (const child of await identity.projects.children(next)) {
          ids.add(child.id);
          pending.push(child.id);
        }
      }
    }
    return ids;
  }

  async function matching(call: Call): Promise<EffectiveGrant[]> {
    const { query } = call;
    const projectIds = await wantedProjects(call);
    const inheritedTo = query.get('scope.OS-INHERIT:inherited_to');
    return (await grants(call)).filter(({ actor, target, roleId, inherited, viaTarget }) => {
      const isInherited = inherited === true || viaTarget !== undefined;
      return (
        passes(query.get('user.id'), actor.kind === 'user' ? actor.id : undefined) &&
        passes(query.get('group.id'), actor.kind === 'group' ? actor.id : undefined) &&
        passes(query.get('role.id'), roleId) &&
        passes(query.get('scope.domain.id'), target.kind === 'domain' ? target.id : undefined) &&
        (!projectIds || (target.kind === 'project' && projectIds.has(target.id))) &&
        (!query.get('scope.system') || target.kind === 'system') &&
        (inheritedTo === undefined || isInherited === (inheritedTo === 'projects'))
      );
    });
  }

  async function named(row: Promise<{ id: string; name: string; domainId: string }>): Promise<JsonMap> {
    const found = await findOrUndefined(row);
    if (!found) return {};
    const domain = await findOrUndefined(identity.domains.get(found.domainId));
    return { name: found.name, ...(domain && { domain: domainRef(domain) }) };
  }

  async function view(grant: EffectiveGrant, { v3Url, query }: Call): Promise<JsonMap> {
    const { actor, target, roleId, viaGroupId, viaTarget, viaRoleId } = grant;
    const withNames = query.isSet('include_names');
    const isInherited = grant.inherited === true || viaTarget !== undefined;
    const scope: JsonMap = {};
    if (target.kind === 'system') scope.system = { all: true };
    else if (target.kind === 'project') {
      scope.project = { id: target.id, ...(withNames && (await named(identity.projects.get(target.id)))) };
    } else {
      const domain = withNames ? await findOrUndefined(identity.domains.get(target.id)) : undefined;
      scope.domain = domain ? domainRef(domain) : { id: target.id };
    }
    if (isInherited) scope['OS-INHERIT:inherited_to'] = 'projects';
    const role = withNames ? await findOrUndefined(identity.roles.get(roleId)) : undefined;
    const holder = withNames
      ? await named(actor.kind === 'user' ? identity.users.get(actor.id) : identity.groups.get(actor.id))
      : {};
    const given = viaTarget ?? target;
    const place = given.kind === 'system' ? '/system' : `/${given.kind}s/${given.id}`;
    const who = viaGroupId === undefined ? `/${actor.kind}s/${actor.id}` : `/groups/${viaGroupId}`;
    const path = `${place}${who}/roles/${viaRoleId ?? roleId}`;
    return {
      links: {
        assignment: isInherited ? `${v3Url}/OS-INHERIT${path}/inherited_to_projects` : `${v3Url}${path}`,
        ...(viaGroupId !== undefined && { membership: `${v3Url}/groups/${viaGroupId}/users/${actor.id}` }),
        ...(viaRoleId !== undefined && { prior_role: `${v3Url}/prior_role/${roleId}/implies/${viaRoleId}` }),
      },
      scope,
      [actor.kind]: { id: actor.id, ...holder },
      role: { id: roleId, ...(role && { name: role.name }) },
    };
  }

  return {
    '/v3/role_assignments': {
      GET: async (call) => {
        const domainId = (await call.token()).domain?.id;
        const isTree = call.query.isSet('include_subtree');
        await call.enforce(isTree ? 'list_role_assignments_for_tree' : 'list_role_assignments', { domainId });
        assertFilters(call);
        let found = await matching(call);
        if (domainId !== undefined) {
          const inDomain = new Set((await identity.projects.list(domainId)).map(({ id }) => id)).add(domainId);
          found = found.filter(({ target }) => target.kind !== 'system' && inDomain.has(target.id));
        }
        const rows = await Promise.all(found.map((grant) => view(grant, call)));
        return { status: 200, body: collection('role_assignments', rows, call.selfUrl) };
      },
    },
  };
}

function passes(wanted: string | undefined, actual: string | undefined): boolean {
  return !wanted || wanted === actual;
}

function domainRef({ id, name }: DomainRecord): JsonMap {
  return { id, name };
}

function assertFilters({ query }: Call): void {
  const has = (name: string) => Boolean(query.get(name));
  if (query.isSet('include_subtree') && !has('scope.project.id')) {
    throw invalid('scope.project.id must be specified if include_subtree is also specified');
  }
  if (has('scope.domain.id') && has('scope.project.id')) throw invalid('Specify a domain or project, not both');
  if (has('scope.domain.id') && has('scope.system')) throw invalid('Specify system or domain, not both');
  if (has('scope.project.id') && has('scope.system')) throw invalid('Specify system or project, not both');
  if (has('user.id') && has('group.id')) throw invalid('Specify a user or group, not both');
  if (!query.isSet('effective')) return;
  if (has('group.id')) throw invalid('Combining effective and group filter will always result in an empty list.');
  if (has('scope.domain.id') && query.get('scope.OS-INHERIT:inherited_to') === 'projects') {
    throw invalid('Combining effective, domain and inherited filters will always result in an empty list.');
  }
}
