import type { Json } from '../../../engine/model/value.js';
import { UsageError } from '../../program/exit-codes.js';
import type { Options } from '../../program/parsed-arguments.js';

/** How an option becomes a field of a body. */
export interface FieldSpec {
  /** The option's camel-case name. */
  readonly option: string;
  readonly field: string;
  /** What the option's text means; a text if absent. */
  readonly kind?: 'true' | 'false' | 'tags' | 'domain' | 'project' | 'region' | 'service';
}

/** A kind of thing in Keystone. */
export interface EntitySpec {
  readonly name: string;
  readonly plural: string;
  /** Columns of a list, and the fields behind them. */
  readonly columns: readonly (readonly [column: string, field: string])[];
  readonly longColumns?: readonly (readonly [column: string, field: string])[];
  readonly fields: readonly FieldSpec[];
  /** Options of a list that narrow it. */
  readonly filters?: readonly FieldSpec[];
  /** What it is found by, besides the id; nothing but the id if absent. */
  readonly lookup?: 'name' | 'type';
  /** Names are unique within a domain only. */
  readonly inDomain?: boolean;
}

const DESCRIPTION: FieldSpec = { option: 'description', field: 'description' };
const DOMAIN: FieldSpec = { option: 'domain', field: 'domain_id', kind: 'domain' };
const ENABLE: FieldSpec = { option: 'enable', field: 'enabled', kind: 'true' };
const DISABLE: FieldSpec = { option: 'disable', field: 'enabled', kind: 'false' };
const NAME: FieldSpec = { option: 'name', field: 'name' };
const TAGS: FieldSpec = { option: 'tag', field: 'tags', kind: 'tags' };

const ID_NAME = [
  ['ID', 'id'],
  ['Name', 'name'],
] as const;
const LONG_STATE = [
  ['Domain ID', 'domain_id'],
  ['Description', 'description'],
  ['Enabled', 'enabled'],
] as const;

/** Everything that commands make, show, change and delete in the same way. */
export const ENTITIES = {
  project: {
    name: 'project',
    plural: 'projects',
    columns: ID_NAME,
    longColumns: LONG_STATE,
    fields: [
      NAME,
      DESCRIPTION,
      DOMAIN,
      { option: 'parent', field: 'parent_id', kind: 'project' },
      ENABLE,
      DISABLE,
      TAGS,
    ],
    filters: [DOMAIN],
    lookup: 'name',
    inDomain: true,
  },
  user: {
    name: 'user',
    plural: 'users',
    columns: ID_NAME,
    longColumns: [
      ['Project', 'default_project_id'],
      ['Domain ID', 'domain_id'],
      ['Email', 'email'],
      ['Enabled', 'enabled'],
    ],
    fields: [
      NAME,
      DESCRIPTION,
      DOMAIN,
      { option: 'project', field: 'default_project_id', kind: 'project' },
      { option: 'email', field: 'email' },
      { option: 'password', field: 'password' },
      ENABLE,
      DISABLE,
    ],
    filters: [DOMAIN],
    lookup: 'name',
    inDomain: true,
  },
  group: {
    name: 'group',
    plural: 'groups',
    columns: ID_NAME,
    longColumns: [
      ['Domain ID', 'domain_id'],
      ['Description', 'description'],
    ],
    fields: [NAME, DESCRIPTION, DOMAIN],
    filters: [DOMAIN],
    lookup: 'name',
    inDomain: true,
  },
  role: {
    name: 'role',
    plural: 'roles',
    columns: ID_NAME,
    fields: [NAME, DESCRIPTION, DOMAIN],
    filters: [DOMAIN],
    lookup: 'name',
  },
  domain: {
    name: 'domain',
    plural: 'domains',
    columns: [...ID_NAME, ['Enabled', 'enabled'], ['Description', 'description']],
    fields: [NAME, DESCRIPTION, ENABLE, DISABLE],
    lookup: 'name',
  },
  region: {
    name: 'region',
    plural: 'regions',
    columns: [
      ['Region', 'id'],
      ['Parent Region', 'parent_region_id'],
      ['Description', 'description'],
    ],
    fields: [DESCRIPTION, { option: 'parentRegion', field: 'parent_region_id', kind: 'region' }],
  },
  service: {
    name: 'service',
    plural: 'services',
    columns: [...ID_NAME, ['Type', 'type']],
    longColumns: [
      ['Description', 'description'],
      ['Enabled', 'enabled'],
    ],
    fields: [NAME, DESCRIPTION, ENABLE, DISABLE],
    lookup: 'type',
  },
  endpoint: {
    name: 'endpoint',
    plural: 'endpoints',
    columns: [
      ['ID', 'id'],
      ['Region', 'region_id'],
      ['Service ID', 'service_id'],
      ['Enabled', 'enabled'],
      ['Interface', 'interface'],
      ['URL', 'url'],
    ],
    fields: [
      { option: 'region', field: 'region_id', kind: 'region' },
      { option: 'url', field: 'url' },
      { option: 'interface', field: 'interface' },
      ENABLE,
      DISABLE,
    ],
    filters: [
      { option: 'service', field: 'service_id', kind: 'service' },
      { option: 'interface', field: 'interface' },
    ],
  },
} as const satisfies Record<string, EntitySpec>;

/** The name of a kind of thing. */
export type EntityName = keyof typeof ENTITIES;

/** The fields that options give; `find` turns a name into an id. */
export async function fieldsFrom(
  specs: readonly FieldSpec[],
  options: Options,
  find: (entity: EntityName, name: string) => Promise<string>,
): Promise<{ [field: string]: Json }> {
  const found: { [field: string]: Json } = {};
  for (const { option, field, kind } of specs) {
    if (!options.isSet(option)) continue;
    if (kind === 'true' || kind === 'false') {
      if (field in found) throw new UsageError('--enable and --disable exclude each other');
      found[field] = kind === 'true';
    } else if (kind === 'tags') found[field] = [...options.many(option)];
    else if (kind === 'domain' || kind === 'project' || kind === 'region' || kind === 'service') {
      found[field] = await find(kind, options.text(option) ?? '');
    } else found[field] = options.text(option) ?? '';
  }
  return found;
}
