import { actorKey, type Directory, need, targetKey } from './directory.js';
import { IdentityError, invalid } from './identity-error.js';
import type { Actor, AssignmentRecord, GroupRecord, ProjectRecord, RoleRecord, Target } from './records.js';

/** One given role: who, what, where. */
export interface Grant {
  readonly roleId: string;
  readonly actor: Actor;
  readonly target: Target;
  readonly inherited?: boolean;
}

/** A role as it holds for a user, and how it came to be. */
export interface EffectiveGrant extends Grant {
  readonly viaGroupId?: string;
  /** The domain or project that it is inherited from. */
  readonly viaTarget?: Target;
  readonly viaRoleId?: string;
}

/** Roles of actors on targets: given, inherited, by groups and by other roles. */
export interface Assignments {
  grant(grant: Grant): Promise<void>;
  /** Not-found if it was not given. */
  revoke(grant: Grant): Promise<void>;
  /** Not-found if it was not given. */
  check(grant: Grant): Promise<void>;
  /** Roles given directly to the actor on the target. */
  rolesGiven(actor: Actor, target: Target, inherited?: boolean): Promise<RoleRecord[]>;
  all(): Promise<AssignmentRecord[]>;
  /** All roles that a user has on a target in the end; in the order of giving, implied ones after what implies them. */
  effectiveRoles(userId: string, target: Target): Promise<RoleRecord[]>;
  /** Everything that holds for a user anywhere, expanded. */
  effectiveGrants(userId: string): Promise<EffectiveGrant[]>;
  projectsOf(userId: string): Promise<ProjectRecord[]>;
  domainIdsOf(userId: string): Promise<string[]>;
  groupsOf(userId: string): Promise<GroupRecord[]>;
  /** Forgets what was given to an actor or on a target that is going away. */
  forget(of: { readonly actor: Actor } | { readonly target: Target } | { readonly roleId: string }): Promise<void>;
}

function assignmentId({ roleId, actor, target, inherited }: Grant): string {
  return [roleId, actorKey(actor), targetKey(target), inherited ? 'inherited' : ''].join('/');
}

function sameTarget(a: Target, b: Target): boolean {
  return targetKey(a) === targetKey(b);
}

