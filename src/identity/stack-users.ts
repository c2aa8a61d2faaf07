import type { Assignments } from './assignments.js';
import type { Credentials, Ec2KeyPair } from './credentials.js';
import { type Directory, nameKey } from './directory.js';
import { RANDOM_SECRET_COST, randomSecret } from './passwords.js';
import type { Projects } from './projects.js';
import type { StackOwner } from './records.js';
import type { Users } from './users.js';

/** The domain in which stacks have their users. */
export const STACK_DOMAIN_NAME = 'heat';
/** The only role of those users. */
export const STACK_USER_ROLE = 'heat_stack_user';

/** A user that a stack made. */
export interface StackUser {
  readonly userId: string;
  readonly userName: string;
  readonly password: string;
  /** The project in the stack domain that the user belongs to. */
  readonly stackProjectId: string;
  readonly stackDomainId: string;
}

/** Users made by stacks: they may signal the resources of their stack and read their metadata, no more. */
export interface StackUsers {
  /** Gives a new password to the user of this name if there is one already, so that it may be called again after a crash. */
  createStackUser(owner: StackOwner, userName: string): Promise<StackUser>;
  /** Deleting what is absent is success. */
  deleteStackUser(userId: string): Promise<void>;
  setStackUserEnabled(userId: string, isEnabled: boolean): Promise<void>;
  /** A key pair with which the user signs URLs. */
  createEc2Keypair(userId: string): Promise<Ec2KeyPair>;
  deleteEc2Keypair(credentialId: string): Promise<void>;
  /** The stack's project in the stack domain goes, and all its users with it. */
  deleteStackProject(owner: StackOwner): Promise<void>;
}

interface StackUserParts {
  readonly directory: Directory;
  readonly assignments: Assignments;
  readonly projects: Projects;
  readonly users: Users;
  readonly credentials: Credentials;
}

/** Users of stacks, made in the stack domain as Heat does. */
export function createStackUsers(parts: StackUserParts): StackUsers {
  const { directory, assignments, projects, users, credentials } = parts;

  async function stackDomainId(): Promise<string> {
    const domain = await directory.domains.byKey(STACK_DOMAIN_NAME);
    if (!domain) throw new Error(`the domain ${STACK_DOMAIN_NAME} was deleted: create it again`);
    return domain.id;
  }

  // Heat's way to name it; 64 characters are the most that a project's name may have.
  const projectName = (owner: StackOwner) => `${owner.projectId}-${owner.stackId}`.slice(0, 64);

  // Resources of one stack want its project at the same moment: one of them makes it.
  const inTheMaking = new Map<string, Promise<string>>();

  function projectOf(owner: StackOwner): Promise<string> {
    const name = projectName(owner);
    const known = inTheMaking.get(name) ?? findOrMakeProject(owner).finally(() => inTheMaking.delete(name));
    inTheMaking.set(name, known);
    return known;
  }

  async function findOrMakeProject(owner: StackOwner): Promise<string> {
    const domainId = await stackDomainId();
    const known = await projects.byName(domainId, projectName(owner));
    if (known) return known.id;
    const made = { name: projectName(owner), domainId, description: 'Heat stack user project', stackOwner: owner };
    return (await projects.create(made)).id;
  }

  return {
    async createStackUser(owner, userName) {
      const domainId = await stackDomainId();
      const stackProjectId = await projectOf(owner);
      const password = randomSecret();
      const known = await directory.users.byKey(nameKey(domainId, userName));
      if (known && known.defaultProjectId !== stackProjectId)
        throw new Error(`the user ${userName} belongs to another stack`);
      if (known) await users.update(known.id, { password, enabled: true });
      const user =
        known ??
        (await users.create({
          name: userName,
          domainId,
          password,
          passwordCost: RANDOM_SECRET_COST,
          defaultProjectId: stackProjectId,
        }));
      const role = await directory.roles.byKey(nameKey(null, STACK_USER_ROLE));
      if (!role) throw new Error(`the role ${STACK_USER_ROLE} was deleted: create it again`);
      const actor = { kind: 'user', id: user.id } as const;
      await assignments.grant({ roleId: role.id, actor, target: { kind: 'project', id: stackProjectId } });
      return { userId: user.id, userName: user.name, password, stackProjectId, stackDomainId: domainId };
    },
    async deleteStackUser(userId) {
      if (await directory.users.get(userId)) await users.delete(userId);
    },
    async setStackUserEnabled(userId, enabled) {
      const user = await users.get(userId);
      // Its tokens are kept: they are in servers that cannot be told new ones, and worth nothing while it is disabled.
      await directory.users.put({ ...user, enabled });
    },
    async createEc2Keypair(userId) {
      const user = await users.get(userId);
      if (user.defaultProjectId === undefined) throw new Error(`the user ${userId} was not made by a stack`);
      return credentials.createEc2(userId, user.defaultProjectId);
    },
    async deleteEc2Keypair(credentialId) {
      await directory.credentials.remove(credentialId);
    },
    async deleteStackProject(owner) {
      const domainId = await stackDomainId();
      const project = await projects.byName(domainId, projectName(owner));
      if (!project) return;
      for (const user of await users.list(domainId)) {
        if (user.defaultProjectId === project.id) await users.delete(user.id);
      }
      await projects.delete(project.id);
    },
  };
}
