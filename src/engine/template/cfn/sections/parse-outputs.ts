import type { Expression } from '../../expression.js';
import type { SourceEntry, SourceMap } from '../../source.js';
import type { OutputDeclaration } from '../../template.js';
import type { Compiler } from '../compiler.js';
import { dependsOnOthers } from '../functions/name-shapes.js';
import { literalText } from '../functions/reference-functions.js';
import { isText } from '../functions/shapes.js';
import type { Report } from '../report.js';
import { childOf, entryOf, textOf } from '../source-nodes.js';
import { readCondition } from './parse-resources.js';
import { memberMap, membersOf, refuseUnknownKeys } from './section.js';

const KEYS: ReadonlySet<string> = new Set(['Description', 'Value', 'Condition', 'Export']);

/** Reads the Outputs section. */
export function parseOutputs(root: SourceMap, compiler: Compiler, report: Report): Map<string, OutputDeclaration> {
  const outputs = new Map<string, OutputDeclaration>();
  for (const entry of membersOf(root, 'Outputs', report)) {
    if (entry.key === 'Fn::Transform') continue;
    const map = memberMap(entry, 'Outputs', report);
    const output = map && readOutput(entry, map, compiler, report);
    if (output) outputs.set(entry.key, output);
  }
  return outputs;
}

function readOutput(
  { key: name, keyAt }: SourceEntry,
  map: SourceMap,
  compiler: Compiler,
  report: Report,
): OutputDeclaration | undefined {
  const path = ['Outputs', name];
  const isAws = report.dialect === 'aws';
  if (isAws && !compiler.names.awaitsMacros) {
    refuseUnknownKeys(map, KEYS, path, report, (key) => ({ aws: `Invalid template output property '${key}'` }));
  }
  // A null value is a value here: Heat gives it back.
  const value = entryOf(map, 'Value');
  if (!value) {
    const aws = 'Template format error: Every Outputs member must contain a Value object';
    report.error('invalid-output', { aws, heat: 'Each Output must contain a Value key.' }, path, keyAt);
    return undefined;
  }
  const condition = isAws ? childOf(map, 'Condition') : undefined;
  return {
    name,
    description: textOf(childOf(map, 'Description')),
    value: compiler.compile(value.value, { path: [...path, 'Value'] }),
    condition: condition && readCondition(condition, [...path, 'Condition'], 'Outputs', compiler, report),
    exportName: isAws ? readExport(name, map, compiler, report) : undefined,
    at: keyAt,
  };
}

function readExport(name: string, map: SourceMap, compiler: Compiler, report: Report): Expression | undefined {
  const entry = entryOf(map, 'Export');
  if (!entry) return undefined;
  const path = ['Outputs', name, 'Export'];
  const node = entry.value.kind === 'map' ? childOf(entry.value, 'Name') : undefined;
  const malformed =
    `Template format error: Output ${name} is malformed. The Name field of every Export member must be specified and ` +
    'consist only of alphanumeric characters, colons, or hyphens.';
  if (!node) {
    report.error('invalid-output', { aws: malformed }, path, entry.keyAt);
    return undefined;
  }
  const exportName = compiler.compile(node, { path: [...path, 'Name'] });
  const text = literalText(exportName);
  if (!isText(exportName) || (text !== undefined && !/^[A-Za-z0-9:-]+$/.test(text))) {
    report.error('invalid-output', { aws: malformed }, [...path, 'Name'], node.at);
  } else if (dependsOnOthers(exportName)) {
    const aws =
      'Template format error: The Name field of Export must not depend on any resources, imported values, or Fn::GetAZs.';
    report.error('invalid-output', { aws }, [...path, 'Name'], node.at);
  }
  return exportName;
}
