/** `2026-01-31T12:00:00Z`, or null for a time that has not come. */
export function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : `${new Date(time).toISOString().slice(0, 19)}Z`;
}
