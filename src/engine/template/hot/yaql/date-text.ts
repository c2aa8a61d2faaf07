import { YaqlDateTime, type YaqlTimespan } from './values.js';
import { YaqlError } from './yaql-error.js';

const DAY = 86_400_000_000n;

/** The wall-clock fields of a point in time. */
export interface DateFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
  /** Monday is 0. */
  readonly weekday: number;
  readonly dayOfYear: number;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** What a clock and a calendar at the time's offset show. */
export function fieldsOf(time: YaqlDateTime): DateFields {
  const local = time.localMicros;
  const millis = floorDivide(local, 1000n);
  const date = new Date(Number(millis));
  const year = date.getUTCFullYear();
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: date.getUTCMilliseconds() * 1000 + Number(local - millis * 1000n),
    weekday: (date.getUTCDay() + 6) % 7,
    dayOfYear: Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function formatOffset(micros: bigint, separator: string): string {
  const sign = micros < 0n ? '-' : '+';
  const minutes = Number((micros < 0n ? -micros : micros) / 60_000_000n);
  return `${sign}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
}

/** A time as Python's `str(datetime)`: `2015-08-29 00:00:00+00:00`. */
export function formatDateTime(time: YaqlDateTime): string {
  const f = fieldsOf(time);
  const fraction = f.microsecond ? `.${String(f.microsecond).padStart(6, '0')}` : '';
  const date = `${String(f.year).padStart(4, '0')}-${two(f.month)}-${two(f.day)}`;
  return `${date} ${two(f.hour)}:${two(f.minute)}:${two(f.second)}${fraction}${formatOffset(time.offsetMicros, ':')}`;
}

/** A length of time as Python's `str(timedelta)`: `1 day, 2:03:04`. */
export function formatTimespan(span: YaqlTimespan): string {
  const days = floorDivide(span.micros, DAY);
  let rest = span.micros - days * DAY;
  const micros = rest % 1_000_000n;
  rest /= 1_000_000n;
  const clock = `${rest / 3600n}:${two(Number((rest / 60n) % 60n))}:${two(Number(rest % 60n))}`;
  const fraction = micros ? `.${String(micros).padStart(6, '0')}` : '';
  const prefix = days === 0n ? '' : `${days} day${days === 1n || days === -1n ? '' : 's'}, `;
  return `${prefix}${clock}${fraction}`;
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** A time written by a C99 format, as Python's `strftime` in the C locale. */
export function strftime(time: YaqlDateTime, format: string): string {
  const f = fieldsOf(time);
  const hour12 = f.hour % 12 === 0 ? 12 : f.hour % 12;
  const codes: { readonly [code: string]: () => string } = {
    a: () => (WEEKDAYS[f.weekday] ?? '').slice(0, 3),
    A: () => WEEKDAYS[f.weekday] ?? '',
    b: () => (MONTHS[f.month - 1] ?? '').slice(0, 3),
    B: () => MONTHS[f.month - 1] ?? '',
    c: () => strftime(time, '%a %b %e %H:%M:%S %Y'),
    d: () => two(f.day),
    D: () => strftime(time, '%m/%d/%y'),
    e: () => String(f.day).padStart(2, ' '),
    f: () => String(f.microsecond).padStart(6, '0'),
    F: () => strftime(time, '%Y-%m-%d'),
    H: () => two(f.hour),
    I: () => two(hour12),
    j: () => String(f.dayOfYear).padStart(3, '0'),
    m: () => two(f.month),
    M: () => two(f.minute),
    n: () => '\n',
    p: () => (f.hour < 12 ? 'AM' : 'PM'),
    s: () => String(floorDivide(time.utcMicros, 1_000_000n)),
    S: () => two(f.second),
    t: () => '\t',
    T: () => strftime(time, '%H:%M:%S'),
    u: () => String(f.weekday + 1),
    w: () => String((f.weekday + 1) % 7),
    x: () => strftime(time, '%m/%d/%y'),
    X: () => strftime(time, '%H:%M:%S'),
    y: () => two(f.year % 100),
    Y: () => String(f.year),
    z: () => formatOffset(time.offsetMicros, ''),
    Z: () => (time.offsetMicros === 0n ? 'UTC' : ''),
    '%': () => '%',
  };
  return format.replace(/%([a-zA-Z%])/g, (whole, code: string) => codes[code]?.() ?? whole);
}

/** The long and short English names that `strptime` and free-form dates may use; the index counts from 1. */
export function monthNumber(name: string): number {
  const wanted = name.toLowerCase();
  return MONTHS.findIndex((month) => month.toLowerCase() === wanted || month.slice(0, 3).toLowerCase() === wanted) + 1;
}

/** A point in time from what a clock at an offset shows. */
export function timeFrom(fields: readonly (number | bigint)[], offsetMicros: bigint): YaqlDateTime {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, micro = 0] = fields.map(Number);
  const check = (ok: boolean, text: string) => {
    if (!ok) throw new YaqlError(text);
  };
  check(year >= 1 && year <= 9999, `year ${year} is out of range`);
  check(month >= 1 && month <= 12, 'month must be in 1..12');
  check(
    day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate(),
    'day is out of range for month',
  );
  check(hour >= 0 && hour <= 23, 'hour must be in 0..23');
  check(minute >= 0 && minute <= 59, 'minute must be in 0..59');
  check(second >= 0 && second <= 59, 'second must be in 0..59');
  check(micro >= 0 && micro <= 999_999, 'microsecond must be in 0..999999');
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return new YaqlDateTime(BigInt(date.getTime()) * 1000n + BigInt(micro) - offsetMicros, offsetMicros);
}
