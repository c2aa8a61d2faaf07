import type { Transport, TransportRequest, TransportResponse } from '../../src/cli/transport/transport.js';
import type { Json, JsonMap } from '../../src/engine/model/value.js';

const ID = '7b7a6f2e-0000-4000-8000-000000000001';

/** One stack behind Heat's wire form; `script` holds what each further look at the events finds. */
export class FakeHeat implements Transport {
  readonly place = '/data';
  readonly requests: TransportRequest[] = [];
  closed = false;
  status = 'CREATE_COMPLETE';
  events: JsonMap[] = [];
  /** Batches of new events; after the last one the stack has the final status. */
  script: JsonMap[][] = [];
  finalStatus = 'CREATE_COMPLETE';
  outputs: JsonMap[] = [];
  resources: JsonMap[] = [];
  replies = new Map<string, { status: number; body: Json }>();

  constructor(readonly inProcess = false) {}

  /** Answers a request `METHOD /path` with the given body from now on. */
  reply(route: string, body: Json, status = 200): void {
    this.replies.set(route, { status, body });
  }

  request(request: TransportRequest): Promise<TransportResponse> {
    this.requests.push(request);
    return Promise.resolve(this.#answer(request));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #answer({ method, path, query, body }: TransportRequest): TransportResponse {
    const fixed = this.replies.get(`${method} ${path}`);
    if (fixed) return { headers: {}, ...fixed };
    const stack = `/stacks/web/${ID}`;
    if (method === 'POST' && path === '/stacks') {
      this.status = 'CREATE_IN_PROGRESS';
      return ok({ stack: { id: ID, links: [] } }, 201);
    }
    if (method === 'GET' && (path === '/stacks/web' || path === `/stacks/${ID}`)) {
      return { status: 302, headers: { location: `http://h/v1/p${stack}` }, body: null };
    }
    if (path === stack && method === 'GET') return ok({ stack: this.#shown() });
    if (path === stack && (method === 'PUT' || method === 'PATCH')) {
      this.status = 'UPDATE_IN_PROGRESS';
      return ok(null, 202);
    }
    if (path === stack && method === 'DELETE') {
      this.status = 'DELETE_IN_PROGRESS';
      return ok(null, 204);
    }
    if (path === `${stack}/actions`) {
      this.status = `${Object.keys(body as JsonMap)[0]?.toUpperCase()}_IN_PROGRESS`;
      return ok(null);
    }
    if (path === `${stack}/events`) return ok({ events: this.#eventsFor(query ?? {}) });
    if (path === `${stack}/resources`) return ok({ resources: this.resources });
    const error = { type: 'EntityNotFound', message: `The Stack (${path.split('/')[2]}) could not be found.` };
    return ok({ code: 404, title: 'Not Found', error }, 404);
  }

  #shown(): JsonMap {
    return {
      id: ID,
      stack_name: 'web',
      description: 'No description',
      creation_time: '2026-01-01T00:00:00Z',
      updated_time: null,
      stack_status: this.status,
      stack_status_reason: 'Stack went on',
      parameters: { size: '2' },
      outputs: this.outputs,
      links: [{ rel: 'self', href: `http://h/v1/p/stacks/web/${ID}` }],
      template_description: 'No description',
      timeout_mins: null,
    };
  }

  #eventsFor(query: NonNullable<TransportRequest['query']>): JsonMap[] {
    if (query.sort_dir === 'desc') return this.events.slice(-1);
    const batch = this.script.shift();
    if (batch !== undefined) {
      this.events.push(...batch);
      if (this.script.length === 0) this.status = this.finalStatus;
    }
    const at = this.events.findIndex((event) => event.id === query.marker);
    return this.events.slice(at + 1);
  }
}

function ok(body: Json, status = 200): TransportResponse {
  return { status, headers: {}, body };
}

let counter = 0;

/** An event of the fake stack, or of a stack inside it. */
export function event(
  resource: string,
  status: string,
  rest: Partial<{ reason: string; physicalId: string; stack: string; stackId: string }> = {},
): JsonMap {
  const { reason = 'state changed', stack = 'web', stackId = ID } = rest;
  counter += 1;
  return {
    id: `event-${counter}`,
    event_time: '2026-01-01T00:00:00Z',
    resource_name: resource,
    logical_resource_id: resource,
    resource_status: status,
    resource_status_reason: reason,
    physical_resource_id: rest.physicalId ?? (resource === stack ? stackId : ''),
    links: [{ rel: 'stack', href: `http://h/v1/p/stacks/${stack}/${stackId}` }],
  };
}

/** A resource of the fake stack as the API lists it. */
export function resource(name: string, status = 'INIT_COMPLETE', nestedId?: string): JsonMap {
  const links = [{ rel: 'stack', href: `http://h/v1/p/stacks/web/${ID}` }];
  if (nestedId !== undefined) links.push({ rel: 'nested', href: `http://h/v1/p/stacks/web-${name}/${nestedId}` });
  return {
    resource_name: name,
    resource_type: 'OS::Heat::None',
    resource_status: status,
    resource_status_reason: '',
    physical_resource_id: nestedId ?? '',
    links,
  };
}

export const STACK_ID = ID;