/** Assignments over the directory. */
export function createAssignments(directory: Directory): Assignments {
  const noSuchGrant = ({ roleId, actor, target }: Grant) =>
    new IdentityError(
      'not-found',
      `Could not find role assignment with role: ${roleId}, user or group: ${actor.id}, project, domain, or system: ` +
        `${target.kind === 'system' ? 'system' : target.id}.`,
    );

  async function assertKnown({ roleId, actor, target }: Grant): Promise<void> {
    const role = await need(directory.roles, 'role', roleId);
    if (actor.kind === 'user') await need(directory.users, 'user', actor.id);
    else await need(directory.groups, 'group', actor.id);
    if (target.kind === 'project') await need(directory.projects, 'project', target.id);
    else if (target.kind === 'domain') await need(directory.domains, 'domain', target.id);
    else if (role.domainId !== null) {
      throw invalid(
        `Role ${roleId} is a domain-specific role. Unable to use a domain-specific role in a system assignment.`,
      );
    }
  }

  async function groupsOf(userId: string): Promise<GroupRecord[]> {
    const groups = await Promise.all(
      (await directory.memberships.list(userId)).map((membership) => directory.groups.get(membership.groupId)),
    );
    return groups.filter((group) => group !== undefined);
  }

  /** Given to the user or to one of the user's groups. */
  async function grantsOf(userId: string): Promise<EffectiveGrant[]> {
    const own = await directory.assignments.list(actorKey({ kind: 'user', id: userId }));
    const found: EffectiveGrant[] = own.map((row) => ({ ...row, actor: { kind: 'user', id: userId } }));
    for (const group of await groupsOf(userId)) {
      const rows = await directory.assignments.list(actorKey({ kind: 'group', id: group.id }));
      found.push(
        ...rows.map((row) => ({ ...row, actor: { kind: 'user', id: userId } as const, viaGroupId: group.id })),
      );
    }
    return found;
  }

  /** The targets from which a project inherits, nearest first; the last one is its domain. */
  async function ancestorsOf(projectId: string): Promise<Target[]> {
    const ancestors: Target[] = [];
    let project = await directory.projects.get(projectId);
    while (project) {
      const parent: ProjectRecord | undefined =
        project.parentId === project.domainId ? undefined : await directory.projects.get(project.parentId);
      ancestors.push(parent ? { kind: 'project', id: parent.id } : { kind: 'domain', id: project.domainId });
      project = parent;
    }
    return ancestors;
  }

  /** The role and all that it brings along; a circle of implications ends by itself. */
  async function withImplied(roleId: string, visit: (role: RoleRecord, viaRoleId?: string) => void): Promise<void> {
    const seen = new Set<string>();
    const walk = async (id: string, via?: string): Promise<void> => {
      if (seen.has(id)) return;
      seen.add(id);
      const role = await directory.roles.get(id);
      if (!role) return;
      visit(role, via);
      for (const implied of role.implies) await walk(implied, id);
    };
    await walk(roleId);
  }

  async function effectiveRoles(userId: string, target: Target): Promise<RoleRecord[]> {
    const ancestors = target.kind === 'project' ? await ancestorsOf(target.id) : [];
    const roles = new Map<string, RoleRecord>();
    for (const grant of await grantsOf(userId)) {
      const holds = grant.inherited
        ? ancestors.some((ancestor) => sameTarget(ancestor, grant.target))
        : sameTarget(grant.target, target);
      if (holds) {
        await withImplied(grant.roleId, (role) => {
          // A role of a domain only stands for what it implies.
          if (role.domainId === null) roles.set(role.id, role);
        });
      }
    }
    return [...roles.values()];
  }

  async function projectsBelow(target: Target): Promise<ProjectRecord[]> {
    if (target.kind === 'system') return [];
    if (target.kind === 'domain') return directory.projects.list(target.id);
    const root = await directory.projects.get(target.id);
    if (!root) return [];
    const inDomain = await directory.projects.list(root.domainId);
    const below: ProjectRecord[] = [];
    for (let parents = [root.id]; parents.length > 0; ) {
      const children = inDomain.filter((project) => parents.includes(project.parentId));
      below.push(...children);
      parents = children.map((child) => child.id);
    }
    return below;
  }

  async function effectiveGrants(userId: string): Promise<EffectiveGrant[]> {
    const found = new Map<string, EffectiveGrant>();
    for (const grant of await grantsOf(userId)) {
      const targets: { target: Target; viaTarget?: Target }[] = grant.inherited
        ? (await projectsBelow(grant.target)).map(({ id }) => ({
            target: { kind: 'project', id },
            viaTarget: grant.target,
          }))
        : [{ target: grant.target }];
      for (const place of targets) {
        await withImplied(grant.roleId, (role, viaRoleId) => {
          const { roleId: _, target: __, inherited: ___, ...rest } = grant;
          const effective = { ...rest, ...place, roleId: role.id, ...(viaRoleId !== undefined && { viaRoleId }) };
          const key = [role.id, targetKey(place.target), grant.viaGroupId, viaRoleId].join('/');
          if (role.domainId === null && !found.has(key)) found.set(key, effective);
        });
      }
    }
    return [...found.values()];
  }

  return {
    async grant(grant) {
      await assertKnown(grant);
      const { roleId, actor, target, inherited = false } = grant;
      await directory.assignments.put({ id: assignmentId(grant), roleId, actor, target, inherited });
    },
    async revoke(grant) {
      await need(directory.roles, 'role', grant.roleId);
      if (!(await directory.assignments.get(assignmentId(grant)))) throw noSuchGrant(grant);
      await directory.assignments.remove(assignmentId(grant));
    },
    async check(grant) {
      await assertKnown(grant);
      if (!(await directory.assignments.get(assignmentId(grant)))) throw noSuchGrant(grant);
    },
    async rolesGiven(actor, target, inherited = false) {
      const rows = await directory.assignments.list(actorKey(actor));
      const roles = await Promise.all(
        rows
          .filter((row) => sameTarget(row.target, target) && row.inherited === inherited)
          .map((row) => directory.roles.get(row.roleId)),
      );
      return roles.filter((role) => role !== undefined);
    },
    all: () => directory.assignments.list(),
    effectiveRoles,
    effectiveGrants,
    async projectsOf(userId) {
      const ids = new Set<string>();
      for (const { target } of await effectiveGrants(userId)) if (target.kind === 'project') ids.add(target.id);
      const projects = await Promise.all([...ids].map((id) => directory.projects.get(id)));
      return projects.filter((project) => project !== undefined);
    },
    async domainIdsOf(userId) {
      const ids = new Set<string>();
      for (const { target } of await effectiveGrants(userId)) if (target.kind === 'domain') ids.add(target.id);
      return [...ids];
    },
    groupsOf,
    async forget(of) {
      const rows =
        'actor' in of ? await directory.assignments.list(actorKey(of.actor)) : await directory.assignments.list();
      const doomed = rows.filter((row) => {
        if ('actor' in of) return true;
        return 'target' in of ? sameTarget(row.target, of.target) : row.roleId === of.roleId;
      });
      await directory.assignments.remove(...doomed.map((row) => row.id));
    },
  };
}
