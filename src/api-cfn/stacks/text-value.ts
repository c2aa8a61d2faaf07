import { type Json, type JsonMap, MASK } from '../../engine/model/value.js';

/** How CloudFormation shows what it may not show. */
export const NO_ECHO = '****';

/** A value as text, as outputs are. */
export function textValue(value: Json): string {
  if (value === MASK) return NO_ECHO;
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Properties as the JSON text of events and drifts, secrets in CloudFormation's mask. */
export function propertiesText(properties: JsonMap): string {
  return JSON.stringify(properties, (_key, value: unknown) => (value === MASK ? NO_ECHO : value));
}
