import { isMap, type Json } from '../../../engine/model/value.js';
import { listObjects } from '../../output/result.js';
import type { CommandAction } from '../../program/command-spec.js';
import { UsageError } from '../../program/exit-codes.js';
import type { Options } from '../../program/parsed-arguments.js';
import type { IdentitySession } from '../../transport/identity-session.js';
import { findId, listIn } from './identity-client.js';

/** Where a grant lives: `/projects/p/users/u/roles/r`. */
async function grantPath(session: IdentitySession, role: string, options: Options): Promise<string> {
  const actors = ['user', 'group'].filter((name) => options.isSet(name));
  const targets = ['project', 'domain', 'system'].filter((name) => options.isSet(name));
  const [actor] = actors;
  const [target] = targets;
  if (actors.length !== 1 || targets.length !== 1 || !actor || !target) {
    throw new UsageError('Give one of --user and --group, and one of --project, --domain and --system.');
  }
  const actorId = await findId(session, actor as 'user' | 'group', options.text(actor) ?? '');
  const place =
    target === 'system'
      ? 'system'
      : `${target}s/${await findId(session, target as 'project' | 'domain', options.text(target) ?? '')}`;
  const roleId = await findId(session, 'role', role);
  const path = `/${place}/${actor}s/${actorId}/roles/${roleId}`;
  return options.isSet('inherited') ? `/OS-INHERIT${path}/inherited_to_projects` : path;
}

/** `baton identity role add`. */
export const addRole: CommandAction = async (context, operands, options) => {
  const session = await context.identity();
  await session.send({ method: 'PUT', path: await grantPath(session, operands.at(0), options) });
};

/** `baton identity role remove`. */
export const removeRole: CommandAction = async (context, operands, options) => {
  const session = await context.identity();
  await session.send({ method: 'DELETE', path: await grantPath(session, operands.at(0), options) });
};

/** `name@domain`, or the id. */
function label(value: Json | undefined): string {
  if (!isMap(value)) return '';
  if (value.name === undefined) return String(value.id ?? '');
  return isMap(value.domain) ? `${String(value.name)}@${String(value.domain.name)}` : String(value.name);
}

/** `baton identity role assignment list`. */
export const listAssignments: CommandAction = async (context, _operands, options) => {
  const session = await context.identity();
  const query: { [name: string]: string } = {};
  for (const [option, key] of [
    ['user', 'user.id'],
    ['group', 'group.id'],
    ['role', 'role.id'],
    ['project', 'scope.project.id'],
    ['domain', 'scope.domain.id'],
  ] as const) {
    const name = options.text(option);
    if (name !== undefined) query[key] = await findId(session, option, name);
  }
  if (options.isSet('effective')) query.effective = '';
  if (options.isSet('names')) query.include_names = '';
  const rows = listIn(await session.send({ method: 'GET', path: '/role_assignments', query }), 'role_assignments');
  const columns = ['Role', 'User', 'Group', 'Project', 'Domain', 'System', 'Inherited'];
  return listObjects(
    rows.map(({ role, user, group, scope }) => {
      const place = isMap(scope) ? (scope as { [key: string]: Json }) : {};
      return {
        Role: label(role),
        User: label(user),
        Group: label(group),
        Project: label(place.project),
        Domain: label(place.domain),
        System: isMap(place.system) ? 'all' : '',
        Inherited: place['OS-INHERIT:inherited_to'] === 'projects',
      };
    }),
    columns,
  );
};

/** `baton identity group add user` and `… remove user`. */
export function changeMembership(method: 'PUT' | 'DELETE'): CommandAction {
  return async (context, operands) => {
    const session = await context.identity();
    const groupId = await findId(session, 'group', operands.at(0));
    for (const name of operands.rest(1)) {
      await session.send({ method, path: `/groups/${groupId}/users/${await findId(session, 'user', name)}` });
    }
  };
}
