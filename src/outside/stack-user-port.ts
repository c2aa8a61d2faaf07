import type { KeyPair, StackUserIdentity, StackUserPort } from '../engine/drivers/stack-access.js';
import { physicalName } from '../engine/model/ids.js';
import type { ResourceRecord, StackRecord } from '../engine/model/records.js';
import { Secret } from '../engine/model/value.js';
import type { Documents } from '../engine/store/documents.js';
import type { Identity } from '../identity/identity.js';

/** The documents that keep what is known of each resource's user. */
export const STACK_USER_KIND = 'stack-user';
/**
 * For good: the token stands in the user data of servers, and another one would replace those at the next update. It is
 * worth no more than a signal to its own stack, and ends with the resource.
 */
const TOKEN_LIFETIME_MS = 10 * 365 * 24 * 3_600_000;

interface StoredUser {
  readonly userId: string;
  readonly userName: string;
  readonly password: Secret;
  readonly projectId: string;
  readonly domainId: string;
  readonly keyPair?: { readonly id: string; readonly access: string; readonly secret: Secret };
  readonly token?: Secret;
}

/**
 * The users that one stack's resources have; what is known of each is kept, so that asking again gives the same. The
 * user of the resource that asks is named like it.
 */
export function createStackUserPort(
  documents: Documents,
  openIdentity: () => Promise<Identity>,
  stack: StackRecord,
  resource: ResourceRecord,
): StackUserPort {
  const owner = { projectId: stack.projectId, projectName: stack.projectName, stackId: stack.id };
  const load = async (uuid: string) => (await documents.get<StoredUser>(STACK_USER_KIND, uuid))?.body;
  const save = (uuid: string, body: StoredUser) => documents.put(STACK_USER_KIND, { id: uuid, owner: stack.id, body });

  const nameOf = (uuid: string) =>
    uuid === resource.id ? physicalName(stack.name, resource.name, uuid) : `${stack.name}-${uuid}`.slice(-64);

  async function ensure(uuid: string, wish: { readonly userName?: string } = {}): Promise<StoredUser> {
    const known = await load(uuid);
    if (known) return known;
    const identity = await openIdentity();
    const made = await identity.createStackUser(owner, wish.userName ?? nameOf(uuid));
    const user: StoredUser = {
      userId: made.userId,
      userName: made.userName,
      password: new Secret(made.password),
      projectId: made.stackProjectId,
      domainId: made.stackDomainId,
    };
    await save(uuid, user);
    return user;
  }

  return {
    async ensure(uuid, wish) {
      const user = await ensure(uuid, wish);
      if (wish?.password !== undefined && wish.password !== user.password.reveal()) {
        const identity = await openIdentity();
        await identity.users.update(user.userId, { password: wish.password });
        await save(uuid, { ...user, password: new Secret(wish.password) });
        return identityOf({ ...user, password: new Secret(wish.password) });
      }
      return identityOf(user);
    },
    async find(uuid) {
      const user = await load(uuid);
      return user && identityOf(user);
    },
    async keyPair(uuid) {
      const user = await ensure(uuid);
      if (user.keyPair) return plainPair(user.keyPair);
      const identity = await openIdentity();
      const { id, access, secret } = await identity.createEc2Keypair(user.userId);
      await save(uuid, { ...user, keyPair: { id, access, secret: new Secret(secret) } });
      return { id, access, secret };
    },
    async removeKeyPair(uuid) {
      const user = await load(uuid);
      if (!user?.keyPair) return;
      await (await openIdentity()).deleteEc2Keypair(user.keyPair.id);
      const { keyPair: _, ...rest } = user;
      await save(uuid, rest);
    },
    async token(uuid) {
      const user = await ensure(uuid);
      const identity = await openIdentity();
      const known = user.token && String(user.token.reveal());
      if (known !== undefined) {
        const isSuspended = !(await identity.users.get(user.userId)).enabled;
        if (isSuspended || (await identity.tokens.validate(known))) return known;
      }
      const issued = await identity.tokens.issue({
        userId: user.userId,
        scope: { kind: 'project', id: user.projectId },
        methods: ['password'],
        lifetimeMs: TOKEN_LIFETIME_MS,
      });
      if (!issued) throw new Error(`the user of resource ${uuid} may not log in`);
      await save(uuid, { ...user, token: new Secret(issued.text) });
      return issued.text;
    },
    async setEnabled(uuid, isEnabled) {
      const user = await load(uuid);
      if (user) await (await openIdentity()).setStackUserEnabled(user.userId, isEnabled);
    },
    async remove(uuid) {
      const user = await load(uuid);
      if (!user) return;
      await (await openIdentity()).deleteStackUser(user.userId);
      await documents.remove(STACK_USER_KIND, uuid);
    },
  };
}

function identityOf({ userId, userName, password, projectId, domainId }: StoredUser): StackUserIdentity {
  return { userId, userName, password: String(password.reveal()), projectId, domainId };
}

function plainPair({ id, access, secret }: NonNullable<StoredUser['keyPair']>): KeyPair {
  return { id, access, secret: String(secret.reveal()) };
}
