import type { JsonMap } from '../engine/model/value.js';
import type { Assignments } from './assignments.js';
import { type Directory, nameKey, need } from './directory.js';
import { duplicate, IdentityError } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import type { GroupRecord, UserRecord } from './records.js';

/** What may be said of a group. */
export interface GroupInput {
  readonly name?: string;
  readonly description?: string;
  readonly extra?: JsonMap;
}

/** Groups and who is in them. */
export interface Groups {
  create(input: GroupInput & { readonly name: string; readonly domainId: string }): Promise<GroupRecord>;
  get(id: string): Promise<GroupRecord>;
  byName(domainId: string, name: string): Promise<GroupRecord | undefined>;
  list(domainId?: string): Promise<GroupRecord[]>;
  update(id: string, changes: GroupInput): Promise<GroupRecord>;
  delete(id: string): Promise<void>;
  addUser(groupId: string, userId: string): Promise<void>;
  removeUser(groupId: string, userId: string): Promise<void>;
  /** Not-found if the user is not in the group. */
  checkUser(groupId: string, userId: string): Promise<void>;
  users(groupId: string): Promise<UserRecord[]>;
}

/** Groups over the directory. */
export function createGroups(directory: Directory, assignments: Assignments): Groups {
  const { groups, memberships } = directory;
  const taken = (row: GroupRecord) => () => duplicate('group', 'name', row.name, row.domainId);
  const membershipId = (groupId: string, userId: string) => `${groupId}/${userId}`;

  async function checkUser(groupId: string, userId: string): Promise<void> {
    await need(groups, 'group', groupId);
    await need(directory.users, 'user', userId);
    if (await memberships.get(membershipId(groupId, userId))) return;
    throw new IdentityError('not-found', `User '${userId}' not found in group '${groupId}'`);
  }

  return {
    async create({ name, domainId, description = '', extra = {} }) {
      await need(directory.domains, 'domain', domainId);
      const row: GroupRecord = { id: newIdentityId(), name: name.trim(), domainId, description, extra };
      await groups.put(row, taken(row));
      return row;
    },
    get: (id) => need(groups, 'group', id),
    byName: (domainId, name) => groups.byKey(nameKey(domainId, name)),
    list: (domainId) => groups.list(domainId),
    async update(id, changes) {
      const old = await need(groups, 'group', id);
      const row = { ...old, ...changes, extra: { ...old.extra, ...changes.extra } };
      await groups.put(row, taken(row));
      return row;
    },
    async delete(id) {
      await need(groups, 'group', id);
      await assignments.forget({ actor: { kind: 'group', id } });
      const rows = (await memberships.list()).filter((row) => row.groupId === id);
      await memberships.remove(...rows.map((row) => row.id));
      await groups.remove(id);
    },
    async addUser(groupId, userId) {
      await need(groups, 'group', groupId);
      await need(directory.users, 'user', userId);
      await memberships.put({ id: membershipId(groupId, userId), groupId, userId });
    },
    async removeUser(groupId, userId) {
      await checkUser(groupId, userId);
      await memberships.remove(membershipId(groupId, userId));
    },
    checkUser,
    async users(groupId) {
      await need(groups, 'group', groupId);
      const rows = (await memberships.list()).filter((row) => row.groupId === groupId);
      const users = await Promise.all(rows.map((row) => directory.users.get(row.userId)));
      return users.filter((user) => user !== undefined);
    },
  };
}
