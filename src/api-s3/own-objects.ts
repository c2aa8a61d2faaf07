import type { Caller } from '../engine/stacks/requests.js';
import type { ObjectStore } from './object-store.js';
import { blobRanges } from './objects.js';
import { S3Error } from './s3-error.js';

/** The place of an object in a store. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** Where our own endpoint can be reached. */
export interface OwnAddress {
  /** `http://127.0.0.1:8004`; more than one if it has more names. */
  readonly baseUrls: readonly string[];
  readonly mount: string;
}

const AWS_HOST = /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?$/;

/**
 * The bucket and key that an address means in our own store: of our own endpoint, of S3's (`s3://`, path style, virtual
 * hosts); undefined for every other address.
 */
export function ownPlace(text: string, own: OwnAddress): ObjectPlace | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Whatever it is, it is no address of ours.
    return undefined;
  }
  if (url.protocol === 's3:') return place(url.hostname, url.pathname);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const aws = AWS_HOST.exec(url.hostname);
  if (aws) return aws[1] === undefined ? pathStyle(url.pathname) : place(aws[1], url.pathname);
  for (const base of own.baseUrls) {
    const { host, port } = new URL(base);
    if (!url.pathname.startsWith(`${own.mount}/`)) continue;
    const below = url.pathname.slice(own.mount.length);
    if (url.host === host) return pathStyle(below);
    if (url.port === port && isLoopback(url.hostname) && isLoopback(new URL(base).hostname)) return pathStyle(below);
    if (url.port === port && url.hostname.endsWith('.localhost'))
      return place(url.hostname.slice(0, -'.localhost'.length), below);
  }
  return undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

function pathStyle(path: string): ObjectPlace | undefined {
  const match = /^\/([^/]+)(\/.*)$/.exec(path);
  return match ? place(match[1] ?? '', match[2] ?? '') : undefined;
}

function place(bucket: string, path: string): ObjectPlace | undefined {
  try {
    const key = decodeURIComponent(path.replace(/^\//, ''));
    return bucket === '' || key === '' ? undefined : { bucket, key };
  } catch {
    // Broken escapes name nothing.
    return undefined;
  }
}

/** Reads an object that an address of our own means; undefined if the address is not ours. Rejects with an Error whose message may be shown. */
export async function resolveOwnObject(
  store: ObjectStore,
  own: OwnAddress,
  url: string,
  caller: Pick<Caller, 'projectId'>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const found = ownPlace(url, own);
  if (!found) return undefined;
  const { name } = await store.bucket(caller, found.bucket).catch((cause: unknown) => {
    throw new Error(`S3 error: ${cause instanceof S3Error ? cause.message : String(cause)}`, { cause });
  });
  const object = store.records.object(name, found.key);
  if (!object) throw new Error('S3 error: The specified key does not exist.');
  if (object.size > maxBytes)
    throw new Error(`S3 error: the object has ${object.size} bytes, more than the ${maxBytes} that are read.`);
  const release = store.blobs.hold(object.parts.map(({ blob }) => blob));
  try {
    const pieces: Buffer[] = [];
    for await (const piece of store.blobs.read(blobRanges(object, 0, object.size))) pieces.push(piece);
    return Buffer.concat(pieces);
  } finally {
    release();
  }
}
