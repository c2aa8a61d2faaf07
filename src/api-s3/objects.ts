import type { BlobRange } from './blobs.js';
import { rangeOf, readConditions, writeConditions } from './conditions.js';
import { keptHeaders, objectHeaders, refuseUnsupported, taggingHeader } from './object-headers.js';
import type { ObjectRecord } from './object-records.js';
import { receiveBody, receiveText } from './receive-body.js';
import { asked, isoTime, type S3Answer, type S3Call, xmlAnswer } from './s3-call.js';
import { S3Error } from './s3-error.js';
import { headerOf } from './s3-request.js';
import { readXml, writeXml } from './xml.js';

/** The object that a request names; NoSuchKey if there is none. */
export async function needObject(call: S3Call): Promise<ObjectRecord> {
  const { store, caller, request } = call;
  const { name } = await store.bucket(caller, request.bucket);
  return objectIn(call, name);
}

function objectIn(call: S3Call, bucket: string): ObjectRecord {
  const { store, request } = call;
  const version = asked(call, 'versionId');
  const object = store.records.object(bucket, request.key);
  if (version !== undefined && version !== 'null')
    throw new S3Error('NoSuchVersion', undefined, { Key: request.key, VersionId: version.slice(0, 200) });
  if (!object) throw new S3Error('NoSuchKey', undefined, { Key: request.key });
  return object;
}

/** `PUT` of an object: on disk, durable, then known. */
export async function putObject(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  refuseUnsupported(request);
  const headers = keptHeaders(request);
  const tags = taggingHeader(request);
  writeConditions(request, store.records.object(bucket.name, request.key));
  const { bytes, checksums } = receiveBody(request, call.signer, store.limits.maxObjectBytes);
  const blob = await store.blobs.write(bytes);
  const object: ObjectRecord = {
    bucket: bucket.name,
    key: request.key,
    size: blob.size,
    etag: blob.md5,
    modifiedAt: store.now(),
    parts: [{ blob: blob.id, size: blob.size }],
    isMultipart: false,
    headers,
    tags,
    checksums: Object.fromEntries(checksums),
  };
  await keepObject(call, object);
  return {
    status: 200,
    headers: { etag: `"${object.etag}"`, 'x-amz-server-side-encryption': 'AES256', ...object.checksums },
  };
}

/** Makes an object known in its turn: of two writers with a condition only one may win, and its bucket must still be there. */
export async function keepObject(
  { store, request, caller }: S3Call,
  object: ObjectRecord,
  options: { readonly keepsBlobs?: boolean } = {},
): Promise<void> {
  const own = object.parts.map(({ blob }) => blob);
  await store.records.turns.run(`${object.bucket}/${object.key}`, async () => {
    try {
      await store.bucket(caller, object.bucket);
      writeConditions(request, store.records.object(object.bucket, object.key));
      await store.blobs.remove(...(await store.records.putObject(object)));
    } catch (error) {
      if (!options.keepsBlobs) await store.blobs.remove(...own);
      throw error;
    }
  });
}

