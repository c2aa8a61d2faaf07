import { connect } from 'node:net';
import type { FuzzRequest } from './requests.js';

/** How long an answer may take before the run calls it hung. */
const PATIENCE_MS = 30_000;

const GARBAGE = Buffer.concat([Buffer.from('\u0000\u0001 nonsense\r\nHTTP/9 GET\r\n\r\n'), Buffer.alloc(200, 0xff)]);

/** What came back: the status of the first answer, 0 if the server closed without one, -1 if it said nothing at all. */
export interface Outcome {
  readonly status: number;
  readonly ms: number;
  readonly text: string;
}

/** Sends the bytes of a request by a connection of its own, well-formed or not, and waits for what comes back. */
export function deliver(port: number, { method, target, headers, body, delivery }: FuzzRequest): Promise<Outcome> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let isOver = false;
    const socket = connect(port, '127.0.0.1');
    const finish = (fallback: number) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(patience);
      socket.destroy();
      const text = Buffer.concat(chunks).toString();
      const found = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)]
        .map(([, digits]) => Number(digits))
        .find((status) => status !== 100);
      resolve({ status: found ?? fallback, ms: performance.now() - startedAt, text });
    };
    const patience = setTimeout(() => finish(-1), PATIENCE_MS);
    socket.on('error', () => finish(0));
    socket.on('close', () => finish(0));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // An event stream has no end: its beginning is enough.
      if (/content-type: text\/event-stream/i.test(chunk.toString('latin1'))) finish(0);
    });
    socket.write(head(method, target, headers, body, delivery));
    const bytes = body ?? Buffer.alloc(0);
    if (delivery === 'truncated') {
      socket.write(bytes.subarray(0, Math.floor(bytes.length / 2)));
      socket.end();
    } else if (delivery === 'slow') {
      // Never finishes its body; the client gives up, not the server.
      socket.write(bytes.subarray(0, 1));
      setImmediate(() => socket.destroy());
    } else if (delivery === 'chunked') {
      for (let at = 0; at < bytes.length; at += 7000) {
        const piece = bytes.subarray(at, at + 7000);
        socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
      }
      socket.write('0\r\n\r\n');
    } else if (delivery === 'pipelined garbage') socket.write(Buffer.concat([bytes, GARBAGE]));
    else socket.write(bytes);
  });
}

/** Headers as they are, even those that an HTTP library would refuse to send. */
function head(
  method: string,
  target: string,
  headers: FuzzRequest['headers'],
  body: Buffer | undefined,
  delivery: FuzzRequest['delivery'],
): Buffer {
  const length = body?.length ?? 0;
  const framing =
    delivery === 'chunked'
      ? ['transfer-encoding: chunked']
      : body === undefined && delivery !== 'truncated' && delivery !== 'slow'
        ? []
        : [`content-length: ${delivery === 'truncated' || delivery === 'slow' ? length + 10 : length}`];
  // Raw: bytes above ASCII and control characters go onto the wire in the request line.
  const line = delivery === 'raw' ? `${method} ${decodeLatin1(target)} HTTP/1.1` : `${method} ${target} HTTP/1.1`;
  const host = 'host' in headers ? [] : ['host: 127.0.0.1'];
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([line, ...host, 'connection: close', ...framing, ...fields, '', ''].join('\r\n'), 'latin1');
}

const decodeLatin1 = (target: string): string =>
  target.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
