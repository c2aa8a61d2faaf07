import { StoreError } from '../model/errors.js';

interface Caused {
  readonly code?: unknown;
  readonly cause?: unknown;
}

/**
 * True if the store itself is what failed (disk full, locked, read-only), at any depth of causes. Such an error says
 * nothing of a resource: the operation stops where it is and goes on when the store takes writes again.
 */
export function isStoreFault(error: unknown): boolean {
  for (
    let one = error as Caused | undefined;
    typeof one === 'object' && one !== null;
    one = one.cause as Caused | undefined
  ) {
    const code = one instanceof StoreError ? one.details.sqlite : one.code;
    // A constraint that is violated is a mistake of the write, which trying again does not mend.
    if (typeof code === 'string' && code.startsWith('SQLITE_')) return !code.startsWith('SQLITE_CONSTRAINT');
  }
  return false;
}
