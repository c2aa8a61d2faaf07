const ISO =
  /^(\d{4})(?:-?(\d{1,2})(?:-?(\d{1,2}))?)?(?:[ T](\d{1,2})(?::?(\d{1,2})(?::?(\d{1,2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}:?(?:\d{2})?)?)?$/;

/** Milliseconds since the epoch of an ISO 8601 time (UTC if no offset is written), or undefined if it is none. */
export function parseIsoTime(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) return undefined;
  const millis = Number(`0.${match[7] ?? '0'}`) * 1000;
  const zone = match[8];
  if (zone === undefined || zone === 'Z') return date.getTime() + millis;
  const offset = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0);
  return date.getTime() + millis - (zone.startsWith('-') ? -offset : offset) * 60_000;
}
