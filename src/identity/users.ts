import type { JsonMap } from '../engine/model/value.js';
import type { Assignments } from './assignments.js';
import { type Directory, nameKey, need } from './directory.js';
import { duplicate, IdentityError, immutable, unauthorized } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import { hashPassword, MAX_PASSWORD_LENGTH, type PasswordCost, verifyPassword } from './passwords.js';
import type { UserRecord } from './records.js';
import type { Tokens } from './tokens.js';

/** What may be said of a user. */
export interface UserInput {
  readonly name?: string;
  readonly enabled?: boolean;
  /** Null takes the password away. */
  readonly password?: string | null;
  readonly defaultProjectId?: string | null;
  readonly options?: JsonMap;
  readonly extra?: JsonMap;
}

/** A user to be made. */
export interface NewUser extends UserInput {
  readonly name: string;
  readonly domainId: string;
  /** For passwords of ours, which need no slow hash. */
  readonly passwordCost?: PasswordCost;
}

/** Users and their passwords. */
export interface Users {
  create(input: NewUser): Promise<UserRecord>;
  get(id: string): Promise<UserRecord>;
  byName(domainId: string, name: string): Promise<UserRecord | undefined>;
  list(domainId?: string): Promise<UserRecord[]>;
  update(id: string, changes: UserInput): Promise<UserRecord>;
  /** By the user: unauthorized if the old password is wrong. */
  changePassword(id: string, oldPassword: string, newPassword: string): Promise<void>;
  delete(id: string): Promise<void>;
}

function assertPasswordLength(password: string): void {
  if (password.length <= MAX_PASSWORD_LENGTH) return;
  throw new IdentityError(
    'forbidden',
    `The password length must be less than or equal to ${MAX_PASSWORD_LENGTH}. The server could not comply with the ` +
      'request because the password is invalid.',
  );
}

/** Users over the directory; their tokens end with what they stood on. */
export function createUsers(directory: Directory, assignments: Assignments, tokens: Tokens): Users {
  const { users } = directory;
  const taken = (row: UserRecord) => () => duplicate('user', 'name', row.name, row.domainId);
  return {
    async create({ name: givenName, domainId, enabled = true, password, passwordCost, ...input }) {
      await need(directory.domains, 'domain', domainId);
      if (typeof password === 'string') assertPasswordLength(password);
      const row: UserRecord = {
        id: newIdentityId(),
        name: givenName.trim(),
        domainId,
        enabled,
        ...(typeof input.defaultProjectId === 'string' && { defaultProjectId: input.defaultProjectId }),
        ...(typeof password === 'string' && { passwordHash: await hashPassword(password, passwordCost) }),
        options: input.options ?? {},
        extra: input.extra ?? {},
      };
      await users.put(row, taken(row));
      return row;
    },
    get: (id) => need(users, 'user', id),
    byName: (domainId, name) => users.byKey(nameKey(domainId, name)),
    list: (domainId) => users.list(domainId),
    async update(id, { password, defaultProjectId, ...changes }) {
      const old = await need(users, 'user', id);
      if (old.options.immutable === true && changes.options?.immutable !== false) throw immutable('update', 'user', id);
      if (typeof password === 'string') assertPasswordLength(password);
      const { passwordHash, defaultProjectId: oldProjectId, ...rest } = old;
      const hash = password === undefined ? passwordHash : password === null ? undefined : await hashPassword(password);
      const projectId = defaultProjectId === undefined ? oldProjectId : (defaultProjectId ?? undefined);
      const row: UserRecord = {
        ...rest,
        ...changes,
        name: changes.name?.trim() ?? old.name,
        options: { ...old.options, ...changes.options },
        extra: { ...old.extra, ...changes.extra },
        ...(hash && { passwordHash: hash }),
        ...(projectId !== undefined && { defaultProjectId: projectId }),
      };
      await users.put(row, taken(row));
      if (password !== undefined || changes.enabled === false) await tokens.revokeAllOf(id);
      return row;
    },
    async changePassword(id, oldPassword, newPassword) {
      const user = await users.get(id);
      if (!(await verifyPassword(oldPassword, user?.passwordHash)) || !user?.enabled) throw unauthorized();
      assertPasswordLength(newPassword);
      await users.put({ ...user, passwordHash: await hashPassword(newPassword) });
      await tokens.revokeAllOf(id);
    },
    async delete(id) {
      const user = await need(users, 'user', id);
      if (user.options.immutable === true) throw immutable('delete', 'user', id);
      await assignments.forget({ actor: { kind: 'user', id } });
      for (const owned of [directory.memberships, directory.credentials, directory.applicationCredentials]) {
        await owned.remove(...(await owned.list(id)).map((row) => row.id));
      }
      const trusts = (await directory.trusts.list()).filter((row) => row.trustorId === id || row.trusteeId === id);
      await directory.trusts.remove(...trusts.map((row) => row.id));
      await tokens.revokeAllOf(id);
      await users.remove(id);
    },
  };
}
