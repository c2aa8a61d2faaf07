import { didYouMean } from '../../../model/closest.js';
import type { Constraint } from '../../../model/constraint.js';
import type { Json } from '../../../model/value.js';
import { toJson } from '../../parse/json-node.js';
import type { SourceEntry, SourceMap, SourceNode } from '../../source.js';
import type { ParameterDeclaration, ParameterType } from '../../template.js';
import { itemType, PARAMETER_TYPES } from '../parameter-types.js';
import type { Report } from '../report.js';
import { childOf, entryOf, scalarText, textOf } from '../source-nodes.js';
import { memberMap, membersOf, refuseUnknownKeys } from './section.js';

const KEYS: ReadonlySet<string> = new Set([
  'Type',
  'Default',
  'NoEcho',
  'AllowedValues',
  'AllowedPattern',
  'MaxLength',
  'MinLength',
  'MaxValue',
  'MinValue',
  'Description',
  'ConstraintDescription',
  'Label',
]);

/** Reads the Parameters section. */
export function parseParameters(root: SourceMap, report: Report): Map<string, ParameterDeclaration> {
  const parameters = new Map<string, ParameterDeclaration>();
  for (const entry of membersOf(root, 'Parameters', report)) {
    const declaration = new ParameterReader(entry, report).read();
    if (declaration) parameters.set(entry.key, declaration);
  }
  return parameters;
}

class ParameterReader {
  readonly #path: readonly [string, string];

  constructor(
    readonly entry: SourceEntry,
    readonly report: Report,
  ) {
    this.#path = ['Parameters', entry.key];
  }

