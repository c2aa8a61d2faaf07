import { isMap, type Json, type JsonMap } from '../model/value.js';

/** How templates say that the old resource goes before its replacement is made: its name can be there once only. */
const WORDS: { readonly [key: string]: string } = { replacement: 'delete_first', Replacement: 'DeleteFirst' };

/** True if an update policy wants the old resource gone before its replacement is made. */
export function wantsDeletionFirst(updatePolicy: Json): boolean {
  return isMap(updatePolicy) && Object.entries(WORDS).some(([key, word]) => updatePolicy[key] === word);
}

/** What of an update policy is the type's own, and what is wrong with the rest. */
export function splitUpdatePolicy(updatePolicy: JsonMap): { readonly own: JsonMap; readonly problem?: string } {
  const own = Object.fromEntries(Object.entries(updatePolicy).filter(([key]) => !Object.hasOwn(WORDS, key)));
  const wrong = Object.entries(WORDS).find(([key, word]) => (updatePolicy[key] ?? word) !== word);
  if (!wrong) return { own };
  const [key, word] = wrong;
  return {
    own,
    problem: `${key}: ${JSON.stringify(updatePolicy[key])} is not understood: say "${word}" (the old resource goes before its replacement is made) or leave it out`,
  };
}
