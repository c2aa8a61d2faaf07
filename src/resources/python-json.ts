import type { Json } from '../engine/model/value.js';

/** JSON text as Python's `json.dumps` writes it: keys in their order, `", "` and `": "` between, pure ASCII. */
export function pythonJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${asciiText(key)}: ${pythonJson(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return typeof value === 'string' ? asciiText(value) : JSON.stringify(value);
}

function asciiText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
