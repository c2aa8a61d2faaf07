import { monthNumber, timeFrom } from '../date-text.js';
import type { YaqlDateTime } from '../values.js';
import { YaqlError } from '../yaql-error.js';

function offsetMicros(text: string | undefined): bigint {
  if (text === undefined || text === '' || /^(?:z|utc|gmt)$/i.test(text)) return 0n;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (!match) throw new YaqlError(`unknown time zone ${text}`);
  const minutes = BigInt(Number(match[2]) * 60 + Number(match[3] ?? 0));
  return (match[1] === '-' ? -minutes : minutes) * 60_000_000n;
}

function micros(fraction: string | undefined): number {
  return Number((fraction ?? '').slice(0, 6).padEnd(6, '0'));
}

const CLOCK = /(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([ap]m)?\s*(z|utc|gmt|[+-]\d{2}:?(?:\d{2})?)?$/i;

/** A date in ISO form or one of the usual English ones; no time of day means midnight, no zone means UTC. */
export function parseDate(text: string): YaqlDateTime {
  const trimmed = text.trim();
  const clock = CLOCK.exec(trimmed);
  const date = (clock ? trimmed.slice(0, clock.index) : trimmed).replace(/[T,\s]+$/i, '').trim();
  let hour = Number(clock?.[1] ?? 0);
  const half = clock?.[5]?.toLowerCase();
  if (half) hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  const time = [hour, Number(clock?.[2] ?? 0), Number(clock?.[3] ?? 0), micros(clock?.[4])];
  const fields = dateFields(date);
  if (!fields) throw new YaqlError(`Unknown string format: ${text}`);
  return timeFrom([...fields, ...time], offsetMicros(clock?.[6]));
}

function dateFields(text: string): number[] | undefined {
  const iso = /^(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})$/.exec(text);
  if (iso) return iso.slice(1).map(Number);
  const numbers = /^(\d{1,4})[-/.?\s](\d{1,2})[-/.?\s](\d{1,4})$/.exec(text);
  if (numbers) {
    const [a = 0, b = 0, c = 0] = numbers.slice(1).map(Number);
    if (a > 31) return [a, b, c];
    const year = c < 100 ? c + (c < 69 ? 2000 : 1900) : c;
    return a > 12 ? [year, b, a] : [year, a, b];
  }
  const words = text.replace(/^[A-Za-z]+day,?\s*|^(?:mon|tue|wed|thu|fri|sat|sun),?\s+/i, '');
  const named = /^(\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Za-z]+)\.?,?\s+(\d{4})$/.exec(words) ?? undefined;
  if (named && monthNumber(named[2] ?? '') > 0)
    return [Number(named[3]), monthNumber(named[2] ?? ''), Number(named[1])];
  const american = /^([A-Za-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/.exec(words) ?? undefined;
  if (american && monthNumber(american[1] ?? '') > 0) {
    return [Number(american[3]), monthNumber(american[1] ?? ''), Number(american[2])];
  }
  return undefined;
}

const FORMAT_PARTS: { readonly [code: string]: string } = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>1[0-2]|0?[1-9])',
  d: '(?<d>3[01]|[12]\\d|0?[1-9])',
  H: '(?<H>2[0-3]|[01]?\\d)',
  I: '(?<I>1[0-2]|0?[1-9])',
  M: '(?<M>[0-5]?\\d)',
  S: '(?<S>[0-5]?\\d|60)',
  f: '(?<f>\\d{1,6})',
  p: '(?<p>[AaPp][Mm])',
  b: '(?<b>[A-Za-z]{3})',
  B: '(?<B>[A-Za-z]+)',
  a: '[A-Za-z]{3}',
  A: '[A-Za-z]+',
  z: '(?<z>Z|[+-]\\d{2}:?\\d{2})',
  Z: '(?:UTC|GMT)?',
  '%': '%',
};

/** A date read by a C99 format, as Python's `strptime`. */
export function parseWithFormat(text: string, format: string): YaqlDateTime {
  const source = format.replace(/%(.)|(\s+)|([^%\s])/gs, (_, code?: string, space?: string, literal?: string) => {
    if (space !== undefined) return '\\s+';
    if (literal !== undefined) return literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    const part = FORMAT_PARTS[code ?? ''];
    if (part === undefined) throw new YaqlError(`'${code}' is a bad directive in format '${format}'`);
    return part;
  });
  const groups = new RegExp(`^${source}$`).exec(text);
  if (!groups) throw new YaqlError(`time data '${text}' does not match format '${format}'`);
  const get = (name: string) => groups.groups?.[name];
  const short = Number(get('y') ?? 0);
  const year = get('y') === undefined ? Number(get('Y') ?? 1900) : short + (short < 69 ? 2000 : 1900);
  const month = get('b') ?? get('B');
  let hour = Number(get('H') ?? 0);
  if (get('I') !== undefined) hour = (Number(get('I')) % 12) + (get('p')?.toLowerCase() === 'pm' ? 12 : 0);
  const monthIndex = month === undefined ? Number(get('m') ?? 1) : monthNumber(month);
  return timeFrom(
    [year, monthIndex, Number(get('d') ?? 1), hour, Number(get('M') ?? 0), Number(get('S') ?? 0), micros(get('f'))],
    offsetMicros(get('z')),
  );
}
