/** Templates of the corpus that an engine rightly refuses: which, with what reason, and why that is their own fault. */
export const FAULTY = [];
