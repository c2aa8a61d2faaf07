import { orNotFound } from '../heat/api-error.js';
import { listObjects } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';

/** `baton template version list`. */
export const listVersions: CommandAction = async (context) => {
  const client = await context.client();
  const versions = await client.list('/template_versions', 'template_versions');
  const shown = versions.map((version) => ({
    ...version,
    aliases: Array.isArray(version.aliases) ? version.aliases.join(',') : '',
  }));
  return listObjects(shown, ['Version', 'Type', 'Aliases']);
};

/** `baton template function list`. */
export const listFunctions: CommandAction = async (context, operands, options) => {
  const version = operands.at(0);
  const client = await context.client();
  const query: { [key: string]: string } = options.isSet('withConditions') ? { with_condition_func: 'True' } : {};
  const functions = await client
    .list(`/template_versions/${encodeURIComponent(version)}/functions`, 'template_functions', query)
    .catch(orNotFound(`Template version not found: ${version}`));
  return listObjects(functions, ['Functions', 'Description']);
};
