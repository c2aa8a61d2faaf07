import { didYouMean } from '../../../model/closest.js';
import type { Expression, MapExpression } from '../../expression.js';
import type { SourceEntry, SourceMap, SourceNode } from '../../source.js';
import type { ResourceDeclaration } from '../../template.js';
import type { Compiler } from '../compiler.js';
import { literal } from '../functions/shapes.js';
import type { Report, Wording } from '../report.js';
import { childOf, entryOf, isNull, textOf } from '../source-nodes.js';
import { memberMap, membersOf, refuseUnknownKeys } from './section.js';

const KEYS: ReadonlySet<string> = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'CreationPolicy',
  'UpdatePolicy',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
  'Description',
  // Custom resources of old templates name the version of their protocol here.
  'Version',
]);

const POLICIES = {
  DeletionPolicy: new Set(['Delete', 'Retain', 'Snapshot', 'RetainExceptOnCreate']),
  UpdateReplacePolicy: new Set(['Delete', 'Retain', 'Snapshot']),
} as const;

/** Reads the Resources section. */
export function parseResources(root: SourceMap, compiler: Compiler, report: Report): Map<string, ResourceDeclaration> {
  const resources = new Map<string, ResourceDeclaration>();
  const members = membersOf(root, 'Resources', report);
  if (members.length === 0 && report.dialect === 'aws') {
    const aws = 'Template format error: At least one Resources member must be defined.';
    report.error('invalid-section', { aws }, ['Resources'], entryOf(root, 'Resources')?.value.at ?? root.at);
  }
  for (const entry of members) {
    // A macro that nobody knows stands here for resources that it would have made.
    if (entry.key === 'Fn::Transform') continue;
    const map = memberMap(entry, 'Resources', report);
    const resource = map && new ResourceReader(entry, map, compiler, report).read();
    if (resource) resources.set(entry.key, resource);
  }
  return resources;
}

class ResourceReader {
  readonly #path: readonly string[];

  constructor(
    readonly entry: SourceEntry,
    readonly map: SourceMap,
    readonly compiler: Compiler,
    readonly report: Report,
  ) {
    this.#path = ['Resources', entry.key];
  }

