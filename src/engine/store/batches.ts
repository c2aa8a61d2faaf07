/** Rows per statement: SQLite takes 32,766 variables in one, PostgreSQL 65,535; more than a hundred rows gain nothing. */
const ROWS_PER_STATEMENT = 100;

/** A list in pieces that fit into one statement each. */
export function* batches<T>(rows: readonly T[], size = ROWS_PER_STATEMENT): Generator<T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
