/** What the real Heat did in each scenario, kept beside the tests: one file per file of scenarios. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../test/differential/recorded/', import.meta.url));
const pathOf = (file) => `${directory}${file}.json`;

/** Tells whether a scenario is still the one that was recorded: what is compared afterwards does not count. */
function digestOf({ templates, files, data, steps }) {
  const text = JSON.stringify({ templates, files, data, steps });
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Whether a scenario has no recording, or one of another text. */
export function needsRecording(scenario) {
  return readRecorded(scenario)?.scenario !== digestOf(scenario);
}

/** The recorded play of a scenario, or undefined. */
export function readRecorded({ file, name }) {
  if (!existsSync(pathOf(file))) return undefined;
  return JSON.parse(readFileSync(pathOf(file), 'utf8'))[name];
}

/** Keeps a play; the others of the same file stay. */
export function writeRecorded(scenario, { steps, events }) {
  const { file, name } = scenario;
  mkdirSync(directory, { recursive: true });
  const all = existsSync(pathOf(file)) ? JSON.parse(readFileSync(pathOf(file), 'utf8')) : {};
  const sorted = Object.entries({ ...all, [name]: { scenario: digestOf(scenario), steps, events } }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  writeFileSync(pathOf(file), `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
}
