import { formatPath } from '../../model/diagnostic.js';
import { pythonStr } from '../../model/python-text.js';
import type { Expression } from '../expression.js';
import { toJson } from '../parse/json-node.js';
import type { SourceNode } from '../source.js';
import { type HotReader, isEmpty, pythonClass, report } from './hot-reader.js';
import { toExpression } from './to-expression.js';

/** The named conditions of a template. */
export function parseConditions(section: SourceNode | undefined, reader: HotReader): Map<string, Expression> {
  const conditions = new Map<string, Expression>();
  if (section === undefined || (section.kind === 'scalar' && section.value === null)) return conditions;
  if (section.kind !== 'map') {
    const type = pythonClass(section).slice("<class '".length, -2);
    const message = `Conditions validation error: Condition definitions must be a map. Found a ${type} instead`;
    report(reader, 'invalid-condition', message, ['conditions'], section);
    return conditions;
  }
  for (const { key, value } of section.entries) {
    const expression = toExpression(value, reader.functions, 'condition');
    conditions.set(key, expression);
    if (expression.kind === 'call' || (expression.kind === 'literal' && typeof expression.value === 'boolean'))
      continue;
    const message = `Condition validation error: The definition of condition "${key}" is invalid: ${pythonStr(toJson(value))}`;
    report(reader, 'invalid-condition', message, ['conditions', key], value);
  }
  return conditions;
}

/** The condition of a resource or output; absent if none is written. */
export function parseCondition(
  node: SourceNode | undefined,
  path: readonly (string | number)[],
  reader: HotReader,
): Expression | undefined {
  if (node === undefined) return undefined;
  const expression = toExpression(node, reader.functions, 'condition');
  if (expression.kind === 'call') return expression;
  if (expression.kind === 'literal') {
    if (typeof expression.value === 'string' || typeof expression.value === 'boolean') return expression;
    if (expression.value === null && path[0] === 'outputs') return undefined;
  }
  if (path[0] === 'resources') {
    report(reader, 'invalid-condition', `Resource ${path[1]} condition type must be string_or_boolean`, path, node);
  } else if (!isEmpty(node)) {
    const message = `${formatPath(path)}: Invalid condition "${pythonStr(toJson(node))}"`;
    report(reader, 'invalid-condition', message, path, node);
  }
  return undefined;
}
