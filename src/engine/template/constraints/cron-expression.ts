interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 7, names: DAYS },
  { min: 0, max: 59 },
  { min: 1970, max: 2099 },
];
const NICKNAMES = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

function numberOf(text: string, field: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const index = field.names?.indexOf(text.toLowerCase()) ?? -1;
  return index < 0 ? undefined : index + field.min;
}

function partProblem(part: string, column: number, expression: string): string | undefined {
  const field = FIELDS[column] as Field;
  const outOfRange = `[${expression}] is not acceptable, out of range`;
  const wrong = `[${expression}] is not acceptable`;
  if (part === '*' || part === '?') return undefined;
  if (column === 2 && part.toLowerCase() === 'l') return undefined;
  if (column === 4 && /^(?:l[0-7]|[0-7]#[1-5]|[a-z]{3}#[1-5])$/i.test(part)) return undefined;
  const match = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part);
  if (!match) return wrong;
  const [, from = '', to, step] = match;
  if (step !== undefined && Number(step) === 0) return wrong;
  const bounds = [from, to]
    .filter((bound) => bound !== undefined && bound !== '*')
    .map((bound) => numberOf(bound ?? '', field));
  for (const bound of bounds) {
    if (bound === undefined) return wrong;
    if (bound < field.min || bound > field.max) return outOfRange;
  }
  return undefined;
}

/** Why a text is no cron expression, or undefined if it is one. */
export function cronProblem(text: string): string | undefined {
  if (NICKNAMES.includes(text.trim().toLowerCase())) return undefined;
  const columns = text.trim().split(/\s+/);
  if (columns.length < 5 || columns.length > 7) {
    return 'Invalid CRON expression: Exactly 5, 6 or 7 columns has to be specified for iterator expression.';
  }
  for (const [index, column] of columns.entries()) {
    for (const part of column.split(',')) {
      const reason = partProblem(part, index, text.trim());
      if (reason !== undefined) return `Invalid CRON expression: ${reason}`;
    }
  }
  return undefined;
}
