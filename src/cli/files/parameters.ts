import type { JsonMap } from '../../engine/model/value.js';
import { UsageError } from '../program/exit-codes.js';
import { contentText } from './fetch-text.js';
import { baseOf, join, toUrl } from './locations.js';
import type { FileReading } from './template-files.js';

/**
 * `key=value` words as a map. A key given twice makes a list. A single word may hold several pairs
 * separated by semicolons, as heatclient allows.
 */
export function parsePairs(
  words: readonly string[],
  options: { readonly semicolons: boolean },
): { [key: string]: string | string[] } {
  const only = words[0];
  const split =
    options.semicolons && words.length === 1 && only !== undefined
      ? only.split(';').filter((part) => part !== '')
      : words;
  const pairs: { [key: string]: string | string[] } = {};
  for (const word of split) {
    const at = word.indexOf('=');
    if (at < 0) throw new UsageError(`Malformed parameter(${word}). Use the key=value format.`);
    const key = word.slice(0, at);
    const value = word.slice(at + 1);
    const old = pairs[key];
    pairs[key] = old === undefined ? value : [...(Array.isArray(old) ? old : [old]), value];
  }
  return pairs;
}

/** The parameters of `--parameter` and `--parameter-file`; files are looked for beside the template. */
export async function readParameters(
  words: readonly string[],
  fileWords: readonly string[],
  template: string | undefined,
  reading: FileReading,
): Promise<JsonMap> {
  const parameters: JsonMap = { ...parsePairs(words, { semicolons: true }) };
  for (const [key, value] of Object.entries(parsePairs(fileWords, { semicolons: false }))) {
    const file = Array.isArray(value) ? value[value.length - 1] : value;
    const base = template === undefined ? toUrl('./', reading.cwd) : baseOf(toUrl(template, reading.cwd));
    parameters[key] = contentText(await reading.fetch(join(base.endsWith('/') ? base : `${base}/`, file ?? '')));
  }
  return parameters;
}
