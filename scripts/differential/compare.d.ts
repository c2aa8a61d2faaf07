/** Everything in which our play differs from the other one; empty where they agree. */
export function comparePlays(ours: unknown, theirs: unknown, ignore?: readonly string[]): string[];
