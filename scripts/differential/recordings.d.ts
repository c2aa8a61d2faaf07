/** Whether a scenario has no recording, or one of another text. */
export function needsRecording(scenario: { readonly file: string; readonly name: string }): boolean;

/** The recorded play of a scenario, or undefined. */
export function readRecorded(scenario: {
  readonly file: string;
  readonly name: string;
}): { readonly steps: unknown[]; readonly events: object } | undefined;
