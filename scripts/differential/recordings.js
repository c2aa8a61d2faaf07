/** What the real Heat did in each scenario, kept beside the tests: one file per file of scenarios. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../test/differential/recorded/', import.meta.url));
const pathOf = (file) => `${directory}${file}.json`;

/** The recorded play of a scenario, or undefined. */
export function readRecorded({ file, name }) {
  if (!existsSync(pathOf(file))) return undefined;
  return JSON.parse(readFileSync(pathOf(file), 'utf8'))[name];
}

/** Keeps a play; the others of the same file stay. */
export function writeRecorded({ file, name }, { steps, events }) {
  mkdirSync(directory, { recursive: true });
  const all = existsSync(pathOf(file)) ? JSON.parse(readFileSync(pathOf(file), 'utf8')) : {};
  const sorted = Object.entries({ ...all, [name]: { steps, events } }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(pathOf(file), `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
}
