import { type LookupAddress, lookup as resolveName } from 'node:dns';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** From where texts may be got. */
export interface AllowedHosts {
  /** `templates.example.com`, or `*.example.com` for all below it; an address with a port allows only that. */
  readonly hosts: readonly string[];
  readonly maxBytes: number;
  readonly timeoutMs?: number;
  /** How names become addresses; the system's way if absent. */
  readonly lookup?: LookupFunction;
}

const TIMEOUT_MS = 10_000;

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** True for addresses that only some network inside has, this machine's own included. */
export function isPrivateAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  // Mapped addresses in hexadecimal are nobody's honest way to write one.
  if (/^::ffff:/i.test(plain)) return true;
  return PRIVATE.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Gets a text by http or https from a host that the list allows. Redirections are not followed, and whatever the name
 * resolves to, private networks are not reached. Rejects with an Error whose message may be shown.
 */
export async function fetchAllowed(address: string, allowed: AllowedHosts): Promise<string> {
  let url: URL;
  try {
    url = new URL(address);
  } catch (cause) {
    throw new Error('TemplateURL must be a supported URL.', { cause });
  }
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (!isWeb || url.username !== '' || !allowed.hosts.some((pattern) => fits(pattern, url)))
    throw new Error('TemplateURL must be a supported URL.');
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && isPrivateAddress(literal)) throw new Error('TemplateURL must be a supported URL.');
  const response = await request(url, allowed);
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`Failed to retrieve ${address}: status ${response.statusCode ?? 0}`);
  }
  return read(response, allowed.maxBytes);
}

function fits(pattern: string, url: URL): boolean {
  const wanted = pattern.toLowerCase();
  if (wanted.startsWith('*.')) return url.hostname.endsWith(wanted.slice(1));
  return wanted === url.hostname || wanted === url.host;
}

function request(
  url: URL,
  { timeoutMs = TIMEOUT_MS, lookup = resolveName as LookupFunction }: AllowedHosts,
): Promise<IncomingMessage> {
  const guarded: LookupFunction = (name, options, callback) => {
    lookup(name, options, (error, found, family) => {
      const addresses = (Array.isArray(found) ? found : [{ address: found, family: family ?? 4 }]) as LookupAddress[];
      if (!error && addresses.some((one) => isPrivateAddress(one.address)))
        callback(new Error(`${name} is in a private network`), '', 4);
      else callback(error, found, family);
    });
  };
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    const call = get(url, { lookup: guarded, signal: AbortSignal.timeout(timeoutMs), agent: false }, resolve);
    call.on('error', (cause) => reject(new Error(`Failed to retrieve ${url.href}`, { cause })));
  });
}

async function read(response: IncomingMessage, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxBytes) {
      response.destroy();
      throw new Error(`Template exceeds maximum allowed size (${maxBytes} bytes)`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
