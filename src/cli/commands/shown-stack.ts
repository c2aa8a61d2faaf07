import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import { displayWidth } from '../output/display-width.js';
import type { ShowResult } from '../output/result.js';
import { scalarText } from '../output/scalar-text.js';

const SHORT_COLUMNS = [
  'id',
  'stack_name',
  'description',
  'creation_time',
  'updated_time',
  'stack_status',
  'stack_status_reason',
];
const FIRST_COLUMNS = [...SHORT_COLUMNS, 'parameters', 'outputs', 'links'];

/** The columns of a list of stacks after an action. */
export const STACK_COLUMNS = ['ID', 'Stack Name', 'Stack Status', 'Creation Time', 'Updated Time'];

/** A stack in a few fields, with its outputs below the table if asked for. */
export async function shortStack(
  client: HeatClient,
  stack: StackIdentity,
  options: { readonly outputs: boolean },
): Promise<ShowResult> {
  const shown = await client.showStack(stack, options);
  const outputs = Array.isArray(shown.outputs)
    ? shown.outputs.filter((output): output is JsonMap => isMap(output))
    : [];
  return {
    kind: 'show',
    columns: SHORT_COLUMNS,
    values: SHORT_COLUMNS.map((column) => shown[column] ?? null),
    ...(outputs.length > 0 ? { epilogue: outputLines(outputs) } : {}),
  };
}

/** All fields of a stack, the important ones first. */
export function fullStack(shown: JsonMap): ShowResult {
  const rest = Object.keys(shown).filter((key) => !FIRST_COLUMNS.includes(key) && key !== 'template_description');
  const columns = [...FIRST_COLUMNS, ...rest];
  return { kind: 'show', columns, values: columns.map((column) => shown[column] ?? null), complex: 'yaml' };
}

/** Outputs as aligned lines: `  url  http://…`. */
export function outputLines(outputs: readonly JsonMap[]): string[] {
  const width = Math.max(...outputs.map((output) => displayWidth(String(output.output_key))));
  const lines = outputs.map((output) => {
    const key = String(output.output_key);
    const error = output.output_error;
    const value = typeof error === 'string' ? `(${error})` : valueText(output.output_value ?? null);
    const padding = ' '.repeat(width - displayWidth(key) + 2);
    return `  ${key}${padding}${value.replaceAll('\n', `\n  ${' '.repeat(width + 2)}`)}`;
  });
  return ['', 'Outputs:', ...lines];
}

function valueText(value: Json): string {
  return typeof value === 'string' ? value.trimEnd() : scalarText(value);
}
