/** Reads the scenarios: YAML files, each a list of { name, templates, files?, steps, ignore? }. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';

const directory = fileURLToPath(new URL('scenarios/', import.meta.url));

/** All scenarios, with the file that each is in; `only` is a part of `file/name`. */
export function readScenarios(only = '') {
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  const all = files.flatMap((file) =>
    load(readFileSync(`${directory}${file}`, 'utf8')).map((scenario) => ({
      ...scenario,
      file: file.replace(/\.yaml$/, ''),
    })),
  );
  const names = all.map(({ file, name }) => `${file}/${name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`two scenarios are named ${twice}`);
  return all.filter(({ file, name }) => `${file}/${name}`.includes(only));
}
