import type { YaqlFunction } from '../context.js';
import { fieldsOf, strftime, timeFrom } from '../date-text.js';
import { PROPERTIES } from '../evaluator.js';
import { any, fn, int, method, nullable, num, optional, span, str, time } from '../functions.js';
import { YaqlDateTime, YaqlTimespan, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';
import { parseDate, parseWithFormat } from './parse-date.js';

const DAY = 86_400_000_000n;
const ZERO = new YaqlTimespan(0n);
const zone = optional(span('offset'), ZERO);

function round(value: number): bigint {
  return BigInt(Math.round(value));
}

const timeProperty = (name: string, read: (value: YaqlDateTime) => YaqlValue) =>
  PROPERTIES.set(`time.${name}`, (value) => read(value as YaqlDateTime));
const spanProperty = (name: string, micros: number) =>
  PROPERTIES.set(`span.${name}`, (value) => Number((value as YaqlTimespan).micros) / micros);

for (const name of ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond', 'weekday'] as const) {
  timeProperty(name, (value) => BigInt(fieldsOf(value)[name]));
}
timeProperty('date', (value) => startOfDay(value));
timeProperty('time', (value) => new YaqlTimespan(value.utcMicros - startOfDay(value).utcMicros));
timeProperty('utc', (value) => new YaqlDateTime(value.utcMicros));
timeProperty('offset', (value) => new YaqlTimespan(value.offsetMicros));
timeProperty('timestamp', (value) => Number(value.utcMicros) / 1e6);
PROPERTIES.set('span.microseconds', (value) => (value as YaqlTimespan).micros);
spanProperty('milliseconds', 1e3);
spanProperty('seconds', 1e6);
spanProperty('minutes', 6e7);
spanProperty('hours', 3.6e9);
spanProperty('days', 8.64e10);

function startOfDay(value: YaqlDateTime): YaqlDateTime {
  const local = value.localMicros;
  const rest = ((local % DAY) + DAY) % DAY;
  return new YaqlDateTime(value.utcMicros - rest, value.offsetMicros);
}

function comparisons(operator: string, holds: (order: number) => boolean): YaqlFunction[] {
  const order = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
  return [
    ...fn(`#operator_${operator}`, [time('dt1'), time('dt2')], (_, a, b) => holds(order(a.utcMicros, b.utcMicros))),
    ...fn(`#operator_${operator}`, [span('ts1'), span('ts2')], (_, a, b) => holds(order(a.micros, b.micros))),
  ];
}

const shifted = (at: YaqlDateTime, micros: bigint) => new YaqlDateTime(at.utcMicros + micros, at.offsetMicros);
const part = (name: string) => optional(nullable(int(name)), null);
const amount = (name: string) => optional(int(name), 0n);
const fromZero = (name: string) => optional(int(name), 0n);

/** Points in time and lengths of time. */
export const dateLibrary: readonly YaqlFunction[] = [
  ...fn(
    'datetime',
    [
      int('year'),
      int('month'),
      int('day'),
      fromZero('hour'),
      fromZero('minute'),
      fromZero('second'),
      fromZero('microsecond'),
      zone,
    ] as const,
    (_, year, month, day, hour, minute, second, micro, offset) =>
      timeFrom([year, month, day, hour, minute, second, micro], offset.micros),
  ),
  ...fn(
    'datetime',
    [num('timestamp'), zone],
    (_, stamp, offset) => new YaqlDateTime(round(Number(stamp) * 1e6), offset.micros),
  ),
  ...fn('datetime', [str('string'), optional(nullable(str('format')), null)], (_, text, format) =>
    format ? parseWithFormat(text, format) : parseDate(text),
  ),
  ...fn(
    'timespan',
    [
      amount('days'),
      amount('hours'),
      amount('minutes'),
      amount('seconds'),
      amount('milliseconds'),
      amount('microseconds'),
    ] as const,
    (_, days, hours, minutes, seconds, millis, micros) =>
      new YaqlTimespan(
        days * DAY + hours * 3_600_000_000n + minutes * 60_000_000n + seconds * 1_000_000n + millis * 1000n + micros,
      ),
  ),
  ...fn('now', [zone], (_, offset) => new YaqlDateTime(BigInt(Date.now()) * 1000n, offset.micros)),
  ...fn('localtz', [], () => new YaqlTimespan(BigInt(-new Date().getTimezoneOffset()) * 60_000_000n)),
  ...fn('utctz', [], () => ZERO),
  ...fn('#operator_+', [time('dt'), span('ts')], (_, at, by) => shifted(at, by.micros)),
  ...fn('#operator_+', [span('ts'), time('dt')], (_, by, at) => shifted(at, by.micros)),
  ...fn('#operator_-', [time('dt'), span('ts')], (_, at, by) => shifted(at, -by.micros)),
  ...fn('#operator_-', [time('dt1'), time('dt2')], (_, a, b) => new YaqlTimespan(a.utcMicros - b.utcMicros)),
  ...fn('#operator_+', [span('ts1'), span('ts2')], (_, a, b) => new YaqlTimespan(a.micros + b.micros)),
  ...fn('#operator_-', [span('ts1'), span('ts2')], (_, a, b) => new YaqlTimespan(a.micros - b.micros)),
  ...comparisons('>', (order) => order > 0),
  ...comparisons('>=', (order) => order >= 0),
  ...comparisons('<', (order) => order < 0),
  ...comparisons('<=', (order) => order <= 0),
  ...fn(
    '#operator_*',
    [span('ts'), num('n')],
    (_, value, by) => new YaqlTimespan(round(Number(value.micros) * Number(by))),
  ),
  ...fn(
    '#operator_*',
    [num('n'), span('ts')],
    (_, by, value) => new YaqlTimespan(round(Number(value.micros) * Number(by))),
  ),
  ...fn('#operator_/', [span('ts1'), span('ts2')], (_, a, b) => {
    if (b.micros === 0n) throw new YaqlError('float division by zero');
    return Number(a.micros) / Number(b.micros);
  }),
  ...fn('#operator_/', [span('ts'), num('n')], (_, value, by) => {
    if (Number(by) === 0) throw new YaqlError('float division by zero');
    return new YaqlTimespan(round(Number(value.micros) / Number(by)));
  }),
  ...fn('#unary_operator_-', [span('ts')], (_, value) => new YaqlTimespan(-value.micros)),
  ...fn('#unary_operator_+', [span('ts')], (_, value) => value),
  ...method(
    'replace',
    [
      time('dt'),
      part('year'),
      part('month'),
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
      part('microsecond'),
      optional(nullable(span('offset')), null),
    ] as const,
    (_, at, year, month, day, hour, minute, second, micro, offset) => {
      const f = fieldsOf(at);
      const fields = [
        year ?? f.year,
        month ?? f.month,
        day ?? f.day,
        hour ?? f.hour,
        minute ?? f.minute,
        second ?? f.second,
        micro ?? f.microsecond,
      ];
      return timeFrom(fields, offset?.micros ?? at.offsetMicros);
    },
  ),
  ...method('format', [time('dt'), str('format')], (_, at, format) => strftime(at, format)).map((found) => ({
    ...found,
    takesNamed: false,
  })),
  ...fn('isDatetime', [any('value')], (_, value) => value instanceof YaqlDateTime),
  ...fn('isTimespan', [any('value')], (_, value) => value instanceof YaqlTimespan),
];
