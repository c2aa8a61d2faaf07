import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { listObjects } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';

const COLUMNS = ['resource_name', 'physical_resource_id', 'resource_type', 'drift_status', 'differences'];
const LONG_COLUMNS = [...COLUMNS, 'last_applied', 'live', 'desired'];

/** `baton stack drift`. */
export const showDrift: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const names = operands.rest(1);
  const drift = await client.list(`${stack.path}/drift`, 'drift', names.length > 0 ? { resource: names } : undefined);
  const items = drift.map((item): JsonMap => ({ ...item, differences: differenceText(item.differences ?? []) }));
  return listObjects(items, options.isSet('long') ? LONG_COLUMNS : COLUMNS);
};

/** `size: 1 -> 2, tags[0]: (none) -> "x"`. */
function differenceText(differences: Json): string {
  if (!Array.isArray(differences)) return '';
  return differences
    .filter((difference): difference is JsonMap => isMap(difference))
    .map(({ property_path: path, last_applied: before, live }) => {
      const place = Array.isArray(path) ? path.join('.') : String(path);
      return `${place}: ${valueText(before ?? null)} -> ${valueText(live ?? null)}`;
    })
    .join(', ');
}

function valueText(value: Json): string {
  return value === null ? '(none)' : JSON.stringify(value);
}
