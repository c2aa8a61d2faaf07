/** One answer, recorded or ours. */
export interface RecordedAnswer {
  readonly response: { readonly status: number; readonly headers: object; readonly body: unknown };
}

/** Everything in which an answer differs from the recorded one; an empty list is equality. */
export function compareAnswers(ours: RecordedAnswer, theirs: RecordedAnswer, name: string): string[];
