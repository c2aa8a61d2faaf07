import { showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { readTemplateInput } from './loaded-input.js';

/** `baton template validate`. */
export const validateTemplate: CommandAction = async (context, _operands, options) => {
  const body = await readTemplateInput(context, options);
  const query: { [key: string]: string } = {};
  if (options.isSet('showNested')) query.show_nested = 'True';
  const ignored = options.text('ignoreErrors');
  if (ignored !== undefined) query.ignore_errors = ignored;
  const client = await context.client();
  return showObject(await client.post('/validate', body, query));
};