/** `GET` and `HEAD` of an object. */
export async function getObject(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const { name } = await store.bucket(caller, request.bucket);
  // From here to the hold on its blobs nothing is waited for: nobody removes them in between.
  const object = objectIn(call, name);
  const headers = objectHeaders(object, request);
  if (readConditions(request, object) === 'not-modified') {
    const { etag = '', 'last-modified': modified = '' } = headers;
    return { status: 304, headers: { etag, 'last-modified': modified } };
  }
  const part = partOf(call, object);
  const range = part ?? rangeOf(request, object.size);
  const { start, end } = range ?? { start: 0, end: object.size };
  const shown = {
    ...headers,
    'content-length': String(end - start),
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${object.size}` } : {}),
    ...(part ? { 'x-amz-mp-parts-count': String(object.parts.length) } : {}),
  };
  const status = range ? 206 : 200;
  if (request.method === 'HEAD') return { status, headers: shown };
  return {
    status,
    headers: shown,
    body: store.blobs.read(blobRanges(object, start, end)),
    done: store.blobs.hold(object.parts.map(({ blob }) => blob)),
  };
}

/** The bytes of the part that `partNumber` asks for. */
function partOf(
  call: S3Call,
  { parts, size, isMultipart }: ObjectRecord,
): { readonly start: number; readonly end: number } | undefined {
  const text = asked(call, 'partNumber');
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number < 1)
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  if (!isMultipart) {
    if (number !== 1) throw new S3Error('InvalidRange', 'The requested partnumber is not satisfiable');
    return size === 0 ? undefined : { start: 0, end: size };
  }
  const part = parts[number - 1];
  if (!part) throw new S3Error('InvalidRange', 'The requested partnumber is not satisfiable');
  const start = parts.slice(0, number - 1).reduce((sum, one) => sum + one.size, 0);
  return { start, end: start + part.size };
}

/** Where the bytes of an object lie. */
export function blobRanges({ parts }: ObjectRecord, start: number, end: number): BlobRange[] {
  const ranges: BlobRange[] = [];
  let at = 0;
  for (const { blob, size } of parts) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, size);
    if (from < to) ranges.push({ id: blob, start: from, end: to });
    at += size;
  }
  return ranges;
}

/** `DELETE` of an object: that it is not there is success. */
export async function deleteObject(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  const object = store.records.object(bucket.name, request.key);
  const match = headerOf(request, 'if-match');
  if (match !== undefined && object) writeConditions(request, object);
  if (object) await store.blobs.remove(...(await store.records.removeObjects([object])));
  return { status: 204 };
}

/** `POST ?delete`: up to a thousand objects at once. */
export async function deleteObjects(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  const list = readXml(await receiveText(request, call.signer), 'Delete');
  const wanted = list.all('Object');
  if (wanted.length === 0 || wanted.length > 1000) throw new S3Error('MalformedXML');
  const isQuiet = list.text('Quiet') === 'true';
  const deleted: { Key: string }[] = [];
  const errors: { Key: string; Code: string; Message: string }[] = [];
  const gone = new Map<string, ObjectRecord>();
  for (const one of wanted) {
    const key = one.text('Key');
    if (key === undefined || key === '') throw new S3Error('MalformedXML');
    const version = one.text('VersionId');
    if (version !== undefined && version !== 'null' && version !== '') {
      errors.push({ Key: key, Code: 'NoSuchVersion', Message: 'The specified version does not exist.' });
      continue;
    }
    const object = store.records.object(bucket.name, key);
    if (object) gone.set(key, object);
    deleted.push({ Key: key });
  }
  await store.blobs.remove(...(await store.records.removeObjects([...gone.values()])));
  return xmlAnswer('DeleteResult', { ...(isQuiet ? {} : { Deleted: deleted }), Error: errors });
}

/** The tags of an object. */
export async function objectTagging(call: S3Call): Promise<S3Answer> {
  const { store, request } = call;
  const object = await needObject(call);
  if (request.method === 'GET') {
    const tags = Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value }));
    return xmlAnswer('Tagging', { TagSet: { Tag: tags } });
  }
  let tags: { [key: string]: string } = {};
  if (request.method === 'PUT') {
    const set =
      readXml(await receiveText(request, call.signer), 'Tagging')
        .child('TagSet')
        ?.all('Tag') ?? [];
    if (set.length > 10) throw new S3Error('InvalidTag', 'Object tags cannot be greater than 10');
    tags = Object.fromEntries(set.map((tag) => [tag.text('Key') ?? '', tag.text('Value') ?? '']));
    if (Object.keys(tags).length !== set.length)
      throw new S3Error('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  await store.records.putObject({ ...object, tags });
  return { status: request.method === 'PUT' ? 200 : 204 };
}

/** The names of a copy's source: `/bucket/key` or `bucket/key`, encoded. */
export function copySource(call: S3Call): { readonly bucket: string; readonly key: string } {
  const [path = '', version] = (headerOf(call.request, 'x-amz-copy-source') ?? '').split('?versionId=');
  let text: string;
  try {
    text = decodeURIComponent(path).replace(/^\//, '');
  } catch (cause) {
    throw new S3Error(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      {},
      { cause },
    );
  }
  const slash = text.indexOf('/');
  if (slash < 1 || slash === text.length - 1)
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  if (version !== undefined && version !== 'null') throw new S3Error('NoSuchVersion');
  return { bucket: text.slice(0, slash), key: text.slice(slash + 1) };
}

/** The object that a copy is made of, conditions checked. */
export async function sourceObject(call: S3Call): Promise<ObjectRecord> {
  const { bucket, key } = copySource(call);
  const { name } = await call.store.bucket(call.caller, bucket);
  const source = call.store.records.object(name, key);
  if (!source) throw new S3Error('NoSuchKey', undefined, { Key: key });
  if (readConditions(call.request, source, 'x-amz-copy-source-') === 'not-modified')
    throw new S3Error('PreconditionFailed');
  return source;
}

/** `PUT` with `x-amz-copy-source`: bytes of another object under a name of their own. */
export async function copyObject(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  refuseUnsupported(request);
  const source = await sourceObject(call);
  const replaces = headerOf(request, 'x-amz-metadata-directive')?.toUpperCase() === 'REPLACE';
  const replacesTags = headerOf(request, 'x-amz-tagging-directive')?.toUpperCase() === 'REPLACE';
  const isItself = source.bucket === bucket.name && source.key === request.key;
  if (isItself && !replaces && headerOf(request, 'x-amz-storage-class') === undefined) {
    throw new S3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const headers = replaces ? keptHeaders(request) : source.headers;
  const tags = replacesTags ? taggingHeader(request) : source.tags;
  const release = store.blobs.hold(source.parts.map(({ blob }) => blob));
  let object: ObjectRecord;
  try {
    const blob = await store.blobs.write(store.blobs.read(blobRanges(source, 0, source.size)));
    object = {
      ...source,
      bucket: bucket.name,
      key: request.key,
      etag: blob.md5,
      modifiedAt: store.now(),
      parts: [{ blob: blob.id, size: blob.size }],
      isMultipart: false,
      headers,
      tags,
    };
    await keepObject(call, object);
  } finally {
    release();
  }
  return xmlAnswer('CopyObjectResult', { ETag: `"${object.etag}"`, LastModified: isoTime(object.modifiedAt) });
}

/** `GET ?attributes`: facts of an object without its bytes. */
export async function objectAttributes(call: S3Call): Promise<S3Answer> {
  const object = await needObject(call);
  const wanted = (headerOf(call.request, 'x-amz-object-attributes') ?? '').split(',').map((one) => one.trim());
  const body = writeXml('GetObjectAttributesResponse', {
    ...(wanted.includes('ETag') ? { ETag: object.etag } : {}),
    ...(wanted.includes('ObjectParts') && object.isMultipart
      ? { ObjectParts: { TotalPartsCount: object.parts.length } }
      : {}),
    ...(wanted.includes('StorageClass') ? { StorageClass: 'STANDARD' } : {}),
    ...(wanted.includes('ObjectSize') ? { ObjectSize: object.size } : {}),
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'last-modified': new Date(object.modifiedAt).toUTCString() },
    body,
  };
}
