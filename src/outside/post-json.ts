import type { AllowedHosts } from './allowed-hosts.js';
import { postAllowed } from './post-allowed.js';

const TIMEOUT_MS = 10_000;

/** Posts JSON text to an allowed host; throws if it is not answered with a success in time. */
export async function postJson(url: string, body: string, allowed: AllowedHosts): Promise<void> {
  const { status } = await postAllowed(url, body, allowed, AbortSignal.timeout(TIMEOUT_MS));
  if (status < 200 || status >= 300) throw new Error(`${url} answered ${status}`);
}
