import { createHash, randomBytes } from 'node:crypto';
import { rangeOf } from './conditions.js';
import { count, encoder } from './list-objects.js';
import { keptHeaders, refuseUnsupported, taggingHeader } from './object-headers.js';
import type { ObjectRecord, UploadPart, UploadRecord } from './object-records.js';
import { blobRanges, keepObject, sourceObject } from './objects.js';
import { receiveBody, receiveText } from './receive-body.js';
import { asked, isoTime, ownerOf, type S3Answer, type S3Call, xmlAnswer } from './s3-call.js';
import { S3Error } from './s3-error.js';
import { headerOf } from './s3-request.js';
import { readXml } from './xml.js';

/** `POST ?uploads`: begins an object that comes in parts. */
export async function beginUpload(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  refuseUnsupported(request);
  const upload: UploadRecord = {
    id: randomBytes(32).toString('base64url'),
    bucket: bucket.name,
    key: request.key,
    startedAt: store.now(),
    headers: keptHeaders(request),
    tags: taggingHeader(request),
  };
  await store.records.putUpload(upload);
  return xmlAnswer('InitiateMultipartUploadResult', { Bucket: upload.bucket, Key: upload.key, UploadId: upload.id });
}

async function needUpload(call: S3Call) {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  const id = asked(call, 'uploadId') ?? '';
  const found = store.records.uploads.get(id);
  if (!found || found.upload.bucket !== bucket.name || found.upload.key !== request.key)
    throw new S3Error('NoSuchUpload', undefined, { UploadId: id.slice(0, 200) });
  return found;
}

/** `PUT ?partNumber&uploadId`: a part, by its bytes or as a copy of another object's. */
export async function putPart(call: S3Call): Promise<S3Answer> {
  const { store, request } = call;
  const { upload } = await needUpload(call);
  const number = Number(asked(call, 'partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive', {
      ArgumentName: 'partNumber',
    });
  }
  const isCopy = headerOf(request, 'x-amz-copy-source') !== undefined;
  const { blob, checksums } = isCopy ? await copied(call) : await received(call);
  const part: UploadPart = {
    number,
    blob: blob.id,
    size: blob.size,
    etag: blob.md5,
    modifiedAt: store.now(),
    checksums,
  };
  // It may have been completed or given up while the part came.
  if (!store.records.uploads.has(upload.id)) {
    await store.blobs.remove(blob.id);
    throw new S3Error('NoSuchUpload', undefined, { UploadId: upload.id });
  }
  await store.blobs.remove(...(await store.records.putPart(upload.id, part)));
  if (isCopy) return xmlAnswer('CopyPartResult', { ETag: `"${part.etag}"`, LastModified: isoTime(part.modifiedAt) });
  return { status: 200, headers: { etag: `"${part.etag}"`, ...checksums } };
}

async function received(call: S3Call) {
  const { bytes, checksums } = receiveBody(call.request, call.signer, call.store.limits.maxObjectBytes);
  const blob = await call.store.blobs.write(bytes);
  return { blob, checksums: Object.fromEntries(checksums) };
}

async function copied(call: S3Call) {
  const { store, request } = call;
  const source = await sourceObject(call);
  const { start, end } = rangeOf(request, source.size, 'x-amz-copy-source-range') ?? { start: 0, end: source.size };
  const release = store.blobs.hold(source.parts.map(({ blob }) => blob));
  try {
    return { blob: await store.blobs.write(store.blobs.read(blobRanges(source, start, end))), checksums: {} };
  } finally {
    release();
  }
}

