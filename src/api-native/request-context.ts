import { NotFoundError } from '../engine/model/errors.js';
import type { StackRecord } from '../engine/model/records.js';
import type { JsonMap } from '../engine/model/value.js';
import type { Caller } from '../engine/stacks/requests.js';
import { badRequest } from './api-error.js';
import type { ApiRequest, NativeApiDeps } from './api-types.js';
import { Links } from './links.js';
import { Query } from './query.js';

/** Everything that a handler may look at. */
export class RequestContext {
  readonly query: Query;
  readonly links: Links;

  constructor(
    readonly deps: NativeApiDeps,
    readonly request: ApiRequest,
    readonly caller: Caller,
    readonly params: { readonly [name: string]: string },
    readonly body: JsonMap | undefined,
  ) {
    this.query = new Query(request.query);
    this.links = new Links(request.baseUrl);
  }

  /** A variable of the route's path. */
  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** The body of a request that makes no sense without one. */
  requiredBody(): JsonMap {
    if (this.body === undefined) throw badRequest();
    return this.body;
  }

  /** The stack that the path names: id and name must both fit. */
  async stack(options: { readonly showDeleted?: boolean } = {}): Promise<StackRecord> {
    const id = this.param('stack_id');
    const stack = await this.named(() =>
      this.deps.stacks.find(this.caller, id, { showDeleted: options.showDeleted ?? false }),
    );
    this.checkStack(stack);
    return stack;
  }

  /** A stack is found only under its own id and name, and of the users that stacks make by its own only. */
  checkStack(stack: StackRecord): void {
    const name = this.param('stack_name');
    if (stack.id !== this.param('stack_id') || stack.name !== name || !this.mayKnow(stack)) {
      throw new NotFoundError('Stack', name);
    }
  }

  /** False for users that a stack has made, when it is another stack. */
  mayKnow(stack: Pick<StackRecord, 'id' | 'rootId'>): boolean {
    const { stackId } = this.caller;
    return stackId === undefined || stack.id === stackId || stack.rootId === stackId;
  }

  /** Runs a look-up by id; its not-found error speaks of the name in the path, as Heat's does. */
  async named<T>(lookUp: () => Promise<T>): Promise<T> {
    try {
      return await lookUp();
    } catch (error) {
      if (error instanceof NotFoundError && error.entity === 'Stack') {
        throw new NotFoundError('Stack', this.param('stack_name'));
      }
      throw error;
    }
  }
}