  read(): ParameterDeclaration | undefined {
    const { key: name, keyAt } = this.entry;
    const map = memberMap(this.entry, 'Parameters', this.report);
    if (!map) return undefined;
    refuseUnknownKeys(map, KEYS, this.#path, this.report, (key) => ({
      aws: `Invalid template parameter property '${key}'`,
      heat: `Invalid key '${key}' for parameter (${name})`,
    }));
    const declaredType = this.#declaredType(map);
    if (declaredType === undefined) return undefined;
    const type = PARAMETER_TYPES[this.report.dialect].get(declaredType) ?? 'string';
    const constraintDescription = textOf(childOf(map, 'ConstraintDescription'));
    return {
      name,
      type,
      declaredType,
      label: textOf(childOf(map, 'Label')),
      description: this.#text(map, 'Description'),
      defaultValue: this.#defaultValue(map, type),
      hidden: textOf(childOf(map, 'NoEcho'))?.toLowerCase() === 'true',
      immutable: false,
      tags: [],
      constraints: this.#constraints(map, type, declaredType, constraintDescription),
      constraintDescription,
      at: keyAt,
    };
  }

  #declaredType(map: SourceMap): string | undefined {
    const node = childOf(map, 'Type');
    const declared = textOf(node);
    const at = node?.at ?? this.entry.keyAt;
    if (declared === undefined) {
      const wording = {
        aws: 'Template format error: Every Parameters object must contain a Type member.',
        heat: `Missing parameter type for parameter: ${this.entry.key}`,
      };
      this.report.error('invalid-parameter', wording, this.#path, at);
      return undefined;
    }
    const types = PARAMETER_TYPES[this.report.dialect];
    if (!types.has(declared)) {
      const aws = `Template format error: Unrecognized parameter type: ${declared}`;
      const wording = { aws, heat: `Invalid type (${declared})` };
      this.report.error('invalid-parameter', wording, [...this.#path, 'Type'], at, didYouMean(declared, types.keys()));
    }
    return declared;
  }

  /** The default as CloudFormation has it: text for everything but Heat's own types. */
  #defaultValue(map: SourceMap, type: ParameterType): Json | undefined {
    const node = childOf(map, 'Default');
    if (node === undefined) return undefined;
    if (node.kind !== 'scalar') {
      const fits = type === 'json' || (this.report.dialect === 'heat' && type === 'comma_delimited_list');
      if (!fits) {
        const aws = 'Template format error: Every Default member must be a string.';
        this.report.error('invalid-parameter', { aws }, [...this.#path, 'Default'], node.at);
      }
      return toJson(node);
    }
    const isAws = this.report.dialect === 'aws';
    return isAws && (type === 'string' || type === 'comma_delimited_list')
      ? (scalarText(node.value) ?? null)
      : node.value;
  }

  #constraints(
    map: SourceMap,
    type: ParameterType,
    declaredType: string,
    description: string | undefined,
  ): Constraint[] {
    const described = description === undefined ? {} : { description };
    const constraints: Constraint[] = [];
    const isNumber = itemType(declaredType) === 'Number';
    const allowed = this.#allowedValues(map, type, isNumber);
    if (allowed) constraints.push({ kind: 'allowed_values', values: allowed, ...described });
    const lengths = this.#range(map, 'MinLength', 'MaxLength');
    if (lengths) constraints.push({ kind: 'length', ...lengths, ...described });
    const values = this.#range(map, 'MinValue', 'MaxValue');
    if (values) constraints.push({ kind: 'range', ...values, ...described });
    const pattern = this.#text(map, 'AllowedPattern');
    if (pattern !== undefined) constraints.push({ kind: 'allowed_pattern', pattern, ...described });
    this.#refuseMisplaced(map, type, isNumber);
    return constraints;
  }

  #allowedValues(map: SourceMap, type: ParameterType, isNumber: boolean): Json[] | undefined {
    const node = childOf(map, 'AllowedValues');
    if (node === undefined) return undefined;
    if (node.kind !== 'list') {
      this.#wrong('AllowedValues', node, 'must be a list', 'AllowedValues must be a list');
      return undefined;
    }
    return node.items.map((item) => {
      if (item.kind !== 'scalar') {
        if (type !== 'json') this.#wrong('AllowedValues', item, 'Every AllowedValues value must be a string.');
        return toJson(item);
      }
      if (this.report.dialect === 'heat' || type === 'boolean') return item.value;
      const text = scalarText(item.value) ?? null;
      return isNumber && type === 'number' && text !== null && text.trim() !== '' && !Number.isNaN(Number(text))
        ? Number(text)
        : text;
    });
  }

  #range(map: SourceMap, minKey: string, maxKey: string): { min?: number; max?: number } | undefined {
    const min = this.#number(map, minKey);
    const max = this.#number(map, maxKey);
    if (min === undefined && max === undefined) return undefined;
    if (min !== undefined && max !== undefined && max < min) {
      const aws = `Template error: Parameter '${this.entry.key}' ${minKey} must be less than ${maxKey}.`;
      this.report.error('invalid-parameter', { aws }, this.#path, entryOf(map, minKey)?.keyAt ?? this.entry.keyAt);
    }
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  }

  #number(map: SourceMap, key: string): number | undefined {
    const node = childOf(map, key);
    if (node === undefined) return undefined;
    const text = textOf(node)?.trim();
    const number = text === undefined || text === '' ? Number.NaN : Number(text);
    if (!Number.isNaN(number)) return number;
    this.#wrong(key, node, 'must be a number', `${key} must be a number`);
    return undefined;
  }

  #text(map: SourceMap, key: string): string | undefined {
    const node = childOf(map, key);
    const text = textOf(node);
    if (node !== undefined && text === undefined) {
      this.#wrong(key, node, 'must be a string', `Every ${key} member must be a string.`);
    }
    return text;
  }

  /** AWS refuses a constraint that the type cannot have; for Heat the check of the value does so. */
  #refuseMisplaced(map: SourceMap, type: ParameterType, isNumber: boolean): void {
    if (this.report.dialect === 'heat' || type === 'json' || type === 'boolean') return;
    const misplaced = isNumber ? ['MinLength', 'MaxLength', 'AllowedPattern'] : ['MinValue', 'MaxValue'];
    const owner = isNumber ? 'String' : 'Number';
    for (const key of misplaced) {
      const entry = entryOf(map, key);
      if (!entry) continue;
      const aws = `Template error: Parameter '${this.entry.key}' ${key} must be on a parameter of type ${owner}`;
      this.report.error('invalid-parameter', { aws }, [...this.#path, key], entry.keyAt);
    }
  }

  #wrong(key: string, node: SourceNode, why: string, sentence?: string): void {
    const aws = `Template format error: ${sentence ?? `[/Parameters/${this.entry.key}/${key}] ${why}`}`;
    this.report.error('invalid-parameter', { aws }, [...this.#path, key], node.at);
  }
}
