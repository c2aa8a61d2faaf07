import { randomBytes } from 'node:crypto';
import { Secret } from '../engine/model/value.js';
import { ec2CredentialId } from './credentials.js';
import { actorKey, type Directory, nameKey, targetKey } from './directory.js';
import { newIdentityId } from './new-identity-id.js';
import { hashPassword, RANDOM_SECRET_COST, randomSecret } from './passwords.js';
import type { AssignmentRecord, CredentialRecord, ProjectRecord, RoleRecord, Target, UserRecord } from './records.js';
import { STACK_DOMAIN_NAME, STACK_USER_ROLE } from './stack-users.js';

/** What a fresh installation is told about one account, once. */
export interface AccountSecrets {
  readonly userId: string;
  readonly userName: string;
  readonly password: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** The accounts of a fresh installation. */
export interface BootstrapSecrets {
  readonly admin: AccountSecrets;
  readonly demo: AccountSecrets;
}

/** Where a service is found; the template may use `%(base)s`, `%(project_id)s` and `%(user_id)s`. */
export interface ServiceAddress {
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

/** What baton itself serves. */
export const OWN_SERVICES: readonly ServiceAddress[] = [
  { type: 'identity', name: 'keystone', url: '%(base)s/identity/v3' },
  { type: 'orchestration', name: 'heat', url: '%(base)s/v1/%(project_id)s' },
  { type: 'cloudformation', name: 'heat-cfn', url: '%(base)s/cfn' },
  { type: 'messaging', name: 'zaqar', url: '%(base)s/messaging' },
];

/** What a fresh installation is filled with. */
export interface BootstrapOptions {
  readonly region: string;
  readonly services: readonly ServiceAddress[];
  /** Made up if absent. */
  readonly adminPassword?: string;
  readonly demoPassword?: string;
  /** The project `demo` is then the one to which everything in the data folder belongs already. */
  readonly demoProjectId?: string;
}

/** The domain that is meant when none is named. */
export const DEFAULT_DOMAIN_ID = 'default';

/** Fills an empty directory; undefined if it was filled already. */
export async function bootstrap(
  directory: Directory,
  options: BootstrapOptions,
): Promise<BootstrapSecrets | undefined> {
  if (await directory.domains.get(DEFAULT_DOMAIN_ID)) return undefined;

  const names = ['reader', 'member', 'admin', 'service', STACK_USER_ROLE, 'heat_stack_owner'];
  const roleIds = new Map(
    await Promise.all(
      names.map(async (name) => [name, (await existingRole(directory, name)) ?? newIdentityId()] as const),
    ),
  );
  const roleId = (name: string) => roleIds.get(name) ?? '';
  const implied: Record<string, string> = { admin: 'member', member: 'reader' };
  const roles: RoleRecord[] = names.map((name) => ({
    id: roleId(name),
    name,
    domainId: null,
    description: null,
    options: ['admin', 'member', 'reader', 'service'].includes(name) ? { immutable: true } : {},
    implies: implied[name] === undefined ? [] : [roleId(implied[name])],
    extra: {},
  }));

  const admin = await account('admin', options.adminPassword, 'The cloud administrator’s project.');
  const demo = await account('demo', options.demoPassword, 'A project to try things in.', options.demoProjectId);
  const blank = { enabled: true, tags: [], options: {}, extra: {} };
  const domains = [
    { ...blank, id: DEFAULT_DOMAIN_ID, name: 'Default', description: 'The default domain' },
    {
      ...blank,
      id: newIdentityId(),
      name: STACK_DOMAIN_NAME,
      description: 'Owns users and projects created by stacks',
    },
  ];
  const assignments = [
    grant(roleId('admin'), admin.user.id, { kind: 'project', id: admin.project.id }),
    grant(roleId('admin'), admin.user.id, { kind: 'system' }),
    grant(roleId('admin'), admin.user.id, { kind: 'domain', id: DEFAULT_DOMAIN_ID }),
    grant(roleId('member'), demo.user.id, { kind: 'project', id: demo.project.id }),
    grant(roleId('heat_stack_owner'), demo.user.id, { kind: 'project', id: demo.project.id }),
  ];
  const services = options.services.map(({ type, name }) => ({
    id: newIdentityId(),
    type,
    name,
    description: null,
    enabled: true,
    extra: {},
  }));
  const endpoints = options.services.flatMap(({ url }, index) =>
    ['public', 'internal', 'admin'].map((side) => ({
      id: newIdentityId(),
      serviceId: services[index]?.id ?? '',
      interface: side,
      regionId: options.region,
      url,
      enabled: true,
      extra: {},
    })),
  );

  // All in one turn of the event loop, so that they share a transaction: a crash leaves all of it or nothing.
  await Promise.all([
    directory.domains.putAll(domains),
    directory.roles.putAll(roles),
    directory.projects.putAll([admin.project, demo.project]),
    directory.users.putAll([admin.user, demo.user]),
    directory.credentials.putAll([admin.credential, demo.credential]),
    directory.assignments.putAll(assignments),
    directory.regions.putAll([{ id: options.region, description: '', parentRegionId: null, extra: {} }]),
    directory.services.putAll(services),
    directory.endpoints.putAll(endpoints),
  ]);
  return { admin: admin.secrets, demo: demo.secrets };
}

/** A default domain that was deleted leaves its cloud-wide roles behind. */
async function existingRole(directory: Directory, name: string): Promise<string | undefined> {
  return (await directory.roles.byKey(nameKey(null, name)))?.id;
}

function grant(roleId: string, userId: string, target: Target): AssignmentRecord {
  const actor = { kind: 'user', id: userId } as const;
  return { id: [roleId, actorKey(actor), targetKey(target), ''].join('/'), roleId, actor, target, inherited: false };
}

interface Account {
  readonly project: ProjectRecord;
  readonly user: UserRecord;
  readonly credential: CredentialRecord;
  readonly secrets: AccountSecrets;
}

async function account(
  name: string,
  givenPassword: string | undefined,
  description: string,
  projectId = newIdentityId(),
): Promise<Account> {
  const userId = newIdentityId();
  const password = givenPassword ?? randomSecret();
  const accessKey = randomBytes(16).toString('hex');
  const secretKey = randomBytes(16).toString('hex');
  const place = { domainId: DEFAULT_DOMAIN_ID, enabled: true, options: {}, extra: {} };
  return {
    project: { ...place, id: projectId, name, parentId: DEFAULT_DOMAIN_ID, description, tags: [] },
    user: {
      ...place,
      id: userId,
      name,
      defaultProjectId: projectId,
      passwordHash: await hashPassword(password, givenPassword === undefined ? RANDOM_SECRET_COST : undefined),
    },
    credential: {
      id: ec2CredentialId(accessKey),
      userId,
      projectId,
      type: 'ec2',
      blob: new Secret(JSON.stringify({ access: accessKey, secret: secretKey, trust_id: null })),
      extra: {},
    },
    secrets: { userId, userName: name, password, projectId, projectName: name, accessKey, secretKey },
  };
}