/** `POST ?uploadId`: the parts become the object. */
export async function completeUpload(call: S3Call): Promise<S3Answer> {
  const { store, request } = call;
  const { upload, parts } = await needUpload(call);
  const wanted = readXml(await receiveText(request, call.signer), 'CompleteMultipartUpload').all('Part');
  if (wanted.length === 0 || wanted.length > 10_000) throw new S3Error('MalformedXML');
  const chosen: UploadPart[] = [];
  for (const [index, element] of wanted.entries()) {
    const number = Number(element.text('PartNumber'));
    const etag = (element.text('ETag') ?? '').replaceAll(/^"|"$|&quot;/g, '');
    if (!Number.isInteger(number)) throw new S3Error('MalformedXML');
    if (number <= (chosen.at(-1)?.number ?? 0)) throw new S3Error('InvalidPartOrder');
    const part = parts.get(number);
    if (!part || part.etag !== etag)
      throw new S3Error('InvalidPart', undefined, {
        UploadId: upload.id,
        PartNumber: String(number),
        ETag: etag.slice(0, 100),
      });
    const isLast = index === wanted.length - 1;
    if (!isLast && part.size < store.limits.minPartBytes) {
      throw new S3Error('EntityTooSmall', undefined, {
        ProposedSize: String(part.size),
        MinSizeAllowed: String(store.limits.minPartBytes),
        PartNumber: String(number),
      });
    }
    chosen.push(part);
  }
  const object = assembled(upload, chosen, store.now());
  const used = new Set(chosen.map(({ blob }) => blob));
  // A condition that does not hold leaves the parts where they are: the client may try again.
  await keepObject(call, object, { keepsBlobs: true });
  await store.blobs.remove(...(await store.records.removeUpload(upload.id)).filter((blob) => !used.has(blob)));
  return xmlAnswer('CompleteMultipartUploadResult', {
    Location: `http://${headerOf(request, 'host') ?? ''}${request.path}`,
    Bucket: upload.bucket,
    Key: upload.key,
    ETag: `"${object.etag}"`,
  });
}

function assembled(
  { bucket, key, headers, tags }: UploadRecord,
  chosen: readonly UploadPart[],
  now: number,
): ObjectRecord {
  const digests = createHash('md5');
  for (const { etag } of chosen) digests.update(Buffer.from(etag, 'hex'));
  return {
    bucket,
    key,
    size: chosen.reduce((sum, { size }) => sum + size, 0),
    // S3's own: the MD5 of the parts' MD5s, and how many they were.
    etag: `${digests.digest('hex')}-${chosen.length}`,
    modifiedAt: now,
    parts: chosen.map(({ blob, size }) => ({ blob, size })),
    isMultipart: true,
    headers,
    tags,
    checksums: {},
  };
}

/** `DELETE ?uploadId`: gives an upload up. */
export async function abortUpload(call: S3Call): Promise<S3Answer> {
  const { upload } = await needUpload(call);
  await call.store.blobs.remove(...(await call.store.records.removeUpload(upload.id)));
  return { status: 204 };
}

/** `GET ?uploadId`: the parts that came. */
export async function listParts(call: S3Call): Promise<S3Answer> {
  const { upload, parts } = await needUpload(call);
  const marker = Number(asked(call, 'part-number-marker') ?? 0);
  const most = count(call, 'max-parts');
  const later = [...parts.values()].sort((a, b) => a.number - b.number).filter(({ number }) => number > marker);
  const page = later.slice(0, most);
  const owner = ownerOf(call.caller);
  return xmlAnswer('ListPartsResult', {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    Initiator: owner,
    Owner: owner,
    StorageClass: 'STANDARD',
    PartNumberMarker: Number.isInteger(marker) ? marker : 0,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: most,
    IsTruncated: later.length > page.length,
    Part: page.map(({ number, modifiedAt, etag, size }) => ({
      PartNumber: number,
      LastModified: isoTime(modifiedAt),
      ETag: `"${etag}"`,
      Size: size,
    })),
  });
}

/** `GET ?uploads`: what is under way in a bucket. */
export async function listUploads(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  const prefix = asked(call, 'prefix') ?? '';
  const keyMarker = asked(call, 'key-marker') ?? '';
  const most = count(call, 'max-uploads');
  const encode = encoder(call);
  const later = store.records
    .uploadsOf(bucket.name)
    .filter(({ key }) => key.startsWith(prefix) && (keyMarker === '' || key > keyMarker));
  const page = later.slice(0, most);
  const owner = ownerOf(caller);
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: asked(call, 'upload-id-marker') ?? '',
    NextKeyMarker: encode(page.at(-1)?.key ?? ''),
    NextUploadIdMarker: page.at(-1)?.id ?? '',
    Prefix: encode(prefix),
    MaxUploads: most,
    IsTruncated: later.length > page.length,
    Upload: page.map(({ id, key, startedAt }) => ({
      Key: encode(key),
      UploadId: id,
      Initiator: owner,
      Owner: owner,
      StorageClass: 'STANDARD',
      Initiated: isoTime(startedAt),
    })),
  });
}
