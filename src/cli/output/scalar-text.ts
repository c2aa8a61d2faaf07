import type { Json } from '../../engine/model/value.js';

/**
 * A value as openstackclient's `table` and `value` formats write it: `None`, `True` and `False` as Python spells them,
 * so that scripts which look for those words go on working; lists and maps as JSON.
 */
export function scalarText(value: Json): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value);
}

/** True for lists and maps. */
export function isComplex(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}
