import { IdentityError } from '../identity/identity-error.js';

/**
 * The record, or undefined if there is none. Policy is asked before anybody is told that something does not exist, so
 * that only those who may see it learn of that.
 */
export async function findOrUndefined<Row>(lookup: Promise<Row>): Promise<Row | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof IdentityError && error.reason === 'not-found') return undefined;
    throw error;
  }
}
