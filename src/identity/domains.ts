import type { JsonMap } from '../engine/model/value.js';
import { type Directory, need } from './directory.js';
import type { Groups } from './groups.js';
import { conflict, IdentityError, immutable } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import type { Projects } from './projects.js';
import type { DomainRecord } from './records.js';
import type { Roles } from './roles.js';
import type { Users } from './users.js';

/** What may be said of a domain. */
export interface DomainInput {
  readonly name?: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly tags?: readonly string[];
  readonly options?: JsonMap;
  readonly extra?: JsonMap;
}

/** Domains and, when one goes, all that lives in it. */
export interface Domains {
  create(input: DomainInput & { readonly name: string; readonly id?: string }): Promise<DomainRecord>;
  get(id: string): Promise<DomainRecord>;
  byName(name: string): Promise<DomainRecord | undefined>;
  list(): Promise<DomainRecord[]>;
  update(id: string, changes: DomainInput): Promise<DomainRecord>;
  delete(id: string): Promise<void>;
}

interface Residents {
  readonly projects: Projects;
  readonly users: Users;
  readonly groups: Groups;
  readonly roles: Roles;
}

/** Domains over the directory. */
export function createDomains(directory: Directory, residents: Residents): Domains {
  const { domains } = directory;
  const taken = (name: string) => () =>
    conflict('project', `it is not permitted to have two projects acting as domains with the same name: ${name}`);
  return {
    async create({
      id = newIdentityId(),
      name: givenName,
      description = '',
      enabled = true,
      tags = [],
      options = {},
      extra = {},
    }) {
      const name = givenName.trim();
      const row: DomainRecord = { id, name, description, enabled, tags, options, extra };
      await domains.put(row, taken(name));
      return row;
    },
    get: (id) => need(domains, 'domain', id),
    byName: (name) => domains.byKey(name.toLowerCase()),
    list: () => domains.list(),
    async update(id, changes) {
      const old = await need(domains, 'domain', id);
      if (old.options.immutable === true && changes.options?.immutable !== false)
        throw immutable('update', 'domain', id);
      const row: DomainRecord = {
        ...old,
        ...changes,
        name: changes.name?.trim() ?? old.name,
        options: { ...old.options, ...changes.options },
        extra: { ...old.extra, ...changes.extra },
      };
      await domains.put(row, taken(row.name));
      return row;
    },
    async delete(id) {
      const domain = await need(domains, 'domain', id);
      if (domain.options.immutable === true) throw immutable('delete', 'domain', id);
      if (domain.enabled) {
        throw new IdentityError('forbidden', 'Cannot delete a domain that is enabled, please disable it first.');
      }
      for (const user of await directory.users.list(id)) await residents.users.delete(user.id);
      for (const group of await directory.groups.list(id)) await residents.groups.delete(group.id);
      // Leaves first; a project with children cannot go.
      for (;;) {
        const rest = await directory.projects.list(id);
        const leaves = rest.filter((project) => !rest.some((other) => other.parentId === project.id));
        if (leaves.length === 0) break;
        for (const leaf of leaves) await residents.projects.delete(leaf.id);
      }
      for (const role of await directory.roles.list()) if (role.domainId === id) await residents.roles.delete(role.id);
      await residents.roles.forgetTarget({ kind: 'domain', id });
      await domains.remove(id);
    },
  };
}
