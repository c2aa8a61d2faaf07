import { type JsonMap, setOwn } from '../../../model/value.js';
import { toJson } from '../../parse/json-node.js';
import type { SourceMap, SourceNode } from '../../source.js';
import type { PathItem, Report } from '../report.js';
import { singleEntry } from '../source-nodes.js';
import { membersOf } from './section.js';

/** Reads the Mappings section: maps of maps of plain values. */
export function parseMappings(root: SourceMap, report: Report): { [name: string]: JsonMap } {
  const mappings: { [name: string]: JsonMap } = {};
  for (const { key: name, keyAt, value: mapping } of membersOf(root, 'Mappings', report)) {
    // A macro that nobody knows may have been meant to make this mapping.
    if (name === 'Fn::Transform') continue;
    if (mapping.kind !== 'map') {
      const aws = `Template format error: Every Mappings member ${name} must be a map`;
      report.error('invalid-mapping', { aws }, ['Mappings', name], keyAt);
      continue;
    }
    const isMacro = singleEntry(mapping)?.key === 'Fn::Transform';
    for (const { key, keyAt: rowAt, value: row } of isMacro ? [] : mapping.entries) {
      if (row.kind !== 'map') {
        const aws = `Template format error: [/Mappings/${name}/${key}] Every Mappings attribute must be a map`;
        report.error('invalid-mapping', { aws }, ['Mappings', name, key], rowAt);
        continue;
      }
      for (const attribute of row.entries) {
        checkValue(attribute.value, ['Mappings', name, key, attribute.key], report);
      }
    }
    setOwn(mappings, name, toJson(mapping) as JsonMap);
  }
  return mappings;
}

function checkValue(node: SourceNode, path: readonly PathItem[], report: Report): void {
  // Heat takes any value; for AWS it is text or a list, and never a function.
  if (report.dialect === 'heat' || node.kind === 'scalar') return;
  if (node.kind === 'list' && node.items.every((item) => item.kind === 'scalar')) return;
  const aws = 'Template format error: Every Mappings attribute must be a String or a List.';
  report.error('invalid-mapping', { aws }, path, node.at);
}
