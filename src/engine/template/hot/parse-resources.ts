import { closest } from '../../model/closest.js';
import type { Position } from '../../model/diagnostic.js';
import { pythonStr } from '../../model/python-text.js';
import type { Expression, Literal, MapExpression } from '../expression.js';
import type { SourceMap, SourceNode } from '../source.js';
import type { DeletionPolicy, ResourceDeclaration } from '../template.js';
import { type HotReader, isEmpty, pythonClass, report, textOf, valueAt } from './hot-reader.js';
import { parseCondition } from './parse-conditions.js';
import { toExpression, toMap } from './to-expression.js';

const KEYS = ['type', 'properties', 'metadata', 'depends_on', 'deletion_policy', 'update_policy', 'description'];

/** Keys that came with 2016-10-14; before, Heat refuses them with another text than other keys. */
const LATER_KEYS = ['external_id', 'condition'];

const NO_TYPE = 'Each resource must contain a type key.';

const DELETION_POLICIES: ReadonlyMap<string, DeletionPolicy> = new Map([
  ['Delete', 'Delete'],
  ['Retain', 'Retain'],
  ['Snapshot', 'Snapshot'],
]);

const LOWER_CASE_POLICIES: ReadonlyMap<string, DeletionPolicy> = new Map([
  ['delete', 'Delete'],
  ['retain', 'Retain'],
  ['snapshot', 'Snapshot'],
]);

/** The resources of a template; those that cannot be read are left out and reported. */
export function parseResources(section: SourceNode | undefined, reader: HotReader): Map<string, ResourceDeclaration> {
  const resources = new Map<string, ResourceDeclaration>();
  if (section === undefined || isEmpty(section)) return resources;
  if (section.kind !== 'map') {
    const message = `"resources" must contain a map of resource maps. Found a [${pythonClass(section)}] instead`;
    report(reader, 'invalid-shape', message, ['resources'], section);
    return resources;
  }
  for (const { key, keyAt, value } of section.entries) {
    const path = ['resources', key];
    if (key.includes('/')) report(reader, 'invalid-shape', 'Resource name may not contain "/"', path, { at: keyAt });
    if (isEmpty(value)) report(reader, 'invalid-shape', NO_TYPE, path, { at: keyAt });
    else if (value.kind !== 'map') {
      const message = `"resources" must contain a map of resource maps. Found a [${pythonClass(value)}] instead`;
      report(reader, 'invalid-shape', message, path, value);
    } else {
      const resource = new ResourceReader(key, keyAt, value, reader).read();
      if (resource) resources.set(key, resource);
    }
  }
  return resources;
}

/** Reads one resource. */
class ResourceReader {
  readonly #name: string;
  readonly #at: Position;
  readonly #node: SourceMap;
  readonly #reader: HotReader;

  constructor(name: string, at: Position, node: SourceMap, reader: HotReader) {
    this.#name = name;
    this.#at = at;
    this.#node = node;
    this.#reader = reader;
  }

  read(): ResourceDeclaration | undefined {
    this.#checkKeys();
    const type = this.#type();
    if (type === undefined) return undefined;
    const isLater = this.#reader.version >= '2016-10-14';
    return {
      name: this.#name,
      type: type.value,
      typeAt: type.at,
      properties: this.#properties(),
      metadata: this.#mapOrCall('metadata'),
      dependsOn: this.#dependsOn(),
      condition: isLater
        ? parseCondition(this.#valueAt('condition'), this.#pathOf('condition'), this.#reader)
        : undefined,
      deletionPolicy: this.#deletionPolicy(),
      updateReplacePolicy: undefined,
      updatePolicy: this.#mapOrCall('update_policy'),
      creationPolicy: undefined,
      externalId: isLater ? this.#textOrCall('external_id') : undefined,
      description: this.#description(),
      at: this.#at,
    };
  }

  #valueAt(key: string): SourceNode | undefined {
    return valueAt(this.#node, key);
  }

  #pathOf(key: string): string[] {
    return ['resources', this.#name, key];
  }

  #wrong(key: string, message: string, at: Position, hint: { hint?: string } = {}): void {
    report(this.#reader, 'invalid-shape', message, this.#pathOf(key), { at }, hint);
  }

  #wrongKind(key: string, kind: string, node: SourceNode): void {
    this.#wrong(key, `Resource ${this.#name} ${key} type must be ${kind}`, node.at);
  }

