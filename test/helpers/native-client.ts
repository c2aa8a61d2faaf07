import type { ApiResponse, EventFeed, NativeApi, NativeApiDeps } from '../../src/api-native/api-types.js';
import { createNativeApi } from '../../src/api-native/native-api.js';
import { parseQuery } from '../../src/api-native/query.js';
import type { ResourceSchema } from '../../src/engine/drivers/resource-schema.js';
import type { Caller, EventView } from '../../src/engine/stacks/requests.js';
import { EMPTY_SOFTWARE, FakeStacks, MEMBER, NOON } from './fake-stacks.js';

const TEST_RESOURCE: ResourceSchema = {
  type: 'OS::Heat::TestResource',
  origin: 'heat',
  properties: { value: { type: 'string', required: false, onChange: 'update', default: 'test_string' } },
  attributes: { output: {} },
  supportStatus: { status: 'SUPPORTED', version: '5.0.0', message: null, previous: null },
  nameLimit: 255,
  className: 'TestResource',
  canSnapshot: false,
  capabilities: { check: true, suspend: true, signal: true },
};

/** A feed that tests push events into. */
export class FakeFeed implements EventFeed {
  readonly #listeners = new Set<(events: readonly EventView[]) => void>();

  subscribe(listener: (events: readonly EventView[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(...events: EventView[]): void {
    for (const listener of this.#listeners) listener(events);
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

/** Everything that the API needs, made of fakes. */
export function fakeDeps(over: Partial<NativeApiDeps> = {}): NativeApiDeps {
  return {
    stacks: new FakeStacks(),
    software: EMPTY_SOFTWARE,
    catalogue: {
      list: () => [
        { type: 'OS::Heat::TestResource', status: 'SUPPORTED', version: '5.0.0', description: 'for tests' },
        { type: 'OS::Nova::Flavor', status: 'SUPPORTED', version: '2014.1' },
      ],
      schema: (type) => (type === TEST_RESOURCE.type ? TEST_RESOURCE : undefined),
      view: (schema) => ({ resource_type: schema.type }),
      providerTemplate: (_schema, language) => ({ language }),
    },
    templates: {
      versions: () => [{ version: 'heat_template_version.2018-08-31', type: 'hot', aliases: [] }],
      functions: (version) => (version.startsWith('heat') ? [{ functions: 'get_attr', description: 'd' }] : undefined),
    },
    serviceInfo: { apiRevision: 'unknown', engineRevision: 'unknown', services: async () => [] },
    feed: new FakeFeed(),
    limits: { maxJsonBodyBytes: 10_000, maxTemplateBytes: 1000 },
    features: { adopt: true, abandon: true, globalIndex: false },
    authUrl: (baseUrl) => `${baseUrl}/identity`,
    fetchTemplate: async (url) => {
      throw new Error(`Failed to retrieve template from ${url}`);
    },
    now: () => NOON,
    reportBug: () => {},
    ...over,
  };
}

export interface SendOptions {
  readonly caller?: Caller | null;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
}

/** An answer whose body was parsed. */
export type Answer = ApiResponse & { readonly json: any };

/** Sends requests to an API in process; paths are below the project unless they begin with `//`. */
export function clientOf(api: NativeApi) {
  return async (method: string, target: string, options: SendOptions = {}): Promise<Answer> => {
    const [path = '', query = ''] = (target.startsWith('//') ? target.slice(1) : `/v1/p1${target}`).split('?');
    const { body, caller = MEMBER } = options;
    const response = await api.handle({
      method,
      path,
      query: parseQuery(query),
      headers: { accept: 'application/json', ...options.headers },
      baseUrl: 'http://heat:8004',
      ...(caller === null ? {} : { caller }),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const isJson = response.headers['content-type']?.startsWith('application/json');
    return { ...response, json: isJson && response.body ? JSON.parse(response.body) : undefined };
  };
}

/** An API over a fake engine, with what tests need to look behind it. */
export function fakeApi(over: Partial<NativeApiDeps> = {}) {
  const stacks = new FakeStacks();
  const feed = new FakeFeed();
  const api = createNativeApi(fakeDeps({ stacks, feed, ...over }));
  return { api, stacks, feed, send: clientOf(api) };
}
