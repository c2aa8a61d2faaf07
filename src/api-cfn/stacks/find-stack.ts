import { NotFoundError } from '../../engine/model/errors.js';
import type { StackRecord } from '../../engine/model/records.js';
import { accountOf, cfnArn, identityOf } from '../../engine/planning/stack-identity.js';
import type { ActionContext } from '../action.js';
import { CfnError, validationError } from '../protocol/cfn-error.js';

/** How an action says that there is no such stack: AWS's actions do not agree. */
export type MissingStyle = 'with-id' | 'brackets' | 'quotes';

export interface FindOptions {
  /** Deleted stacks are found too, by id only. */
  readonly deleted?: boolean;
  readonly missing?: MissingStyle;
}

const CFN_ARN = /^arn:[^:]+:cloudformation:([^:]*):([^:]*):stack\/([^/]+)\/([^/]+)$/;
const HEAT_ARN = /^arn:openstack:heat:[^:]*:([^:]*):stacks\/([^/]+)\/([^/]+)$/;

/** The id of a stack in an answer. */
export function stackArn(stack: StackRecord): string {
  return cfnArn(identityOf(stack));
}

/** The stack of a name, an id or an ARN of either API, if it is the caller's and in the caller's region. */
export async function findStack(
  context: ActionContext,
  reference: string,
  options: FindOptions = {},
): Promise<StackRecord> {
  const stack = await lookUp(context, reference, options.deleted === true);
  if (!stack) throw validationError(missingText(reference, options.missing ?? 'with-id'));
  if (context.caller.stackId !== undefined && context.caller.stackId !== stack.id) {
    throw new CfnError('AccessDenied', 'User is not authorized to perform action', 403);
  }
  return stack;
}

/** The same, undefined if there is none. */
export async function lookUpStack(
  context: ActionContext,
  reference: string,
  options: FindOptions = {},
): Promise<StackRecord | undefined> {
  return lookUp(context, reference, options.deleted === true);
}

async function lookUp(context: ActionContext, reference: string, deleted: boolean): Promise<StackRecord | undefined> {
  const { stacks } = context.deps;
  const { caller } = context;
  const id = idOf(context, reference);
  if (id === null) return undefined;
  try {
    const stack = await stacks.find(caller, id ?? reference, { showDeleted: deleted && id !== undefined });
    // A name finds only what lives; an id what is of this region.
    return stack.region === caller.region && (id === undefined || stack.id === id) ? stack : undefined;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** The id in a reference; null if it names another account or region, undefined if it is a name. */
function idOf({ caller }: ActionContext, reference: string): string | null | undefined {
  const arn = CFN_ARN.exec(reference);
  if (arn) {
    const [, region, account, , id = ''] = arn;
    return region === caller.region && account === accountOf(caller.projectId) ? id : null;
  }
  const heat = HEAT_ARN.exec(reference);
  if (heat) return heat[1] === caller.projectId ? (heat[3] ?? '') : null;
  if (reference.startsWith('arn:')) return null;
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(reference) ? reference : undefined;
}

function missingText(reference: string, style: MissingStyle): string {
  switch (style) {
    case 'with-id':
      return `Stack with id ${reference} does not exist`;
    case 'brackets':
      return `Stack [${reference}] does not exist`;
    case 'quotes':
      return `Stack '${reference}' does not exist`;
  }
}
