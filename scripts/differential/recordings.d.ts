/** The recorded play of a scenario, or undefined. */
export function readRecorded(scenario: {
  readonly file: string;
  readonly name: string;
}): { readonly steps: unknown[]; readonly events: object } | undefined;
