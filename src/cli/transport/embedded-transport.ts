import type { Transport } from './transport.js';

/** Opens the engine in this process on a data folder. */
export async function openEmbeddedTransport(dataDir: string): Promise<Transport> {
  const { openEmbedded } = await import('../../embedded.js');
  const engine = await openEmbedded({ dataDir });
  return {
    inProcess: true,
    place: dataDir,
    request: (request) => engine.request(request),
    close: () => engine.close(),
  };
}
