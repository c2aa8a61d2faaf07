import type { JsonMap } from '../../engine/model/value.js';
import { addHooks, loadEnvironments } from '../files/environment-files.js';
import { readParameters } from '../files/parameters.js';
import { type FileMap, loadTemplate } from '../files/template-files.js';
import type { CommandContext } from '../program/context.js';
import type { Options } from '../program/parsed-arguments.js';

/**
 * The part of a request that comes from `-t -e --parameter --parameter-file -s` and hook options: template,
 * environment, files and parameters as the API takes them.
 */
export async function readTemplateInput(
  context: CommandContext,
  options: Options,
  hook?: { readonly option: string; readonly name: string },
): Promise<JsonMap> {
  const { reading } = context;
  const template = options.text('template');
  const container = options.text('filesContainer');
  const body: JsonMap = {
    parameters: await readParameters(options.many('parameter'), options.many('parameterFile'), template, reading),
  };
  const files: FileMap = {};
  if (template !== undefined) {
    const loaded = await loadTemplate(template, reading, { children: container === undefined });
    body.template = loaded.template;
    Object.assign(files, loaded.files);
  }
  const paths = options.many('environment');
  let environment: JsonMap = {};
  if (container === undefined) {
    const loaded = await loadEnvironments(paths, reading);
    environment = loaded.environment;
    Object.assign(files, loaded.files);
    // With hooks the merged environment says more than the files; only one of the two is looked at by the server.
    if (loaded.names.length > 0 && !hasHooks(options, hook)) body.environment_files = [...loaded.names];
  } else {
    body.files_container = container;
    if (paths.length > 0) body.environment_files = [...paths];
  }
  if (hook !== undefined) environment = addHooks(environment, options.many(hook.option), hook.name);
  return { ...body, environment, files };
}

function hasHooks(options: Options, hook: { readonly option: string } | undefined): boolean {
  return hook !== undefined && options.many(hook.option).length > 0;
}
