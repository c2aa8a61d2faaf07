import type { Constraint } from '../../model/constraint.js';
import { pythonRepr } from '../../model/python-text.js';
import { toJson } from '../parse/json-node.js';
import type { SourceMap, SourceNode } from '../source.js';
import { type HotReader, report, reportKey, textOf, valueAt } from './hot-reader.js';

/** A constraint is written wrongly; the message is Heat's. */
class ConstraintMistake extends Error {}

const KEYS = ['description', 'length', 'range', 'modulo', 'allowed_values', 'allowed_pattern', 'custom_constraint'];
const HEAT_TYPE = { heatType: 'InvalidSchemaError' };

/** The constraints of a parameter; those that cannot be read are left out and reported. */
export function parseConstraints(name: string, node: SourceNode | undefined, reader: HotReader): Constraint[] {
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return [];
  const path = ['parameters', name, 'constraints'];
  if (node.kind !== 'list') {
    const message = `Invalid parameter constraints for parameter ${name}, expected a list`;
    report(reader, 'invalid-parameter', message, path, node, HEAT_TYPE);
    return [];
  }
  const constraints: Constraint[] = [];
  for (const [index, item] of node.items.entries()) {
    try {
      const constraint = parseConstraint(item, [...path, index], reader);
      if (constraint) constraints.push(constraint);
    } catch (error) {
      if (!(error instanceof ConstraintMistake)) throw error;
      report(reader, 'invalid-parameter', error.message, [...path, index], item, HEAT_TYPE);
    }
  }
  return constraints;
}

function parseConstraint(node: SourceNode, path: readonly (string | number)[], reader: HotReader) {
  const map = checkedMap(node, KEYS, 'parameter constraints', path, reader);
  if (!map) return undefined;
  const text = textOf(valueAt(map, 'description'));
  const description = text ? { description: text } : {};
  const bounds = (kind: 'range' | 'length', value: SourceNode): Constraint | undefined => {
    const range = checkedMap(value, ['min', 'max'], `${kind} constraint`, path, reader);
    if (!range) return undefined;
    const min = numberIn(range, 'min');
    const max = numberIn(range, 'max');
    if (min === undefined && max === undefined) {
      throw new ConstraintMistake(`A ${kind} constraint must have a min value and/or a max value specified.`);
    }
    if (kind === 'length' && ![min, max].every((bound) => bound === undefined || Number.isInteger(bound))) {
      throw new ConstraintMistake('min/max length must be integral');
    }
    return {
      kind,
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...description,
    };
  };
  const modulo = valueAt(map, 'modulo');
  if (modulo && reader.version >= '2017-02-24') {
    const rule = checkedMap(modulo, ['step', 'offset'], 'modulo constraint', path, reader);
    return rule && { ...moduloOf(rule), ...description };
  }
  const range = valueAt(map, 'range');
  if (range) return bounds('range', range);
  const length = valueAt(map, 'length');
  if (length) return bounds('length', length);
  const allowed = valueAt(map, 'allowed_values');
  if (allowed) {
    if (allowed.kind !== 'list') throw new ConstraintMistake('AllowedValues must be a list');
    return { kind: 'allowed_values' as const, values: allowed.items.map(toJson), ...description };
  }
  const pattern = valueAt(map, 'allowed_pattern');
  if (pattern) {
    if (pattern.kind !== 'scalar' || typeof pattern.value !== 'string') {
      throw new ConstraintMistake('AllowedPattern must be a string');
    }
    return { kind: 'allowed_pattern' as const, pattern: pattern.value, ...description };
  }
  const custom = valueAt(map, 'custom_constraint');
  if (custom) return { kind: 'custom' as const, name: textOf(custom) ?? 'None', ...description };
  throw new ConstraintMistake('No constraint expressed');
}

function checkedMap(
  node: SourceNode,
  allowed: readonly string[],
  entity: string,
  path: readonly (string | number)[],
  reader: HotReader,
): SourceMap | undefined {
  if (node.kind !== 'map') throw new ConstraintMistake(`Invalid ${entity}, expected a mapping`);
  const wrong = node.entries.filter((entry) => !allowed.includes(entry.key));
  for (const entry of wrong) {
    const message = `Invalid key '${entry.key}' for ${entity}`;
    reportKey(reader, 'invalid-parameter', message, path, entry, allowed, HEAT_TYPE);
  }
  return wrong.length > 0 ? undefined : node;
}

function numberIn(map: SourceMap, key: string): number | undefined {
  const node = valueAt(map, key);
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return undefined;
  if (node.kind === 'scalar') {
    if (typeof node.value === 'number') return node.value;
    if (typeof node.value === 'boolean') return Number(node.value);
    if (typeof node.value === 'string' && node.value.trim() !== '' && Number.isFinite(Number(node.value))) {
      return Number(node.value);
    }
  }
  throw new ConstraintMistake(`could not convert string to float: ${pythonRepr(toJson(node))}`);
}

function moduloOf(rule: SourceMap): Constraint {
  const step = numberIn(rule, 'step');
  const offset = numberIn(rule, 'offset');
  if (step === undefined || offset === undefined) {
    throw new ConstraintMistake('A modulo constraint must have a step value and an offset value specified.');
  }
  if (!Number.isInteger(step) || !Number.isInteger(offset)) throw new ConstraintMistake('step/offset must be integer');
  if (step === 0) throw new ConstraintMistake('step cannot be 0.');
  if (Math.abs(offset) >= Math.abs(step)) {
    throw new ConstraintMistake('offset must be smaller (by absolute value) than step.');
  }
  if (step * offset < 0) throw new ConstraintMistake('step and offset must be both positive or both negative.');
  return { kind: 'modulo', step, offset };
}
