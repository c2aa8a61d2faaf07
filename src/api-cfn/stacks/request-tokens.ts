import { createHash } from 'node:crypto';
import type { OperationRecord, StackRecord } from '../../engine/model/records.js';
import type { StackAction } from '../../engine/model/status.js';
import { sortedJson } from '../../engine/model/value.js';
import type { ActionContext } from '../action.js';
import { modeledError } from '../protocol/cfn-error.js';
import { textOf } from '../protocol/input-access.js';

const KIND = 'cfn-request-token';

interface Body {
  readonly digest: string;
}

/** The operation that an earlier request with the same token and the same input began; TokenAlreadyExists if it was another. */
export async function repeatedOperation(
  context: ActionContext,
  stack: StackRecord,
  actions: readonly StackAction[],
): Promise<OperationRecord | undefined> {
  const token = textOf(context.input, 'ClientRequestToken');
  if (token === undefined) return undefined;
  const { deps, caller } = context;
  const operation = (await deps.stacks.operations(caller, stack.id)).find((one) => one.clientToken === token);
  if (!operation) return undefined;
  const known = await deps.documents.get<Body>(KIND, documentId(stack, token));
  const isSame = actions.includes(operation.action) && (!known || known.body.digest === digestOf(context));
  if (!isSame) throw modeledError('TokenAlreadyExistsException', `A client request token ${token} already exists.`);
  return operation;
}

/** Keeps what a request with a token asked for, to know a repetition from another request. */
export async function rememberToken(context: ActionContext, stack: StackRecord): Promise<void> {
  const token = textOf(context.input, 'ClientRequestToken');
  if (token === undefined) return;
  const body: Body = { digest: digestOf(context) };
  await context.deps.documents.put(KIND, { id: documentId(stack, token), owner: stack.id, body });
}

/** The token in the form in which use cases take it. */
export function clientToken({ input }: ActionContext): { clientToken?: string } {
  const token = textOf(input, 'ClientRequestToken');
  return token === undefined ? {} : { clientToken: token };
}

function documentId(stack: StackRecord, token: string): string {
  return `${stack.id}:${token}`;
}

function digestOf({ input }: ActionContext): string {
  return createHash('sha256').update(sortedJson(input)).digest('hex');
}
