import { createNativeApi } from './api-native/native-api.js';
import { createEngine, type Engine } from './create-engine.js';
import { OwnershipLostError } from './engine/model/errors.js';
import type { Json, JsonMap } from './engine/model/value.js';
import { LOCAL_PROJECT_ID, localCaller } from './local-caller.js';
import { createNativeDeps } from './native-deps.js';
import { ANY_HOST } from './outside/allowed-hosts.js';

/** One request of Heat's API, its path below the project: `/stacks/web`. */
export interface EmbeddedRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: { readonly [name: string]: string | readonly string[] };
  readonly body?: Json;
}

/** Its answer: header names in lower case, the body as parsed JSON (null if there is none). */
export interface EmbeddedResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: Json;
}

/** Heat's API without a server: the engine runs in this process. */
export interface Embedded {
  request(request: EmbeddedRequest): Promise<EmbeddedResponse>;
  /** Hands over what still runs to the next engine on the folder. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** How long running driver calls may take to end when the engine is closed. */
  readonly closeGraceMs?: number;
  /** Takes what the engine has to say while it works: that the disk is full and it waits, say. */
  readonly notice?: (text: string) => void;
}

const CLOSE_GRACE_MS = 5000;

/** Requests that change nothing although they are not GET. */
const ONLY_LOOKS = /^\/validate$|\/preview$/;

/**
 * Opens the engine on a data folder. Where another process runs one already, looking still works: only requests that
 * change something are refused then.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { engine, busy } = await openEngine(options);
  const api = createNativeApi(createNativeDeps(engine));
  return {
    async request({ method, path, query, body }) {
      if (busy && method !== 'GET' && !ONLY_LOOKS.test(path)) throw busy;
      const response = await api.handle({
        method,
        path: `/v1/${LOCAL_PROJECT_ID}${path}`,
        query: Object.entries(query ?? {}).flatMap(([name, values]) =>
          [values].flat().map((value) => [name, value] as const),
        ),
        headers: { accept: 'application/json', 'content-type': 'application/json', 'x-baton-diagnostics': 'all' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        caller: localCaller(),
        baseUrl: 'http://localhost',
      });
      const isJson = response.headers['content-type']?.includes('json');
      return {
        status: response.status,
        headers: response.headers,
        body: isJson && response.body ? JSON.parse(response.body) : null,
      };
    },
    close: () => engine.close(options.closeGraceMs ?? CLOSE_GRACE_MS),
  };
}

async function openEngine({
  dataDir,
  notice,
}: EmbeddedOptions): Promise<{ engine: Engine; busy: OwnershipLostError | undefined }> {
  try {
    const log = notice && noticed(notice);
    const engine = await createEngine({ dataDir, surroundings: { outbound: ANY_HOST }, ...(log ? { log } : {}) });
    return { engine, busy: undefined };
  } catch (error) {
    if (!(error instanceof OwnershipLostError)) throw error;
    return { engine: await createEngine({ dataDir, readOnly: true }), busy: error };
  }
}

/** The engine's log as notices to a person: each once, and none of calls that are only tried again. */
function noticed(notice: (text: string) => void): (message: string, fields?: JsonMap) => void {
  const told = new Set<string>();
  return (message, fields = {}) => {
    if ('attempt' in fields) return;
    const { stack: _, ...rest } = fields;
    const details = Object.entries(rest).map(([name, value]) => `${name}: ${String(value)}`);
    const text = [message, ...details].join('; ');
    if (told.has(text)) return;
    told.add(text);
    notice(text);
  };
}
