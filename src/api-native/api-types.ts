import type { ResourceSchema } from '../engine/drivers/resource-schema.js';
import type { JsonMap } from '../engine/model/value.js';
import type { Caller, EventView } from '../engine/stacks/requests.js';
import type { Software, Stacks } from '../engine/stacks/stacks.js';

/** One request of Heat's REST API, free of any server. */
export interface ApiRequest {
  readonly method: string;
  /** From the root, still percent-encoded: `/v1/{project}/stacks`. */
  readonly path: string;
  /** Decoded pairs in the order in which they were written. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body?: Buffer | string;
  /** How long the body was, when it was too long to be kept. */
  readonly oversizedBody?: number;
  /** Absent when nobody could be authenticated: all but the version documents then answer 401. */
  readonly caller?: Caller;
  /** Scheme, host and port under which the client reached us, without a slash at the end. */
  readonly baseUrl: string;
  /** `req-<uuid>`; made up if absent. */
  readonly requestId?: string;
}

/** Its answer. Either `body` (undefined: none) or `stream` is to be sent. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  /** Pieces of text without an end: server-sent events. */
  readonly stream?: EndlessText;
  /** The route's policy name, for logs and metrics: `stacks:show`. */
  readonly route?: string;
}

/** Text that goes on until whoever reads it has gone. */
export interface EndlessText {
  readonly pieces: AsyncIterable<string>;
  /** Ends it at once, even while it waits for something to tell. */
  cancel(): void;
}

/** What the engine tells of itself to `GET /services`. */
export interface EngineService {
  readonly id: string;
  readonly engineId: string;
  readonly hostname: string;
  readonly host: string;
  readonly createdAt: number;
  readonly updatedAt: number | undefined;
  readonly up: boolean;
}

/** Facts about this installation. */
export interface ServiceInfo {
  readonly apiRevision: string;
  readonly engineRevision: string;
  services(): Promise<readonly EngineService[]>;
}

/** One line of `GET /resource_types`. */
export interface TypeEntry {
  readonly type: string;
  readonly status: string;
  readonly version: string | null;
  readonly description?: string;
}

/** What the API needs to know of resource types. */
export interface TypeCatalogue {
  /** All types that may be listed, in order, without hidden ones and aliases. */
  list(caller: Caller): readonly TypeEntry[];
  schema(type: string): ResourceSchema | undefined;
  /** The answer of `GET /resource_types/{type}`. */
  view(schema: ResourceSchema, withDescription: boolean): JsonMap;
  providerTemplate(schema: ResourceSchema, language: 'hot' | 'cfn'): JsonMap;
  /** Why the type cannot be used here, e.g. its service has no endpoint; undefined if it can. */
  unavailable?(schema: ResourceSchema, caller: Caller): string | undefined;
}

/** What the API needs to know of the template languages. */
export interface TemplateLanguages {
  versions(): readonly {
    readonly version: string;
    readonly type: 'hot' | 'cfn';
    readonly aliases: readonly string[];
  }[];
  /** Name and one line of help of each function; undefined for an unknown version. */
  functions(
    version: string,
    withConditions: boolean,
  ): readonly { readonly functions: string; readonly description: string }[] | undefined;
}

/** Where events of all stacks come out as they are committed. */
export interface EventFeed {
  /** Calls the listener with new events, in order, until the returned function is called. */
  subscribe(listener: (events: readonly EventView[]) => void): () => void;
}

/** Bounds that answer Heat's `Request limit exceeded`. */
export interface ApiLimits {
  readonly maxJsonBodyBytes: number;
  readonly maxTemplateBytes: number;
}

/** Switches of Heat's configuration. */
export interface ApiFeatures {
  /** `enable_stack_adopt`. */
  readonly adopt: boolean;
  /** `enable_stack_abandon`. */
  readonly abandon: boolean;
  /** Whether administrators may list all projects; Heat's default policy lets nobody. */
  readonly globalIndex: boolean;
}

/** What the API is made of. */
export interface NativeApiDeps {
  readonly stacks: Stacks;
  readonly software: Software;
  readonly catalogue: TypeCatalogue;
  readonly templates: TemplateLanguages;
  readonly serviceInfo: ServiceInfo;
  readonly feed: EventFeed;
  readonly limits: ApiLimits;
  readonly features: ApiFeatures;
  /** The address of the identity service, for the header of a 401. */
  readonly authUrl: (baseUrl: string) => string;
  /** Gets the text behind a `template_url`; rejects with an Error whose message Heat would show. */
  readonly fetchTemplate: (url: string) => Promise<string>;
  /**
   * The texts of all objects in one of the project's containers, but for those named; rejects with an ApiError. Absent
   * where there are no objects.
   */
  readonly containerFiles?: (
    caller: Caller,
    container: string,
    skip: ReadonlySet<string>,
  ) => Promise<{ readonly [name: string]: string }>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of errors that are our own fault. */
  readonly reportBug: (error: unknown, requestId: string) => void;
}

/** The whole API as one function. */
export interface NativeApi {
  handle(request: ApiRequest): Promise<ApiResponse>;
}
