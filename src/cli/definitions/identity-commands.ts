import type { EntityName } from '../commands/identity/entities.js';
import type { CommandSpec, GroupSpec, OptionSpec } from '../program/command-spec.js';
import { LONG } from './common-options.js';

const NAME: OptionSpec = { flags: '--name <name>', help: 'New name' };
const DESCRIPTION: OptionSpec = { flags: '--description <text>', help: 'Description' };
const DOMAIN: OptionSpec = { flags: '--domain <domain>', help: 'Name or id of the domain' };
const ENABLE: OptionSpec = { flags: '--enable', help: 'Enable it' };
const DISABLE: OptionSpec = { flags: '--disable', help: 'Disable it' };
const TAG: OptionSpec = { flags: '--tag <tag>', help: 'Tag; may be repeated', many: true };
const PARENT: OptionSpec = { flags: '--parent <project>', help: 'Parent project' };
const EMAIL: OptionSpec = { flags: '--email <address>', help: 'Address for mail' };
const PASSWORD: OptionSpec = { flags: '--password <password>', help: 'Password' };
const USER: OptionSpec = { flags: '--user <user>', help: 'Name or id of the user' };
const GROUP: OptionSpec = { flags: '--group <group>', help: 'Name or id of the group' };
const PROJECT: OptionSpec = { flags: '--project <project>', help: 'Name or id of the project' };
const REGION: OptionSpec = { flags: '--region <region>', help: 'Region of the endpoint' };

interface EntityCommands {
  readonly entity: EntityName;
  readonly plural: string;
  /** What `create` is given. */
  readonly operands: readonly string[];
  readonly create: readonly OptionSpec[];
  readonly set: readonly OptionSpec[];
  readonly list?: readonly OptionSpec[];
  readonly inDomain?: boolean;
}

const ENTITY_COMMANDS: readonly EntityCommands[] = [
  {
    entity: 'project',
    plural: 'projects',
    operands: ['<name>'],
    create: [DESCRIPTION, DOMAIN, PARENT, ENABLE, DISABLE, TAG],
    set: [NAME, DESCRIPTION, DOMAIN, ENABLE, DISABLE, TAG],
    list: [DOMAIN, LONG],
    inDomain: true,
  },
  {
    entity: 'user',
    plural: 'users',
    operands: ['<name>'],
    create: [DESCRIPTION, DOMAIN, PROJECT, EMAIL, PASSWORD, ENABLE, DISABLE],
    set: [NAME, DESCRIPTION, DOMAIN, PROJECT, EMAIL, PASSWORD, ENABLE, DISABLE],
    list: [DOMAIN, LONG],
    inDomain: true,
  },
  {
    entity: 'group',
    plural: 'groups',
    operands: ['<name>'],
    create: [DESCRIPTION, DOMAIN],
    set: [NAME, DESCRIPTION, DOMAIN],
    list: [DOMAIN, LONG],
    inDomain: true,
  },
  {
    entity: 'role',
    plural: 'roles',
    operands: ['<name>'],
    create: [DESCRIPTION, DOMAIN],
    set: [NAME, DESCRIPTION],
    list: [DOMAIN],
  },
  {
    entity: 'domain',
    plural: 'domains',
    operands: ['<name>'],
    create: [DESCRIPTION, ENABLE, DISABLE],
    set: [NAME, DESCRIPTION, ENABLE, DISABLE],
  },
  {
    entity: 'region',
    plural: 'regions',
    operands: ['<region-id>'],
    create: [DESCRIPTION, { flags: '--parent-region <region>', help: 'Parent region' }],
    set: [DESCRIPTION, { flags: '--parent-region <region>', help: 'Parent region' }],
  },
  {
    entity: 'service',
    plural: 'services',
    operands: ['<type>'],
    create: [{ ...NAME, help: 'Name' }, DESCRIPTION, ENABLE, DISABLE],
    set: [NAME, DESCRIPTION, ENABLE, DISABLE],
    list: [LONG],
  },
  {
    entity: 'endpoint',
    plural: 'endpoints',
    operands: ['<service>', '<interface>', '<url>'],
    create: [REGION, ENABLE, DISABLE],
    set: [
      REGION,
      { flags: '--url <url>', help: 'New address' },
      { flags: '--interface <interface>', help: 'admin, internal or public' },
      ENABLE,
      DISABLE,
    ],
    list: [
      { flags: '--service <service>', help: 'Only those of this service' },
      { flags: '--interface <interface>', help: 'Only those of this side' },
    ],
  },
];

const actions = () => import('../commands/identity/entity-actions.js');

function commandsOf({ entity, plural, operands, create, set, list = [], inDomain }: EntityCommands): CommandSpec[] {
  const path = `identity ${entity}`;
  const where = inDomain ? [DOMAIN] : [];
  return [
    {
      path: `${path} list`,
      summary: `List ${plural}`,
      options: list,
      output: 'list',
      load: async () => (await actions()).listEntities(entity),
    },
    {
      path: `${path} show`,
      summary: `Show a ${entity}`,
      operands: [`<${entity}>`],
      options: where,
      output: 'show',
      load: async () => (await actions()).showEntity(entity),
    },
    {
      path: `${path} create`,
      summary: `Create a ${entity}`,
      operands,
      options: create,
      output: 'show',
      load: async () => (await actions()).createEntity(entity),
    },
    {
      path: `${path} set`,
      summary: `Change a ${entity}`,
      operands: [`<${entity}>`],
      options: set,
      load: async () => (await actions()).setEntity(entity),
    },
    {
      path: `${path} delete`,
      summary: `Delete ${plural}`,
      operands: [`<${entity}...>`],
      options: where,
      load: async () => (await actions()).deleteEntities(entity),
    },
  ];
}

