import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** Names, IPv4 and bracketed IPv6 addresses, each with or without a port. */
const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9._-]*)|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;

const first = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();

/**
 * Scheme, host and port as the client wrote them, with what a proxy in front tells (`X-Forwarded-*`). Anything that is
 * not a host name falls back to our own address, so that nobody puts text of their choice into our links.
 */
export function baseUrlOf(request: IncomingMessage): string {
  const { headers, socket } = request;
  const forwarded = first(headers['x-forwarded-proto'])?.toLowerCase();
  const own = (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
  const scheme = forwarded === 'http' || forwarded === 'https' ? forwarded : own;
  const host = [first(headers['x-forwarded-host']), headers.host].find((name) => name !== undefined && HOST.test(name));
  const prefix = first(headers['x-forwarded-prefix']) ?? '';
  return `${scheme}://${host ?? ownHost(request)}${/^(\/[\w.~-]+)+$/.test(prefix) ? prefix : ''}`;
}

function ownHost({ socket }: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort = 80, localFamily } = socket;
  return localFamily === 'IPv6' ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
