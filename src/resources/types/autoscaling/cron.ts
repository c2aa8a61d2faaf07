const MINUTE_MS = 60_000;
/** Further than this nothing is looked for: an expression that never fits (30 February) would be sought for ever. */
const HORIZON_DAYS = 366 * 5;

interface Fields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Either kind of day fits when both are restricted, as cron has it. */
  readonly anyDay: boolean;
}

const BOUNDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The first minute after a time at which a cron expression of five fields fits; undefined if there is none, or if it is no such expression. */
export function nextCronTime(expression: string, after: number, timeZone = 'UTC'): number | undefined {
  const fields = parse(expression);
  if (!fields) return undefined;
  let time = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const end = after + HORIZON_DAYS * 24 * 60 * MINUTE_MS;
  while (time <= end) {
    const local = localTime(time, timeZone);
    if (!fields.months.has(local.month) || !fitsDay(fields, local))
      time += ((23 - local.hour) * 60 + (60 - local.minute)) * MINUTE_MS;
    else if (!fields.hours.has(local.hour)) time += (60 - local.minute) * MINUTE_MS;
    else if (!fields.minutes.has(local.minute)) time += MINUTE_MS;
    else return time;
  }
  return undefined;
}

interface LocalTime {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

function localTime(time: number, timeZone: string): LocalTime {
  if (timeZone === 'UTC') {
    const date = new Date(time);
    return {
      minute: date.getUTCMinutes(),
      hour: date.getUTCHours(),
      day: date.getUTCDate(),
      month: date.getUTCMonth() + 1,
      weekday: date.getUTCDay(),
    };
  }
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  })
    .formatToParts(time)
    .map((part) => [part.type, part.value] as const);
  const read = new Map<string, string>(parts);
  const weekday = WEEKDAYS.indexOf((read.get('weekday') ?? '').toLowerCase());
  const number = (name: string) => Number(read.get(name) ?? 0);
  return { minute: number('minute'), hour: number('hour'), day: number('day'), month: number('month'), weekday };
}

function fitsDay({ days, weekdays, anyDay }: Fields, { day, weekday }: LocalTime): boolean {
  return anyDay ? days.has(day) || weekdays.has(weekday) : days.has(day) && weekdays.has(weekday);
}

function parse(expression: string): Fields | undefined {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== 5) return undefined;
  const sets = parts.map((part, index) => parseField(part, index));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const isRestricted = (index: number) => !(parts[index] ?? '*').startsWith('*');
  return {
    minutes,
    hours,
    days,
    months,
    weekdays: new Set([...weekdays].map((weekday) => weekday % 7)),
    anyDay: isRestricted(2) && isRestricted(4),
  };
}

function parseField(text: string, index: number): Set<number> | undefined {
  const [least, most] = BOUNDS[index] ?? [0, 0];
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const match = /^(\*|[\da-z]+)(?:-([\da-z]+))?(?:\/(\d+))?$/i.exec(item);
    if (!match) return undefined;
    const [, first = '*', last, step] = match;
    const from = first === '*' ? least : numberOf(first, index);
    const to = first === '*' ? most : last === undefined ? (step === undefined ? from : most) : numberOf(last, index);
    const by = Number(step ?? 1);
    if (from === undefined || to === undefined || by === 0 || from < least || to > most) return undefined;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

function numberOf(text: string, index: number): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const place = (index === 3 ? MONTHS : index === 4 ? WEEKDAYS : []).indexOf(text.toLowerCase());
  return place < 0 ? undefined : place + (index === 3 ? 1 : 0);
}
