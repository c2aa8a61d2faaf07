import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { contentText } from '../files/fetch-text.js';
import { toUrl } from '../files/locations.js';
import { parseFile } from '../files/parse-file.js';
import { ApiError, orNotFound } from '../heat/api-error.js';
import { listObjects, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import type { CommandContext } from '../program/context.js';
import { CommandError } from '../program/exit-codes.js';

/** `baton software config create`. */
export const createConfig: CommandAction = async (context, operands, options) => {
  const name = operands.at(0);
  const definitionFile = options.text('definitionFile');
  const configFile = options.text('configFile');
  const definition =
    definitionFile === undefined ? {} : parseFile(await readText(context, definitionFile), definitionFile);
  const config: JsonMap = {
    group: options.text('group') ?? 'Heat::Ungrouped',
    config: configFile === undefined ? '' : await readText(context, configFile),
    inputs: definition.inputs ?? [],
    outputs: definition.outputs ?? [],
    options: definition.options ?? {},
  };
  const client = await context.client();
  // A template with the config in it tells what is wrong with inputs and outputs before anything is stored.
  const resource = { type: 'OS::Heat::SoftwareConfig', properties: config };
  await client.post('/validate', {
    template: { heat_template_version: '2013-05-23', resources: { [name]: resource } },
  });
  return showObject(unwrapped(await client.post('/software_configs', { ...config, name })));
};

/** `baton software config list`. */
export const listConfigs: CommandAction = async (context, _operands, options) => {
  const query: { [key: string]: string } = {};
  const limit = options.count('limit');
  const marker = options.text('marker');
  if (limit !== undefined) query.limit = String(limit);
  if (marker !== undefined) query.marker = marker;
  const client = await context.client();
  const configs = await client.list('/software_configs', 'software_configs', query);
  return listObjects(configs, ['id', 'name', 'group', 'creation_time']);
};

/** `baton software config show`. */
export const showConfig: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const path = `/software_configs/${encodeURIComponent(operands.at(0))}`;
  const config = unwrapped(await client.get(path).catch(orNotFound(`Configuration not found: ${operands.at(0)}`)));
  if (options.isSet('configOnly')) {
    context.terminal.out.write(`${String(config.config ?? '')}\n`);
    return;
  }
  return showObject(config, ['id', 'name', 'group', 'config', 'inputs', 'outputs', 'options', 'creation_time']);
};

/** `baton software config delete`. */
export const deleteConfigs: CommandAction = async (context, operands) => {
  const client = await context.client();
  const ids = operands.rest(0);
  let failures = 0;
  for (const id of ids) {
    try {
      await client.delete(`/software_configs/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failures += 1;
      context.terminal.err.write(
        `${error.status === 404 ? `Software config with ID ${id} not found` : error.message}\n`,
      );
    }
  }
  if (failures > 0) throw new CommandError(`Unable to delete ${failures} of the ${ids.length} software configs.`);
};

async function readText(context: CommandContext, file: string): Promise<string> {
  const { reading } = context;
  const text = contentText(await reading.fetch(toUrl(file, reading.cwd)));
  reading.texts.add({ url: file, text, sentAsIs: true });
  return text;
}

function unwrapped(answer: JsonMap): JsonMap {
  return isMap(answer.software_config) ? (answer.software_config as JsonMap) : answer;
}
