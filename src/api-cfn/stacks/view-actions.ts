import type { StackRecord } from '../../engine/model/records.js';
import type { Action, ActionContext } from '../action.js';
import { textOf, textsOf } from '../protocol/input-access.js';
import { PAGE_SIZE, readToken, writeToken } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { findStack } from './find-stack.js';
import { describeStack, summarizeStack } from './stack-view.js';
import { stackStatus } from './status.js';

/** Deleted stacks are listed for so long. */
const DELETED_SHOWN_MS = 90 * 86_400_000;

async function describeStacks(context: ActionContext): Promise<Output> {
  const { input } = context;
  const name = textOf(input, 'StackName');
  if (name !== undefined && name !== '') {
    const stack = await findStack(context, name, { deleted: true });
    return { Stacks: [await describeStack(context, stack)] };
  }
  const { stacks, nextToken } = await pageOfStacks(context, 'DescribeStacks', { deleted: false });
  return { Stacks: await Promise.all(stacks.map((stack) => describeStack(context, stack))), NextToken: nextToken };
}

async function listStacks(context: ActionContext): Promise<Output> {
  const filter = textsOf(context.input, 'StackStatusFilter');
  const isListed = (stack: StackRecord) =>
    filter === undefined || filter.length === 0 || filter.includes(stackStatus(stack));
  const { stacks, nextToken } = await pageOfStacks(context, 'ListStacks', { deleted: true, isListed });
  return {
    StackSummaries: await Promise.all(stacks.map((stack) => summarizeStack(context, stack))),
    NextToken: nextToken,
  };
}

interface PageFilter {
  readonly deleted: boolean;
  readonly isListed?: (stack: StackRecord) => boolean;
}

/** One page of the caller's stacks, the newest first; as many are looked at as it takes to fill it. */
async function pageOfStacks(
  { deps, caller, input }: ActionContext,
  list: string,
  { deleted, isListed = () => true }: PageFilter,
): Promise<{ readonly stacks: StackRecord[]; readonly nextToken: string | undefined }> {
  let marker = readToken(list, textOf(input, 'NextToken'))?.after as string | undefined;
  const oldest = deps.now() - DELETED_SHOWN_MS;
  const stacks: StackRecord[] = [];
  for (;;) {
    const batch = await deps.stacks.list(caller, {
      showNested: true,
      showHidden: true,
      showDeleted: deleted,
      limit: PAGE_SIZE,
      ...(marker === undefined ? {} : { marker }),
    });
    for (const stack of batch) {
      if (stacks.length === PAGE_SIZE) {
        return { stacks, nextToken: writeToken(list, { after: stacks.at(-1)?.id ?? '' }) };
      }
      const isForgotten = stack.deletedAt !== undefined && stack.deletedAt < oldest;
      if (!isForgotten && isListed(stack)) stacks.push(stack);
    }
    if (batch.length < PAGE_SIZE) return { stacks, nextToken: undefined };
    marker = batch.at(-1)?.id;
  }
}

function accountLimits({ deps }: ActionContext): Promise<Output> {
  const limits = { StackLimit: deps.limits.maxStacks, StackOutputsLimit: 200, ConcurrentResourcesLimit: 2500 };
  return Promise.resolve({ AccountLimits: Object.entries(limits).map(([Name, Value]) => ({ Name, Value })) });
}

/** What shows stacks. */
export const actions: readonly Action[] = [
  { name: 'DescribeStacks', handle: describeStacks },
  { name: 'ListStacks', handle: listStacks },
  { name: 'DescribeAccountLimits', handle: accountLimits },
];
