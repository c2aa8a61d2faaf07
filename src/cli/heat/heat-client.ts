import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { CommandError, EXIT } from '../program/exit-codes.js';
import type { Transport, TransportRequest, TransportResponse } from '../transport/transport.js';
import { ApiError, apiErrorOf } from './api-error.js';

type Query = NonNullable<TransportRequest['query']>;

/** A stack by its two names. */
export interface StackIdentity {
  readonly name: string;
  readonly id: string;
  /** `/stacks/{name}/{id}`, escaped. */
  readonly path: string;
}

/** Heat's API over a transport: answers are JSON objects, refusals are thrown as ApiError. */
export class HeatClient {
  constructor(readonly transport: Transport) {}

  get(path: string, query?: Query): Promise<JsonMap> {
    return this.#object(query === undefined ? { method: 'GET', path } : { method: 'GET', path, query });
  }

  post(path: string, body: Json, query?: Query): Promise<JsonMap> {
    return this.#object({ method: 'POST', path, body, ...(query === undefined ? {} : { query }) });
  }

  put(path: string, body: Json, query?: Query): Promise<JsonMap> {
    return this.#object({ method: 'PUT', path, body, ...(query === undefined ? {} : { query }) });
  }

  patch(path: string, body: Json, query?: Query): Promise<JsonMap> {
    return this.#object({ method: 'PATCH', path, body, ...(query === undefined ? {} : { query }) });
  }

  delete(path: string, query?: Query): Promise<JsonMap> {
    return this.#object({ method: 'DELETE', path, ...(query === undefined ? {} : { query }) });
  }

  /** The items of a list answer, e.g. `list('/stacks', 'stacks')`. */
  async list(path: string, key: string, query?: Query): Promise<JsonMap[]> {
    const items = (await this.get(path, query))[key];
    return Array.isArray(items) ? items.filter((item): item is JsonMap => isMap(item)) : [];
  }

  /** Resolves a name or id (or `name/id`) as the API does: by the redirect of `/stacks/{name or id}`. */
  async findStack(nameOrId: string): Promise<StackIdentity> {
    const both = /^([^/]+)\/([^/]+)$/.exec(nameOrId);
    if (both?.[1] !== undefined && both[2] !== undefined) return identity(both[1], both[2]);
    const response = await this.transport.request({ method: 'GET', path: `/stacks/${encodeURIComponent(nameOrId)}` });
    if (response.status === 404) throw new CommandError(`Stack not found: ${nameOrId}`, EXIT.notFound);
    if (response.status >= 400) throw apiErrorOf(response);
    const location = response.headers.location ?? '';
    const parts = location.split('/stacks/')[1]?.split(/[/?]/) ?? [];
    if (parts[0] !== undefined && parts[1] !== undefined) {
      return identity(decodeURIComponent(parts[0]), decodeURIComponent(parts[1]));
    }
    const stack = isMap(response.body) ? response.body.stack : undefined;
    if (isMap(stack)) return identity(String(stack.stack_name), String(stack.id));
    throw new CommandError(`The server's answer for stack ${nameOrId} cannot be understood.`);
  }

  /** The stack as `GET S` shows it. */
  async showStack(stack: StackIdentity, options: { readonly outputs: boolean }): Promise<JsonMap> {
    const query: Query = options.outputs ? {} : { resolve_outputs: 'False' };
    const shown = (await this.get(stack.path, query)).stack;
    return isMap(shown) ? (shown as JsonMap) : {};
  }

  async #object(request: TransportRequest): Promise<JsonMap> {
    const response = await this.transport.request(request);
    if (response.status >= 400) throw apiErrorOf(response);
    const followed = response.status === 302 ? await this.#follow(request, response) : response;
    return isMap(followed.body) ? (followed.body as JsonMap) : {};
  }

  async #follow(request: TransportRequest, response: TransportResponse): Promise<TransportResponse> {
    const path = /\/stacks\/.*$/.exec(response.headers.location ?? '')?.[0];
    if (path === undefined)
      throw new ApiError(302, 'Redirect', 'The server redirects to a place that cannot be understood.');
    const { query: _, ...rest } = request;
    const followed = await this.transport.request({ ...rest, path });
    if (followed.status >= 400) throw apiErrorOf(followed);
    return followed;
  }
}

function identity(name: string, id: string): StackIdentity {
  return { name, id, path: `/stacks/${encodeURIComponent(name)}/${encodeURIComponent(id)}` };
}
