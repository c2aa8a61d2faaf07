/** Finds the templates of a folder: YAML and JSON files that are not environments, parameters or other data. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const TEMPLATE_NAME = /\.(ya?ml|json|template)$/;
const SECTIONS =
  /^\s*["']?(heat_template_version|HeatTemplateFormatVersion|AWSTemplateFormatVersion|Resources|resources|Modules|Transform|Conditions|Parameters)["']?\s*:/m;

/** Environments say what types are, or only what parameters are. */
const ENVIRONMENT = /^(resource_registry|parameter_defaults|event_sinks)\s*:/m;

/** All templates below a folder, in order of their paths. */
export function findTemplates(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && TEMPLATE_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .filter((path) => isTemplate(path, readFileSync(path, 'utf8')))
    .map((path) => ({ path, name: relative(folder, path), collection: relative(folder, path).split('/')[0] ?? '' }));
}

function isTemplate(path, text) {
  // A fixture of a linter is a template because it lies there, even if it looks like none.
  if (path.includes('/cfn-bad/')) return true;
  return SECTIONS.test(text) && !(ENVIRONMENT.test(text) && !/^resources\s*:/m.test(text));
}