const GRANT_OPTIONS: readonly OptionSpec[] = [
  USER,
  GROUP,
  PROJECT,
  DOMAIN,
  { flags: '--system', help: 'On the whole cloud' },
  { flags: '--inherited', help: 'For the projects below, not the target itself' },
];

const roles = () => import('../commands/identity/roles.js');
const keys = () => import('../commands/identity/keys.js');
const tokens = () => import('../commands/identity/tokens.js');

/** `baton identity …`: what `openstack` has for Keystone. */
export const IDENTITY_COMMANDS: readonly CommandSpec[] = [
  ...ENTITY_COMMANDS.flatMap(commandsOf),
  {
    path: 'identity user password set',
    summary: "Change a user's password",
    operands: ['<user>'],
    options: [
      { ...PASSWORD, required: true, help: 'New password' },
      { flags: '--original-password <password>', help: 'Old password; administrators need none' },
    ],
    load: async () => (await tokens()).setPassword,
  },
  {
    path: 'identity group add user',
    summary: 'Put users into a group',
    operands: ['<group>', '<user...>'],
    load: async () => (await roles()).changeMembership('PUT'),
  },
  {
    path: 'identity group remove user',
    summary: 'Take users out of a group',
    operands: ['<group>', '<user...>'],
    load: async () => (await roles()).changeMembership('DELETE'),
  },
  {
    path: 'identity role add',
    summary: 'Give a role to a user or a group',
    operands: ['<role>'],
    options: GRANT_OPTIONS,
    load: async () => (await roles()).addRole,
  },
  {
    path: 'identity role remove',
    summary: 'Take a role from a user or a group',
    operands: ['<role>'],
    options: GRANT_OPTIONS,
    load: async () => (await roles()).removeRole,
  },
  {
    path: 'identity role assignment list',
    summary: 'List who has which role where',
    options: [
      USER,
      GROUP,
      PROJECT,
      DOMAIN,
      { flags: '--role <role>', help: 'Name or id of the role' },
      { flags: '--effective', help: 'What holds in the end, through groups and other roles' },
      { flags: '--names', help: 'Names instead of ids' },
    ],
    output: 'list',
    load: async () => (await roles()).listAssignments,
  },
  {
    path: 'identity ec2 credentials create',
    summary: 'Create a key pair for signed requests',
    options: [USER, PROJECT],
    output: 'show',
    load: async () => (await keys()).createEc2,
  },
  {
    path: 'identity ec2 credentials list',
    summary: 'List key pairs',
    options: [USER],
    output: 'list',
    load: async () => (await keys()).listEc2,
  },
  {
    path: 'identity ec2 credentials delete',
    summary: 'Delete key pairs',
    operands: ['<access-key...>'],
    options: [USER],
    load: async () => (await keys()).deleteEc2,
  },
  {
    path: 'identity application credential create',
    summary: 'Create a password for a program',
    operands: ['<name>'],
    options: [
      DESCRIPTION,
      { flags: '--secret <secret>', help: 'Its secret; made up if absent' },
      { flags: '--role <role>', help: 'Role that it has; may be repeated (all of yours)', many: true },
      { flags: '--expiration <time>', help: 'When it ends: YYYY-MM-DDTHH:MM:SS' },
      { flags: '--unrestricted', help: 'Let it make and delete others of its kind' },
    ],
    output: 'show',
    load: async () => (await keys()).createApplicationCredential,
  },
  {
    path: 'identity application credential list',
    summary: 'List passwords of programs',
    options: [USER],
    output: 'list',
    load: async () => (await keys()).listApplicationCredentials,
  },
  {
    path: 'identity application credential delete',
    summary: 'Delete passwords of programs',
    operands: ['<credential...>'],
    options: [USER],
    load: async () => (await keys()).deleteApplicationCredentials,
  },
  {
    path: 'identity token issue',
    summary: 'Get a token',
    output: 'show',
    load: async () => (await tokens()).issueToken,
  },
  {
    path: 'identity token revoke',
    summary: 'Revoke a token',
    operands: ['<token>'],
    load: async () => (await tokens()).revokeToken,
  },
  {
    path: 'identity catalog list',
    summary: 'List the services and their addresses',
    output: 'list',
    load: async () => (await tokens()).listCatalog,
  },
];

/** The words that group them. */
export const IDENTITY_GROUPS: readonly GroupSpec[] = [
  { path: 'identity', summary: 'Users, projects, roles and keys' },
  ...ENTITY_COMMANDS.map(({ entity, plural }) => ({
    path: `identity ${entity}`,
    summary: plural.replace(/^./, (letter) => letter.toUpperCase()),
  })),
  { path: 'identity user password', summary: 'Passwords of users' },
  { path: 'identity group add', summary: 'Put into groups' },
  { path: 'identity group remove', summary: 'Take out of groups' },
  { path: 'identity role assignment', summary: 'Who has which role where' },
  { path: 'identity ec2', summary: 'Key pairs for signed requests' },
  { path: 'identity ec2 credentials', summary: 'Key pairs for signed requests' },
  { path: 'identity application', summary: 'Passwords of programs' },
  { path: 'identity application credential', summary: 'Passwords of programs' },
  { path: 'identity token', summary: 'Tokens' },
  { path: 'identity catalog', summary: 'Services and their addresses' },
];
