import { type Diagnostic, Diagnostics, type Position } from '../../model/diagnostic.js';
import type { Template } from '../template.js';

/** How much CloudFormation allows in one template. */
export const CFN_LIMITS = {
  resources: 500,
  parameters: 200,
  outputs: 200,
  mappings: 200,
  mappingAttributes: 200,
  nameLength: 255,
  descriptionBytes: 1024,
  parameterValueBytes: 4096,
} as const;

const START: Position = { line: 1, column: 1 };

/** What in a template is more than AWS allows; the engine itself has no such limits. */
export function cfnLimits(template: Template): Diagnostic[] {
  const diagnostics = new Diagnostics();
  const limit = (message: string, path: readonly string[], at: Position = START) =>
    diagnostics.error('limit', `Template format error: ${message}`, { path, at });
  const mappings = Object.entries(template.mappings);
  const sections = {
    resources: [...template.resources.values()],
    parameters: [...template.parameters.values()],
    outputs: [...template.outputs.values()],
    mappings: mappings.map(([name]) => ({ name, at: START })),
  };
  for (const [section, members] of Object.entries(sections)) {
    const max = CFN_LIMITS[section as keyof typeof sections];
    const title = `${section.charAt(0).toUpperCase()}${section.slice(1)}`;
    if (members.length > max) {
      limit(`Number of ${section}, ${members.length}, is greater than maximum allowed, ${max}`, [title]);
    }
    for (const { name, at } of members) {
      if (name.length <= CFN_LIMITS.nameLength) continue;
      limit(`${title} name '${name}' length is greater than ${CFN_LIMITS.nameLength}`, [title, name], at);
    }
  }
  for (const [name, mapping] of mappings) {
    const count = Object.keys(mapping).length;
    if (count <= CFN_LIMITS.mappingAttributes) continue;
    limit(
      `Number of attributes in mapping ${name}, ${count}, is greater than maximum allowed, ${CFN_LIMITS.mappingAttributes}`,
      ['Mappings', name],
    );
  }
  if (bytes(template.description) > CFN_LIMITS.descriptionBytes) {
    limit(`'Description' length is greater than ${CFN_LIMITS.descriptionBytes}`, ['Description']);
  }
  for (const { name, defaultValue, at } of template.parameters.values()) {
    const text = typeof defaultValue === 'string' ? defaultValue : undefined;
    if (bytes(text) <= CFN_LIMITS.parameterValueBytes) continue;
    limit(
      `Parameter '${name}' default value '[****]' length is greater than ${CFN_LIMITS.parameterValueBytes}.`,
      ['Parameters', name],
      at,
    );
  }
  return diagnostics.all;
}

function bytes(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(text);
}
