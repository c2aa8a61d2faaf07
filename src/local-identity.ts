import { createIdentityApi } from './api-identity/identity-api.js';
import { systemClock } from './engine/model/clock.js';
import { InvariantError } from './engine/model/errors.js';
import type { Json } from './engine/model/value.js';
import { openStore, type Store } from './engine/store/store.js';
import { openFolderIdentity, USUAL_ADDRESS } from './folder-identity.js';
import { DEFAULT_DOMAIN_ID } from './identity/bootstrap.js';
import type { Identity } from './identity/identity.js';
import { IdentityError } from './identity/identity-error.js';

/** A request of the identity API of a data folder. */
export interface LocalIdentityRequest {
  readonly method: string;
  /** Below `/v3`. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers?: { readonly [name: string]: string };
  readonly body?: Json;
}

/** The identity service of a data folder, in this process, with its administrator's token. */
export interface LocalIdentity {
  readonly token: string;
  send(request: LocalIdentityRequest): Promise<{ readonly status: number; readonly body: Json }>;
  close(): Promise<void>;
}

/** Opens a data folder that no server holds; whoever may read its key is its administrator. */
export async function openLocalIdentity(dataDir: string): Promise<LocalIdentity> {
  const store = await openStore({ dataDir });
  try {
    return await open(store, dataDir);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function open(store: Store, dataDir: string): Promise<LocalIdentity> {
  const identity = await openFolderIdentity(store, systemClock, dataDir);
  const token = await administratorToken(identity);
  const api = createIdentityApi({
    identity,
    now: systemClock.now,
    reportBug: (cause) => {
      throw new InvariantError('the identity service failed', {}, { cause });
    },
  });
  return {
    token,
    async send({ method, path, query, headers, body }) {
      const response = await api.handle({
        method,
        path: `/identity/v3${path}`,
        query,
        headers: { 'x-auth-token': token, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        baseUrl: USUAL_ADDRESS,
      });
      return {
        status: response.status,
        body: response.body === undefined ? null : (JSON.parse(response.body) as Json),
      };
    },
    async close() {
      await identity.tokens.revoke(token);
      await store.close();
    },
  };
}

async function administratorToken(identity: Identity): Promise<string> {
  const user = await identity.users.byName(DEFAULT_DOMAIN_ID, 'admin');
  const project = await identity.projects.byName(DEFAULT_DOMAIN_ID, 'admin');
  const scope = project ? ({ kind: 'project', id: project.id } as const) : ({ kind: 'system' } as const);
  const issued = user && (await identity.tokens.issue({ userId: user.id, scope, methods: ['password'] }));
  if (issued) return issued.text;
  throw new IdentityError(
    'unauthorized',
    'The account admin of this data folder was disabled or lost its role: serve the folder and log in as another administrator.',
  );
}
