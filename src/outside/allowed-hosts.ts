import { type LookupAddress, lookup as resolveName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPrivateAddress, isWithin, networksOf } from './private-addresses.js';

/** Which services of others may be asked, for templates, custom resources, macros and web hooks. */
export interface AllowedHosts {
  /** `templates.example.com`, or `*.example.com` for all below it, or `*`; a name with a port allows only that port. */
  readonly hosts: readonly string[];
  /** Private networks (`10.1.0.0/16`) that may be reached although they are private; none if absent. */
  readonly privateNetworks?: readonly string[];
  /** How names become addresses; the system's way if absent. */
  readonly lookup?: LookupFunction;
}

/** For an engine in the hands of the one whose machine it is: he may reach what he could reach himself. */
export const ANY_HOST: AllowedHosts = { hosts: ['*'], privateNetworks: ['0.0.0.0/0', '::/0'] };

/** For an engine that nobody has told where it may go. */
export const NO_HOST: AllowedHosts = { hosts: [] };

/** Thrown for addresses that may not be asked; the message says which setting would allow them. */
export class HostRefused extends Error {}

/** What is asked. */
export interface WebRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * Asks a host that the list allows, by http or https. Redirections are not followed, and whatever a name resolves to,
 * private networks are reached only if the list has them. Rejects with HostRefused before anything is sent.
 */
export async function askAllowed(address: string, allowed: AllowedHosts, asked: WebRequest): Promise<IncomingMessage> {
  const url = allowedUrl(address, allowed);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const call = send(
      url,
      {
        method: asked.method,
        headers: { ...asked.headers },
        lookup: guarded(allowed),
        signal: asked.signal,
        agent: false,
      },
      resolve,
    );
    call.on('error', reject);
    call.end(asked.body);
  });
}

function allowedUrl(address: string, allowed: AllowedHosts): URL {
  if (!URL.canParse(address)) throw new HostRefused(`${address} is not an http or https URL`);
  const url = new URL(address);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '')
    throw new HostRefused(`${address} is not an http or https URL`);
  if (!allowed.hosts.some((pattern) => fits(pattern, url)))
    throw new HostRefused(`the host ${url.host} is not allowed: see outbound.hosts in the configuration`);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isReachable(literal, allowed)) throw privateRefusal(literal);
  return url;
}

function fits(pattern: string, url: URL): boolean {
  const wanted = pattern.toLowerCase();
  if (wanted === '*') return true;
  if (wanted.startsWith('*.')) return url.hostname.endsWith(wanted.slice(1));
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return wanted === url.hostname || wanted === `${url.hostname}:${port}`;
}

function isReachable(address: string, { privateNetworks = [] }: AllowedHosts): boolean {
  return !isPrivateAddress(address) || isWithin(networksOf(privateNetworks), address);
}

function privateRefusal(name: string): HostRefused {
  return new HostRefused(`${name} is in a private network: see outbound.private_networks in the configuration`);
}

/** Checks what a name resolves to and connects to just that: a second look-up could say something else. */
function guarded(allowed: AllowedHosts): LookupFunction {
  const lookup = allowed.lookup ?? (resolveName as LookupFunction);
  return (name, options, callback) => {
    lookup(name, options, (error, found, family) => {
      const addresses = (Array.isArray(found) ? found : [{ address: found, family: family ?? 4 }]) as LookupAddress[];
      if (!error && addresses.some((one) => !isReachable(one.address, allowed))) callback(privateRefusal(name), '', 4);
      else callback(error, found, family);
    });
  };
}