  #checkKeys(): void {
    const isLater = this.#reader.version >= '2016-10-14';
    const allowed = isLater ? [...KEYS, ...LATER_KEYS] : KEYS;
    for (const { key, keyAt } of this.#node.entries) {
      if (allowed.includes(key)) continue;
      const known = key === 'value' || LATER_KEYS.includes(key);
      const near = closest(key.replace(/([a-z])([A-Z])/g, '$1_$2'), allowed);
      this.#wrong(
        key,
        known
          ? `Invalid keyword(s) inside a resource definition: ${key}`
          : `"${key}" is not a valid keyword inside a resource definition`,
        keyAt,
        LATER_KEYS.includes(key)
          ? { hint: 'use heat_template_version 2016-10-14 or later' }
          : near === undefined
            ? {}
            : { hint: `did you mean "${near}"?` },
      );
    }
  }

  #type(): { value: string; at: Position } | undefined {
    const node = this.#valueAt('type');
    if (node === undefined) {
      this.#wrong('type', NO_TYPE, this.#at);
      return undefined;
    }
    if (isEmpty(node)) {
      this.#wrong('type', 'Each Resource must contain a Type key.', node.at);
      return undefined;
    }
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      this.#wrongKind('type', 'string', node);
      return undefined;
    }
    return { value: node.value, at: node.at };
  }

  #properties(): MapExpression {
    const node = this.#valueAt('properties');
    if (node?.kind === 'map') return toMap(node, this.#reader.functions);
    if (node !== undefined) this.#wrongKind('properties', 'object', node);
    return { kind: 'map', entries: [], at: node?.at ?? this.#at };
  }

  #mapOrCall(key: string): Expression | undefined {
    const node = this.#valueAt(key);
    if (node === undefined) return undefined;
    if (node.kind === 'map') return toExpression(node, this.#reader.functions);
    this.#wrongKind(key, 'object', node);
    return undefined;
  }

  #textOrCall(key: string): Expression | undefined {
    const node = this.#valueAt(key);
    if (node === undefined) return undefined;
    const expression = toExpression(node, this.#reader.functions);
    if (expression.kind === 'call') return expression;
    if (expression.kind === 'literal' && typeof expression.value === 'string') return expression;
    this.#wrongKind(key, 'string', node);
    return undefined;
  }

  #dependsOn(): ResourceDeclaration['dependsOn'] {
    const node = this.#valueAt('depends_on');
    if (node === undefined) return [];
    if (node.kind === 'map' || (node.kind === 'scalar' && typeof node.value !== 'string')) {
      this.#wrongKind('depends_on', 'list or string', node);
      return [];
    }
    const names: { name: string; at: Position }[] = [];
    for (const item of node.kind === 'list' ? node.items : [node]) {
      if (item.kind === 'scalar' && typeof item.value === 'string') names.push({ name: item.value, at: item.at });
      else this.#wrong('depends_on', `Resource ${this.#name} depends_on must be a list of strings`, item.at);
    }
    return names;
  }

  #deletionPolicy(): Expression | undefined {
    const policy = this.#textOrCall('deletion_policy');
    if (policy?.kind !== 'literal') return policy;
    const written = pythonStr(policy.value);
    const name =
      DELETION_POLICIES.get(written) ??
      (this.#reader.version >= '2016-10-14' ? LOWER_CASE_POLICIES.get(written) : undefined);
    if (name !== undefined) return { ...policy, value: name } satisfies Literal;
    const near = closest(written, DELETION_POLICIES.keys());
    const hint = near === undefined ? {} : { hint: `did you mean "${near}"?` };
    this.#wrong('deletion_policy', `Invalid deletion policy "${written}"`, policy.at, hint);
    return undefined;
  }

  #description(): string | undefined {
    const node = this.#valueAt('description');
    if (node === undefined) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'string') return textOf(node);
    this.#wrongKind('description', 'string', node);
    return undefined;
  }
}
