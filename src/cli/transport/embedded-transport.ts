import type { Transport } from './transport.js';

/** What is under way may end by itself for so long; all else goes on with the next command on the folder. */
const CLOSE_GRACE_MS = 500;

/** Opens the engine in this process on a data folder. */
export async function openEmbeddedTransport(
  dataDir: string,
  notice: (text: string) => void = () => undefined,
): Promise<Transport> {
  const { openEmbedded } = await import('../../embedded.js');
  const engine = await openEmbedded({ dataDir, closeGraceMs: CLOSE_GRACE_MS, notice });
  return {
    inProcess: true,
    place: dataDir,
    request: (request) => engine.request(request),
    close: () => engine.close(),
  };
}
