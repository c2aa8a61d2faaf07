import type { Value } from '../model/value.js';
import { EvaluationError } from '../template/expression.js';

/** Something that an evaluation needs and that only the store or a cloud can tell. */
export type Lookup =
  | { readonly kind: 'export'; readonly name: string }
  | { readonly kind: 'stack-output'; readonly stack: string; readonly output: string }
  | { readonly kind: 'dynamic-reference'; readonly service: string; readonly reference: string }
  | {
      readonly kind: 'attribute';
      readonly resource: string;
      readonly attribute: string;
      readonly path: readonly Value[];
    };

/** Thrown by a scope that does not have an answer yet: fetch it, then evaluate again. */
export class LookupNeeded extends Error {
  constructor(readonly lookup: Lookup) {
    super('a value has to be looked up first');
  }
}

/** Answers that were fetched already, for one evaluation after the other. */
export class LookupCache {
  readonly #answers = new Map<string, Value>();
  readonly #mistakes = new Map<string, EvaluationError>();

  /** The answer, or throws LookupNeeded. */
  take(lookup: Lookup): Value {
    const key = JSON.stringify(lookup);
    const mistake = this.#mistakes.get(key);
    if (mistake) throw mistake;
    const answer = this.#answers.get(key);
    if (answer === undefined) throw new LookupNeeded(lookup);
    return answer;
  }

  put(lookup: Lookup, answer: Value): void {
    this.#answers.set(JSON.stringify(lookup), answer);
  }

  /** There is no answer, and this is why: whoever asks again is told so. */
  refuse(lookup: Lookup, mistake: EvaluationError): void {
    this.#mistakes.set(JSON.stringify(lookup), mistake);
  }

  /** Forgets what was asked of a resource: it has changed. */
  forget(resource: string): void {
    for (const key of [...this.#answers.keys(), ...this.#mistakes.keys()]) {
      const lookup = JSON.parse(key) as Lookup;
      if (lookup.kind === 'attribute' && lookup.resource === resource) this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#answers.delete(key);
    this.#mistakes.delete(key);
  }
}

/** Fetches one answer; throws an EvaluationError when there is none. */
export type LookupSource = (lookup: Lookup) => Promise<Value>;

/** Runs a synchronous evaluation, fetching what it lacks, until it has all that it needs. */
export async function evaluateWithLookups<T>(run: () => T, cache: LookupCache, source: LookupSource): Promise<T> {
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof LookupNeeded)) throw error;
      // An answer that is not there would be asked for again and again.
      try {
        cache.put(error.lookup, (await source(error.lookup)) ?? null);
      } catch (mistake) {
        if (!(mistake instanceof EvaluationError)) throw mistake;
        cache.refuse(error.lookup, mistake);
      }
    }
  }
}
