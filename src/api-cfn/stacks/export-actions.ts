import type { Action, ActionContext } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { needText, textOf } from '../protocol/input-access.js';
import { pageOf } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { stackArn } from './find-stack.js';
import { textValue } from './text-value.js';

async function listExports({ deps, caller, input }: ActionContext): Promise<Output> {
  const exports = await deps.stacks.exports(caller);
  const { items, nextToken } = pageOf('ListExports', exports, textOf(input, 'NextToken'));
  return {
    Exports: items.map(({ name, value, stack }) => ({
      ExportingStackId: stackArn(stack),
      Name: name,
      Value: textValue(value),
    })),
    NextToken: nextToken,
  };
}

async function listImports({ deps, caller, input }: ActionContext): Promise<Output> {
  const name = needText(input, 'ExportName');
  const importers = await deps.stacks.importers(caller, name);
  if (importers.length === 0) throw validationError(`Export '${name}' is not imported by any stack.`);
  const { items, nextToken } = pageOf('ListImports', importers, textOf(input, 'NextToken'));
  return { Imports: items.map((stack) => stack.name), NextToken: nextToken };
}

/** What stacks give each other. */
export const actions: readonly Action[] = [
  { name: 'ListExports', handle: listExports },
  { name: 'ListImports', handle: listImports },
];
