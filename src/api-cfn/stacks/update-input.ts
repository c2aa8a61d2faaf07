import type { StackView, UpdateInput } from '../../engine/stacks/requests.js';
import type { Template } from '../../engine/template/template.js';
import type { ActionContext } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { flagOf } from '../protocol/input-access.js';
import { readTemplate, templateText } from '../templates/read-template.js';
import { readExtra, readParameters, readTags } from './stack-input.js';

/** What a request for an update (or for a change set of one) wants, together with the template that it would bring. */
export async function updateInputOf(
  context: ActionContext,
  view: StackView,
): Promise<{ readonly update: UpdateInput; readonly template: Template }> {
  const { input } = context;
  const text = await templateText(context);
  const usesPrevious = flagOf(input, 'UsePreviousTemplate') === true;
  if (usesPrevious && text !== undefined) {
    throw validationError('You cannot specify both usePreviousTemplate and Template URL or Template Body.');
  }
  if (!usesPrevious && text === undefined) {
    throw validationError('Either Template URL or Template Body must be specified.');
  }
  const known = new Set(view.template.parameters.keys());
  const { values, previous } = readParameters(input, known);
  const tagMap = readTags(input);
  return {
    template: text === undefined ? view.template : readTemplate(text, values),
    update: {
      ...(text === undefined ? {} : { template: text }),
      parameters: values,
      usePreviousValues: previous,
      ...(tagMap ? { tagMap } : {}),
      ...keptEnvironment(view, [...Object.keys(values), ...previous]),
      disableRollback: flagOf(input, 'DisableRollback') ?? false,
      extra: readExtra(input),
    },
  };
}

/** A stack of Heat's API has an environment that this API cannot say: it stays, but for values that are not asked for. */
function keptEnvironment(view: StackView, named: readonly string[]): Pick<UpdateInput, 'existing' | 'clearParameters'> {
  if (view.stack.origin === 'cfn') return {};
  return {
    existing: true,
    clearParameters: [...view.template.parameters.keys()].filter((name) => !named.includes(name)),
  };
}