  read(): ResourceDeclaration | undefined {
    const { key: name, keyAt } = this.entry;
    const isAws = this.report.dialect === 'aws';
    if (isAws && !this.compiler.names.awaitsMacros) {
      refuseUnknownKeys(this.map, KEYS, this.#path, this.report, (key) => ({
        aws: `Invalid template resource property '${key}'`,
      }));
    }
    const type = this.#type();
    if (!type) return undefined;
    return {
      name,
      type: type.name,
      properties: this.#properties(),
      metadata: this.#object('Metadata'),
      dependsOn: this.#dependsOn(),
      condition: isAws ? this.#condition() : undefined,
      deletionPolicy: this.#policy('DeletionPolicy'),
      updateReplacePolicy: isAws ? this.#policy('UpdateReplacePolicy') : undefined,
      updatePolicy: this.#object('UpdatePolicy'),
      creationPolicy: isAws ? this.#object('CreationPolicy') : undefined,
      externalId: undefined,
      description: textOf(childOf(this.map, 'Description')),
      at: keyAt,
      typeAt: type.at,
    };
  }

  #type() {
    const node = childOf(this.map, 'Type');
    if (node === undefined) {
      const aws = `Template format error: [/Resources/${this.entry.key}] Every Resources object must contain a Type member.`;
      this.#error({ aws, heat: 'Each Resource must contain a Type key.' }, this.#path, this.entry.keyAt);
      return undefined;
    }
    const name = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
    if (name !== undefined && name !== '') return { name, at: node.at };
    this.#wrongType('Type', node, 'string');
    return undefined;
  }

  #properties(): MapExpression {
    const node = childOf(this.map, 'Properties');
    const empty: MapExpression = { kind: 'map', entries: [], at: this.entry.keyAt };
    if (node === undefined) return empty;
    if (node.kind !== 'map') {
      this.#wrongType('Properties', node, 'object');
      return empty;
    }
    return this.compiler.compileMap(node, { path: [...this.#path, 'Properties'], dynamic: true });
  }

  #object(key: string): Expression | undefined {
    const node = childOf(this.map, key);
    if (node === undefined) return undefined;
    if (node.kind !== 'map') {
      this.#wrongType(key, node, 'object');
      return undefined;
    }
    return this.compiler.compile(node, { path: [...this.#path, key] });
  }

  #dependsOn(): ResourceDeclaration['dependsOn'] {
    const node = childOf(this.map, 'DependsOn');
    if (node === undefined) return [];
    const items = node.kind === 'list' ? node.items : [node];
    return items.flatMap((item) => {
      if (item.kind === 'scalar' && typeof item.value === 'string') return [{ name: item.value, at: item.at }];
      const aws =
        node.kind === 'list'
          ? 'Template format error: Every DependsOn value must be a string.'
          : 'Template format error: DependsOn must be a string or list of strings.';
      const heat = `Resource ${this.entry.key} DependsOn type must be string or list of strings`;
      this.#error({ aws, heat }, [...this.#path, 'DependsOn'], item.at);
      return [];
    });
  }

  #condition(): Expression | undefined {
    const node = childOf(this.map, 'Condition');
    if (node === undefined) return undefined;
    return readCondition(node, [...this.#path, 'Condition'], 'Resources', this.compiler, this.report);
  }

  #policy(key: keyof typeof POLICIES): Expression | undefined {
    const entry = entryOf(this.map, key);
    if (!entry || isNull(entry.value)) return undefined;
    const path = [...this.#path, key];
    const { value: node } = entry;
    const value = textOf(node);
    if (value === undefined) {
      if (node.kind === 'map' && this.report.dialect === 'aws') return this.compiler.compile(node, { path });
      const aws = `Template format error: Every ${key} member must be a string.`;
      this.#error({ aws, heat: `Resource ${this.entry.key} ${key} type must be string` }, path, node.at);
      return undefined;
    }
    if (!POLICIES[key].has(value)) {
      const aws = `Template format error: Unrecognized ${key} ${value} for resource ${this.entry.key}`;
      const heat = key === 'DeletionPolicy' ? { heat: `Invalid deletion policy "${value}"` } : {};
      const hint = didYouMean(value, POLICIES[key]);
      this.report.error('invalid-shape', { aws, ...heat }, path, node.at, hint);
    }
    return literal(value, node.at);
  }

  #wrongType(key: string, node: SourceNode, type: string): void {
    const aws = `Template format error: [/Resources/${this.entry.key}/${key}] value must be ${type === 'object' ? 'an object' : `a ${type}`}`;
    const heat = `Resource ${this.entry.key} ${key} type must be ${type}`;
    this.#error({ aws, heat }, [...this.#path, key], node.at);
  }

  #error(wording: Wording, path: readonly string[], at: SourceNode['at']): void {
    this.report.error('invalid-shape', wording, path, at);
  }
}

/** The name of the condition that a resource or output depends on. */
export function readCondition(
  node: SourceNode,
  path: readonly string[],
  section: 'Resources' | 'Outputs',
  compiler: Compiler,
  report: Report,
): Expression | undefined {
  const name = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
  if (name === undefined) {
    const aws = 'Template format error: Every Condition member must be a string.';
    report.error('invalid-condition', { aws }, path, node.at);
    return undefined;
  }
  const { conditions } = compiler.names;
  if (!conditions.has(name)) {
    const wording = {
      aws: `Template format error: Unresolved condition dependency ${name} in the ${section} block of the template`,
      heat: `Invalid condition "${name}"`,
    };
    report.error('invalid-condition', wording, path, node.at, didYouMean(name, conditions));
    return undefined;
  }
  return literal(name, node.at);
}
