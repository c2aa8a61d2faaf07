import type { Clock } from './engine/model/clock.js';
import type { Store } from './engine/store/store.js';
import { writeCredentialFiles } from './identity/credential-files.js';
import { createIdentity, type Identity } from './identity/identity.js';
import { LOCAL_PROJECT_ID } from './local-caller.js';

/** Where the server will be, unless it is told otherwise; it renews this when it starts. */
export const USUAL_ADDRESS = 'http://127.0.0.1:8004';

/**
 * The identity service of a data folder that nobody serves. Whoever sets it up first writes the credentials down: a server
 * that comes later cannot, it does not know the passwords.
 */
export async function openFolderIdentity(store: Store, clock: Clock, dataDir: string | undefined): Promise<Identity> {
  const config = { demoProjectId: LOCAL_PROJECT_ID };
  const identity = await createIdentity({ documents: store.documents, clock, config });
  const { bootstrapped: secrets, region } = identity;
  if (secrets && dataDir !== undefined) writeCredentialFiles(dataDir, { baseUrl: USUAL_ADDRESS, region, secrets });
  return identity;
}
