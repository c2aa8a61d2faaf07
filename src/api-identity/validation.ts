import { pythonRepr } from '../engine/model/python-text.js';
import type { Json, JsonMap } from '../engine/model/value.js';
import { invalid } from '../identity/identity-error.js';

type TypeName = 'string' | 'boolean' | 'object' | 'array' | 'null';

/** What a field may hold. */
export interface FieldRule {
  readonly type: TypeName | readonly TypeName[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  readonly items?: FieldRule;
  readonly maxItems?: number;
  /** The value is never quoted in a message. */
  readonly isSecret?: boolean;
}

/** What a body may hold; unknown fields are kept unless `isClosed`. */
export interface BodyRule {
  readonly fields: { readonly [name: string]: FieldRule };
  readonly required?: readonly string[];
  /** A change must change something. */
  readonly minProperties?: number;
  readonly isClosed?: boolean;
}

/** Throws Keystone's 400 for the first thing that is wrong, in jsonschema's words. */
export function validate(value: Json | undefined, rule: BodyRule): JsonMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${pythonRepr(value ?? null)} is not of type 'object'`);
  }
  for (const [name, field] of Object.entries(rule.fields)) {
    const entry = value[name];
    if (entry !== undefined && Object.hasOwn(value, name)) checkField(entry, field, name);
  }
  for (const name of rule.required ?? []) {
    if (!Object.hasOwn(value, name)) throw invalid(`'${name}' is a required property`);
  }
  if (Object.keys(value).length < (rule.minProperties ?? 0)) throw invalid('{} does not have enough properties');
  const unknown = rule.isClosed ? Object.keys(value).filter((name) => !Object.hasOwn(rule.fields, name)) : [];
  if (unknown.length > 0) {
    const names = unknown.map((name) => pythonRepr(name)).join(', ');
    throw invalid(`Additional properties are not allowed (${names} ${unknown.length > 1 ? 'were' : 'was'} unexpected)`);
  }
  return value;
}

function typeOf(value: Json): TypeName | 'number' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as 'string' | 'boolean' | 'object' | 'number';
}

/** Throws if a value does not fit its field; the path names it. */
export function checkField(value: Json, rule: FieldRule, path: string): void {
  const shown = rule.isSecret ? "'***'" : pythonRepr(value);
  const fail = (message: string) => invalid(`Invalid input for field '${path}': ${message}`);
  const types = typeof rule.type === 'string' ? [rule.type] : rule.type;
  const type = typeOf(value);
  if (type === 'number' || !types.includes(type)) {
    throw fail(`${shown} is not of type ${types.map((name) => `'${name}'`).join(', ')}`);
  }
  if (typeof value === 'string') {
    const length = [...value].length;
    if (length < (rule.minLength ?? 0)) throw fail(`${shown} is too short`);
    if (length > (rule.maxLength ?? Number.POSITIVE_INFINITY)) throw fail(`${shown} is too long`);
    if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(value)) {
      throw fail(`${shown} does not match ${pythonRepr(rule.pattern)}`);
    }
    if (rule.oneOf && !rule.oneOf.includes(value)) throw fail(`${shown} is not one of ${pythonRepr([...rule.oneOf])}`);
  }
  if (Array.isArray(value)) {
    if (value.length > (rule.maxItems ?? Number.POSITIVE_INFINITY)) throw fail(`${shown} is too long`);
    const { items } = rule;
    if (items) for (const [index, item] of value.entries()) checkField(item, items, `${path}/${index}`);
  }
}

/** Field rules that several bodies share. */
export const FIELDS = {
  name: { type: 'string', minLength: 1, maxLength: 255, pattern: '[\\S]+' },
  shortName: { type: 'string', minLength: 1, maxLength: 64, pattern: '[\\S]+' },
  id: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9-]+$' },
  idOrNull: { type: ['string', 'null'], minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9-]+$' },
  text: { type: 'string' },
  textOrNull: { type: ['string', 'null'] },
  secret: { type: 'string', isSecret: true },
  secretOrNull: { type: ['string', 'null'], isSecret: true },
  flag: { type: 'boolean' },
  map: { type: 'object' },
  url: { type: 'string', maxLength: 225, pattern: '^[a-zA-Z0-9+.-]+:.+' },
  tag: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^,/]*$' },
  tags: {
    type: 'array',
    maxItems: 80,
    items: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^,/]*$' },
  },
} as const satisfies Record<string, FieldRule>;

/** The map under the key of a body that holds the entity; Keystone takes a missing one as empty. */
export function entityOf(body: JsonMap, key: string): Json {
  return body[key] ?? {};
}

/** The entries of a validated map that are not among the known names: Keystone keeps them. */
export function extraOf(entity: JsonMap, known: readonly string[]): JsonMap {
  const names = new Set([...known, 'id', 'links']);
  return Object.fromEntries(Object.entries(entity).filter(([name]) => !names.has(name) && name !== '__proto__'));
}

/** Patching may repeat the id, not change it. */
export function assertSameId(entity: JsonMap, id: string): void {
  if (entity.id !== undefined && entity.id !== null && entity.id !== id) throw invalid('Cannot change ID');
}
