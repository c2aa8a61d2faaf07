import type { SourceNode } from '../source.js';
import type { OutputDeclaration } from '../template.js';
import { type HotReader, isEmpty, pythonClass, report, reportKey, textOf, valueAt } from './hot-reader.js';
import { parseCondition } from './parse-conditions.js';
import { toExpression } from './to-expression.js';

const NO_VALUE_KEY = 'Each output definition must contain a value key.';
const PREFIX = 'Output validation error';

/** The outputs of a template; those that cannot be read are left out and reported. */
export function parseOutputs(section: SourceNode | undefined, reader: HotReader): Map<string, OutputDeclaration> {
  const outputs = new Map<string, OutputDeclaration>();
  if (section === undefined || isEmpty(section)) return outputs;
  if (section.kind !== 'map') {
    const message = `"outputs" must contain a map of output maps. Found a [${pythonClass(section)}] instead`;
    report(reader, 'invalid-shape', message, ['outputs'], section);
    return outputs;
  }
  const allowed = ['description', 'value'];
  if (reader.version >= '2016-10-14') allowed.push('condition');
  for (const { key: name, keyAt, value: node } of section.entries) {
    const path = ['outputs', name];
    if (isEmpty(node)) {
      const isNull = node.kind === 'scalar';
      const message = isNull ? 'Output definitions must be a map. Found a NoneType instead' : NO_VALUE_KEY;
      report(reader, 'invalid-output', message, path, { at: keyAt }, { prefix: PREFIX });
      continue;
    }
    if (node.kind !== 'map') {
      const message = `"outputs" must contain a map of output maps. Found a [${pythonClass(node)}] instead`;
      report(reader, 'invalid-output', message, path, node);
      continue;
    }
    for (const entry of node.entries) {
      if (allowed.includes(entry.key)) continue;
      const message = `"${entry.key}" is not a valid keyword inside a output definition`;
      reportKey(reader, 'invalid-output', message, path, entry, allowed);
    }
    const value = valueAt(node, 'value');
    if (value === undefined) {
      report(reader, 'invalid-output', NO_VALUE_KEY, path, { at: keyAt }, { prefix: PREFIX });
      continue;
    }
    outputs.set(name, {
      name,
      description: textOf(valueAt(node, 'description')),
      value: toExpression(value, reader.functions),
      condition: parseCondition(valueAt(node, 'condition'), [...path, 'condition'], reader),
      exportName: undefined,
      at: keyAt,
    });
  }
  return outputs;
}
