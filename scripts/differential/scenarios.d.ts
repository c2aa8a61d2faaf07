/** One history of a stack, as data. */
export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly ignore?: readonly string[];
}

/** All scenarios whose `file/name` contains the text. */
export function readScenarios(only?: string): Scenario[];
