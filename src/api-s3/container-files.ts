import type { Caller } from '../engine/stacks/requests.js';
import type { ObjectRecord } from './object-records.js';
import type { ObjectStore } from './object-store.js';
import { blobRanges } from './objects.js';

/**
 * The texts of all objects of a bucket, by their keys, but for those in `skip`: what a request leaves out of its files.
 * Rejects with an S3Error if there is no such bucket, with a RangeError if they are more than `maxBytes`.
 */
export async function containerFiles(
  store: ObjectStore,
  caller: Pick<Caller, 'projectId'>,
  container: string,
  { maxBytes, skip }: { readonly maxBytes: number; readonly skip: ReadonlySet<string> },
): Promise<{ [name: string]: string }> {
  const { name } = await store.bucket(caller, container);
  const objects = [...store.records.objects(name).values()].filter(({ key }) => !skip.has(key));
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  if (bytes > maxBytes) {
    throw new RangeError(
      `Total size of files to download (${bytes} bytes) exceeds maximum allowed (${maxBytes} bytes).`,
    );
  }
  const release = store.blobs.hold(objects.flatMap(({ parts }) => parts.map(({ blob }) => blob)));
  try {
    const texts: [string, string][] = [];
    for (const object of objects) texts.push([object.key, await textOf(store, object)]);
    return Object.fromEntries(texts);
  } finally {
    release();
  }
}

async function textOf(store: ObjectStore, object: ObjectRecord): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of store.blobs.read(blobRanges(object, 0, object.size))) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
