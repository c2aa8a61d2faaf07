import type { JsonMap } from '../engine/model/value.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { CfnApiDeps } from './api-types.js';
import type { Output } from './protocol/write-output.js';

/** What an action works with. */
export interface ActionContext {
  readonly deps: CfnApiDeps;
  readonly caller: Caller;
  /** The typed input, checked by the service model. */
  readonly input: JsonMap;
  readonly requestId: string;
}

/** One action of the API. Its required members, types and enums are the service model's and checked before. */
export interface Action {
  /** As the service model has it. */
  readonly name: string;
  /** May be called by users that a stack made, for their own stack. */
  readonly forStackUsers?: boolean;
  handle(context: ActionContext): Promise<Output>;
}

/** An action whose answer has no content. */
export const EMPTY_OUTPUT: Output = {};
