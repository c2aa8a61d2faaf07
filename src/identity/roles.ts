import type { JsonMap } from '../engine/model/value.js';
import type { Assignments } from './assignments.js';
import { type Directory, nameKey, need } from './directory.js';
import { duplicate, IdentityError, immutable, notFound } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import type { RoleRecord, Target } from './records.js';

/** What may be said of a role. */
export interface RoleInput {
  readonly name?: string;
  readonly description?: string | null;
  readonly options?: JsonMap;
  readonly extra?: JsonMap;
}

/** Roles and which come with which. */
export interface Roles {
  create(input: RoleInput & { readonly name: string; readonly domainId?: string | null }): Promise<RoleRecord>;
  get(id: string): Promise<RoleRecord>;
  byName(name: string, domainId?: string | null): Promise<RoleRecord | undefined>;
  list(): Promise<RoleRecord[]>;
  update(id: string, changes: RoleInput): Promise<RoleRecord>;
  delete(id: string): Promise<void>;
  imply(priorId: string, impliedId: string): Promise<void>;
  /** Not-found if the one does not imply the other. */
  checkImplied(priorId: string, impliedId: string): Promise<void>;
  unimply(priorId: string, impliedId: string): Promise<void>;
  /** Forgets what was given on a target that is going away. */
  forgetTarget(target: Target): Promise<void>;
}

/** Roles over the directory. */
export function createRoles(directory: Directory, assignments: Assignments): Roles {
  const { roles } = directory;
  const taken = (row: RoleRecord) => () => duplicate('role', 'name', row.name, row.domainId);

  async function checkImplied(priorId: string, impliedId: string): Promise<void> {
    const prior = await need(roles, 'role', priorId);
    await need(roles, 'role', impliedId);
    if (prior.implies.includes(impliedId)) return;
    throw new IdentityError('not-found', `${priorId} does not imply ${impliedId}.`);
  }

  return {
    async create({ name, domainId = null, description = null, options = {}, extra = {} }) {
      if (domainId !== null) await need(directory.domains, 'domain', domainId);
      const row: RoleRecord = {
        id: newIdentityId(),
        name: name.trim(),
        domainId,
        description,
        options,
        implies: [],
        extra,
      };
      await roles.put(row, taken(row));
      return row;
    },
    get: (id) => need(roles, 'role', id),
    byName: (name, domainId = null) => roles.byKey(nameKey(domainId, name)),
    list: () => roles.list(),
    async update(id, changes) {
      const old = await need(roles, 'role', id);
      if (old.options.immutable === true && changes.options?.immutable !== false) throw immutable('update', 'role', id);
      const row: RoleRecord = {
        ...old,
        ...changes,
        options: { ...old.options, ...changes.options },
        extra: { ...old.extra, ...changes.extra },
      };
      await roles.put(row, taken(row));
      return row;
    },
    async delete(id) {
      const role = await need(roles, 'role', id);
      if (role.options.immutable === true) throw immutable('delete', 'role', id);
      await assignments.forget({ roleId: id });
      for (const other of await roles.list()) {
        if (other.implies.includes(id))
          await roles.put({ ...other, implies: other.implies.filter((each) => each !== id) });
      }
      await roles.remove(id);
    },
    async imply(priorId, impliedId) {
      const prior = await need(roles, 'role', priorId);
      const implied = await roles.get(impliedId);
      if (!implied) throw notFound('role', impliedId);
      // Otherwise whoever may give a small role could give the greatest one.
      if (implied.name === 'admin' && implied.domainId === null) {
        throw new IdentityError('forbidden', `${impliedId} cannot be an implied roles.`);
      }
      if (!prior.implies.includes(impliedId)) await roles.put({ ...prior, implies: [...prior.implies, impliedId] });
    },
    checkImplied,
    async unimply(priorId, impliedId) {
      await checkImplied(priorId, impliedId);
      const prior = await need(roles, 'role', priorId);
      await roles.put({ ...prior, implies: prior.implies.filter((id) => id !== impliedId) });
    },
    forgetTarget: (target) => assignments.forget({ target }),
  };
}
