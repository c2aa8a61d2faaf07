import type { YaqlFunction } from '../context.js';
import {
  any,
  bool,
  dict,
  extension,
  fn,
  int,
  items,
  method,
  nullable,
  num,
  optional,
  rest,
  str,
} from '../functions.js';
import { pythonStr } from '../python-text.js';
import { asPythonList, YaqlSet, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';
import { formatText } from './format-text.js';

const string = str('string');
const WHITESPACE = /\s/u;

/** YAQL's `str`: null, true and false in lower case, the rest as Python writes it. */
export function yaqlStr(value: YaqlValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  return pythonStr(value);
}

function strip(text: string, chars: string | null, left: boolean, right: boolean): string {
  const cut = (character: string) => (chars === null ? WHITESPACE.test(character) : chars.includes(character));
  const letters = [...text];
  let start = 0;
  let end = letters.length;
  while (left && start < end && cut(letters[start] as string)) start++;
  while (right && end > start && cut(letters[end - 1] as string)) end--;
  return letters.slice(start, end).join('');
}

function splitText(text: string, separator: string | null, maxSplits: bigint): string[] {
  if (separator === '') throw new YaqlError('empty separator');
  const limit = maxSplits < 0n ? Number.POSITIVE_INFINITY : Number(maxSplits);
  const parts: string[] = [];
  let from = 0;
  if (separator === null) {
    let rest = strip(text, null, true, false);
    while (rest !== '') {
      const space = parts.length < limit ? rest.search(WHITESPACE) : -1;
      if (space < 0) {
        parts.push(parts.length < limit ? rest : strip(rest, null, false, parts.length < limit));
        break;
      }
      parts.push(rest.slice(0, space));
      rest = strip(rest.slice(space), null, true, false);
    }
    return parts;
  }
  while (parts.length < limit) {
    const at = text.indexOf(separator, from);
    if (at < 0) break;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  parts.push(text.slice(from));
  return parts;
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** Splits from the right: the same as splitting the mirrored text from the left. */
function splitRight(text: string, separator: string | null, maxSplits: bigint): string[] {
  const mirrored = splitText(reversed(text), separator === null ? null : reversed(separator), maxSplits);
  return mirrored.map(reversed).reverse();
}

function replaceText(
  text: string,
  old: string,
  replacement: string,
  count: bigint,
  charge: (bytes: number) => void,
): string {
  const limit = count < 0n ? Number.POSITIVE_INFINITY : Number(count);
  if (old === '') {
    const letters = [...text];
    charge(49 + text.length + replacement.length * Math.min(limit, letters.length + 1));
    return (
      letters.reduce((done, letter, index) => done + (index < limit ? replacement : '') + letter, '') +
      (letters.length < limit ? replacement : '')
    );
  }
  const parts = splitText(text, old, count);
  charge(49 + text.length + (parts.length - 1) * Math.max(0, replacement.length - old.length));
  return parts.join(replacement);
}

/** Python's `find`/`rfind` bounds: negative positions count from the end. */
function bounds(length: number, start: bigint, end: bigint | undefined): [number, number] {
  const place = (position: bigint) =>
    Math.min(length, Math.max(0, Number(position < 0n ? position + BigInt(length) : position)));
  return [place(start), end === undefined ? length : place(end)];
}

function find(text: string, sub: string, start: bigint, end: bigint | undefined, last: boolean): bigint {
  const letters = [...text];
  const [from, to] = bounds(letters.length, start, end);
  if (from > to) return -1n;
  const part = letters.slice(from, to).join('');
  const at = last ? part.lastIndexOf(sub) : part.indexOf(sub);
  return at < 0 ? -1n : BigInt(from + [...part.slice(0, at)].length);
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const SPACES = ' \t\n\r\x0b\x0c';
const CHARACTER_SETS: readonly (readonly [string, string])[] = [
  ['digits', DIGITS],
  ['hexdigits', `${DIGITS}abcdefABCDEF`],
  ['asciiLowercase', LOWER],
  ['asciiUppercase', UPPER],
  ['asciiLetters', LOWER + UPPER],
  ['letters', LOWER + UPPER],
  ['octdigits', '01234567'],
  ['punctuation', PUNCTUATION],
  ['printable', DIGITS + LOWER + UPPER + PUNCTUATION + SPACES],
  ['lowercase', LOWER],
  ['uppercase', UPPER],
  ['whitespace', SPACES],
];

function hex(value: bigint | number | null): string {
  if (typeof value !== 'bigint') {
    const kind = value === null ? 'NoneType' : 'float';
    throw new YaqlError(`'${kind}' object cannot be interpreted as an integer`);
  }
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function joinTexts(values: Iterable<YaqlValue>, separator: string, charge: (bytes: number) => void): string {
  const parts: string[] = [];
  let bytes = 49;
  for (const value of values) {
    const text = yaqlStr(value);
    bytes += text.length + (parts.length > 0 ? separator.length : 0);
    charge(bytes);
    parts.push(text);
  }
  return parts.join(separator);
}

const chars = optional(nullable(str('chars')), null);
const maxSplits = optional(int('maxSplits'), -1n);
const separator = optional(nullable(str('separator')), null);

/** Functions of text. */
export const stringLibrary: readonly YaqlFunction[] = [
  ...extension('len', [string], (_, text) => BigInt([...text].length)),
  ...fn('concat', [rest(str('args'))], (run, args) => {
    run.charge(...args);
    return args.join('');
  }),
  ...fn('str', [any('value')], (_, value) => yaqlStr(value)),
  ...method('toUpper', [string], (_, text) => text.toUpperCase()),
  ...method('toLower', [string], (_, text) => text.toLowerCase()),
  ...method('split', [string, separator, maxSplits], (_, text, by, max) => asPythonList(splitText(text, by, max))),
  ...method('rightSplit', [string, separator, maxSplits], (_, text, by, max) =>
    asPythonList(splitRight(text, by, max)),
  ),
  ...method('join', [items('sequence'), str('separator')], (run, values, by) => joinTexts(values, by, run.chargeBytes)),
  ...method('join', [str('separator'), items('sequence')], (run, by, values) => joinTexts(values, by, run.chargeBytes)),
  ...method('trim', [string, chars], (_, text, cut) => strip(text, cut, true, true)),
  ...method('trimLeft', [string, chars], (_, text, cut) => strip(text, cut, true, false)),
  ...method('trimRight', [string, chars], (_, text, cut) => strip(text, cut, false, true)),
  ...extension('norm', [nullable(string), chars], (_, text, cut) =>
    text === null ? null : strip(text, cut, true, true) || null,
  ),
  ...extension(
    'isEmpty',
    [nullable(string), optional(bool('trimSpaces'), true), chars],
    (_, text, trim, cut) => text === null || (trim ? strip(text, cut, true, true) : text) === '',
  ),
  ...method(
    'replace',
    [string, str('old'), str('new'), optional(int('count'), -1n)],
    (run, text, old, replacement, count) => replaceText(text, old, replacement, count, run.chargeBytes),
  ),
  ...method(
    'replace',
    [string, dict('replacements'), optional(int('count'), -1n)],
    (run, text, replacements, count) => {
      let result = text;
      for (const [key, value] of replacements.entries()) {
        result = replaceText(result, yaqlStr(key), yaqlStr(value), count, run.chargeBytes);
      }
      return result;
    },
  ),
  ...extension('format', [str('__formatString'), rest(any('args'))], () => null).map((found) => ({
    ...found,
    takesNamed: true,
    invoke: ((run, [template, args], named) =>
      formatText(template as string, args as YaqlValue[], named, run.chargeBytes)) as YaqlFunction['invoke'],
  })),
  ...method('substring', [string, int('start'), optional(int('length'), -1n)], (_, text, start, length) => {
    const letters = [...text];
    const size = length < 0n ? letters.length : Number(length);
    const from = start < 0n ? Number(start) + letters.length : Number(start);
    return letters.slice(from, from + size).join('');
  }),
  ...method('indexOf', [string, str('sub'), optional(int('start'), 0n)], (_, text, sub, start) =>
    find(text, sub, start, undefined, false),
  ),
  ...method('indexOf', [string, str('sub'), int('start'), int('length')], (_, text, sub, start, length) =>
    find(text, sub, start, end(text, start, length), false),
  ),
  ...method('lastIndexOf', [string, str('sub'), optional(int('start'), 0n)], (_, text, sub, start) =>
    find(text, sub, start, undefined, true),
  ),
  ...method('lastIndexOf', [string, str('sub'), int('start'), int('length')], (_, text, sub, start, length) =>
    find(text, sub, start, end(text, start, length), true),
  ),
  ...method('toCharArray', [string], (_, text) => [...text]),
  ...fn(
    'characters',
    CHARACTER_SETS.map(([name]) => optional(bool(name), false)),
    (_, ...wanted) => {
      const letters = CHARACTER_SETS.map(([, set], index) => (wanted[index] ? set : '')).join('');
      return [...new YaqlSet([...letters])];
    },
  ),
  ...fn('isString', [any('arg')], (_, arg) => typeof arg === 'string'),
  ...method('startsWith', [string, rest(str('prefixes'))], (_, text, prefixes) =>
    prefixes.some((prefix) => text.startsWith(prefix)),
  ),
  ...method('endsWith', [string, rest(str('suffixes'))], (_, text, suffixes) =>
    suffixes.some((suffix) => text.endsWith(suffix)),
  ),
  ...fn('hex', [nullable(num('num'))], (_, value) => hex(value)),
];

function end(text: string, start: bigint, length: bigint): bigint {
  const size = BigInt([...text].length);
  const from = start < 0n ? start + size : start;
  return length < 0n ? size : from + length;
}
