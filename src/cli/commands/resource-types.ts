import type { Json } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { parsePairs } from '../files/parameters.js';
import { orNotFound } from '../heat/api-error.js';
import { showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { UsageError } from '../program/exit-codes.js';

/** `baton resource type list`. */
export const listResourceTypes: CommandAction = async (context, _operands, options) => {
  const long = options.isSet('long');
  const query: { [key: string]: string | string[] } = { ...parsePairs(options.many('filter'), { semicolons: true }) };
  if (long) query.with_description = 'True';
  const client = await context.client();
  const types = (await client.get('/resource_types', query)).resource_types;
  const rows = (Array.isArray(types) ? types : []).map((type): Json[] => {
    if (!isMap(type)) return [type, ''];
    return [type.resource_type ?? null, type.description ?? null];
  });
  rows.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  return {
    kind: 'list',
    columns: long ? ['Resource Type', 'Description'] : ['Resource Type'],
    rows: long ? rows : rows.map((row) => row.slice(0, 1)),
  };
};

/** `baton resource type show`. */
export const showResourceType: CommandAction = async (context, operands, options) => {
  const type = operands.at(0);
  const template = options.text('templateType')?.toLowerCase();
  const long = options.isSet('long');
  if (template !== undefined && long) throw new UsageError('Cannot use --template-type and --long in one time.');
  if (template !== undefined && template !== 'hot' && template !== 'cfn') {
    throw new UsageError(`Template type invalid: ${template}`);
  }
  const path = `/resource_types/${encodeURIComponent(type)}`;
  const client = await context.client();
  const answer =
    template === undefined
      ? client.get(path, long ? { with_description: 'True' } : {})
      : client.get(`${path}/template`, { template_type: template });
  return showObject(await answer.catch(orNotFound(`Resource type not found: ${type}`)));
};
