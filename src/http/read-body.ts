import type { IncomingMessage } from 'node:http';

/** The body of a request; of one that is too long only its length. */
export interface ReadBody {
  readonly body?: Buffer;
  readonly oversized?: number;
}

/** The client went away before its request was complete. */
export class RequestAbortedError extends Error {
  constructor() {
    super('the client closed the connection before its request was complete');
    this.name = 'RequestAbortedError';
  }
}

/** A client that goes on sending beyond this is cut off instead of answered. */
const MAX_FORGOTTEN_BYTES = 16 * 1024 * 1024;

/** Reads a body of at most `maxBytes`; the rest of a longer one is read and forgotten, so that it can be answered. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  const { headers } = request;
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) {
    return Promise.resolve({});
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else if (size > maxBytes + MAX_FORGOTTEN_BYTES) request.destroy();
      else chunks.length = 0;
    });
    request.on('end', () => resolve(size > maxBytes ? { oversized: size } : { body: Buffer.concat(chunks) }));
    request.on('error', () => reject(new RequestAbortedError()));
    request.on('close', () => {
      if (!request.complete) reject(new RequestAbortedError());
    });
  });
}
