import { didYouMean } from '../../model/closest.js';
import type { Constraint } from '../../model/constraint.js';
import { pythonStr } from '../../model/python-text.js';
import { toJson } from '../parse/json-node.js';
import type { SourceEntry, SourceMap, SourceNode } from '../source.js';
import type { ParameterDeclaration, ParameterType } from '../template.js';
import { type HotReader, isEmpty, pythonClass, report, reportKey, textOf, valueAt } from './hot-reader.js';
import { parseConstraints } from './parse-constraints.js';

/** Heat's exception for a parameter that is declared wrongly. */
const HEAT_TYPE = { heatType: 'InvalidSchemaError' };

const TYPES: readonly ParameterType[] = ['string', 'number', 'comma_delimited_list', 'json', 'boolean'];

const KEYS = ['type', 'description', 'default', 'schema', 'constraints', 'hidden', 'label', 'immutable'];

/** Which constraints a type may have; any other is Heat's `<Name> constraint invalid for <type>`. */
const FITTING: { readonly [kind in Constraint['kind']]: readonly ParameterType[] } = {
  length: ['string', 'comma_delimited_list', 'json'],
  range: ['number'],
  modulo: ['number'],
  allowed_values: ['string', 'number', 'boolean', 'comma_delimited_list'],
  allowed_pattern: ['string'],
  custom: ['string', 'number', 'boolean', 'comma_delimited_list'],
};

const CLASS_NAMES: { readonly [kind in Constraint['kind']]: string } = {
  length: 'Length',
  range: 'Range',
  modulo: 'Modulo',
  allowed_values: 'AllowedValues',
  allowed_pattern: 'AllowedPattern',
  custom: 'CustomConstraint',
};

/** The parameters of a template; those that are no maps are left out, and reported. */
export function parseParameters(section: SourceNode | undefined, reader: HotReader): Map<string, ParameterDeclaration> {
  const parameters = new Map<string, ParameterDeclaration>();
  if (section === undefined || isEmpty(section)) return parameters;
  if (section.kind !== 'map') {
    const message = `"parameters" must contain a map of parameter maps. Found a [${pythonClass(section)}] instead`;
    report(reader, 'invalid-shape', message, ['parameters'], section);
    return parameters;
  }
  for (const entry of section.entries) {
    const parameter = parseParameter(entry, reader);
    if (parameter) parameters.set(entry.key, parameter);
  }
  return parameters;
}

function parseParameter(declared: SourceEntry, reader: HotReader): ParameterDeclaration | undefined {
  const { key: name, keyAt, value: node } = declared;
  const path = ['parameters', name];
  const wrong = (message: string, place: Pick<SourceNode, 'at'>, hint: { hint?: string } = {}) =>
    report(reader, 'invalid-parameter', message, path, place, { ...HEAT_TYPE, ...hint });
  if (node.kind !== 'map') {
    wrong(`Invalid parameter (${name}), expected a mapping`, node);
    return undefined;
  }
  const keys = reader.version >= '2018-03-02' ? [...KEYS, 'tags'] : KEYS;
  for (const entry of node.entries) {
    if (keys.includes(entry.key)) continue;
    const message = `Invalid key '${entry.key}' for parameter (${name})`;
    reportKey(reader, 'invalid-parameter', message, path, entry, keys, HEAT_TYPE);
  }
  const typeNode = valueAt(node, 'type');
  const declaredType = typeNode === undefined ? '' : pythonStr(toJson(typeNode));
  const known = TYPES.find((candidate) => candidate === declaredType);
  if (typeNode === undefined) {
    wrong(`Missing parameter type for parameter: ${name}`, { at: keyAt });
  } else if (known === undefined) {
    wrong(`Invalid type (${declaredType})`, typeNode, didYouMean(declaredType, TYPES));
  }
  // The parameter is there all the same, so that nobody is told that references to it are wrong.
  const type = known ?? 'string';
  const tags = valueAt(node, 'tags');
  if (tags !== undefined && tags.kind !== 'list' && keys.includes('tags')) {
    wrong(`Tags property should be a list for parameter: ${name}`, tags);
  }
  const constraints = parseConstraints(name, valueAt(node, 'constraints'), reader);
  for (const constraint of constraints) {
    if (known === undefined || FITTING[constraint.kind].includes(type)) continue;
    const message = `${CLASS_NAMES[constraint.kind]} constraint invalid for ${type}`;
    wrong(`Parameter '${name}' is invalid: ${message}`, valueAt(node, 'constraints') ?? node);
  }
  return {
    name,
    type,
    declaredType,
    label: textOf(valueAt(node, 'label')),
    description: textOf(valueAt(node, 'description')),
    defaultValue: defaultOf(node),
    hidden: !isEmpty(valueAt(node, 'hidden')),
    immutable: !isEmpty(valueAt(node, 'immutable')),
    tags: tags?.kind === 'list' ? tags.items.map((item) => pythonStr(toJson(item))) : [],
    constraints,
    constraintDescription: undefined,
    at: keyAt,
  };
}

/** A default that is null is no default, as in Heat. */
function defaultOf(node: SourceMap): ParameterDeclaration['defaultValue'] {
  const written = valueAt(node, 'default');
  return written === undefined ? undefined : (toJson(written) ?? undefined);
}
