import { type Diagnostic, Diagnostics, type Position } from '../../model/diagnostic.js';
import { isMap, type Json, type JsonMap } from '../../model/value.js';
import type { Template } from '../template.js';

const START: Position = { line: 1, column: 1 };

/**
 * What CloudFormation refuses in its own templates although Heat takes it: nulls, names with other than letters and digits,
 * names that a parameter and a resource share, outputs that are no text. For the CloudFormation API; not part of parsing.
 */
export function cfnStrictness(template: Template): Diagnostic[] {
  if (template.versionKey !== 'AWSTemplateFormatVersion') return [];
  const diagnostics = new Diagnostics();
  checkNames(template, diagnostics);
  const { Metadata: _metadata, ...sections } = template.processed;
  const firstNull = findNull(sections, []);
  if (firstNull) {
    diagnostics.error('invalid-shape', `[/${firstNull.join('/')}] 'null' values are not allowed in templates`, {
      path: firstNull,
      at: START,
    });
  }
  for (const { name, value, at } of template.outputs.values()) {
    if (value.kind !== 'list' && value.kind !== 'map') continue;
    const message = 'Template format error: The Value field of every Outputs member must evaluate to a String.';
    diagnostics.error('invalid-output', message, { path: ['Outputs', name, 'Value'], at });
  }
  return diagnostics.all;
}

function checkNames(template: Template, diagnostics: Diagnostics): void {
  const sections = {
    Parameter: template.parameters,
    Resource: template.resources,
    Output: template.outputs,
  };
  for (const [kind, members] of Object.entries(sections)) {
    for (const { name, at } of members.values()) {
      if (/^[A-Za-z0-9]+$/.test(name)) continue;
      const message = `Template format error: ${kind} name ${name} is non alphanumeric.`;
      diagnostics.error('invalid-shape', message, { path: [`${kind}s`, name], at });
    }
  }
  for (const [name, mapping] of Object.entries(template.mappings)) {
    const attributes = Object.values(mapping).flatMap((row) => (isMap(row) ? Object.keys(row) : []));
    for (const attribute of new Set(attributes)) {
      if (/^[A-Za-z0-9]+$/.test(attribute)) continue;
      const message = `Template format error: Mappings attribute name '${attribute}' must contain only alphanumeric characters.`;
      diagnostics.error('invalid-mapping', message, { path: ['Mappings', name], at: START });
    }
  }
  const shared = [...template.resources.keys()].filter((name) => template.parameters.has(name));
  if (shared.length > 0) {
    const message = `Template error: all resources and parameters must have unique names. Common name(s):[${shared.join(', ')}]`;
    diagnostics.error('duplicate-name', message, { path: ['Resources', shared[0] ?? ''], at: START });
  }
}

function findNull(value: Json, path: (string | number)[]): (string | number)[] | undefined {
  if (value === null) return path.at(-1) === 'Fn::GetAZs' ? undefined : path;
  const children: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : isMap(value)
      ? Object.entries(value as JsonMap)
      : [];
  for (const [key, child] of children) {
    const found = findNull(child, [...path, key]);
    if (found) return found;
  }
  return undefined;
}
