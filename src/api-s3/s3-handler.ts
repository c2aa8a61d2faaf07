import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RequestHandler } from 'express';
import { RequestAbortedError } from '../http/read-body.js';
import {
  accessControl,
  bucketLocation,
  bucketSetting,
  createBucket,
  deleteBucket,
  has,
  headBucket,
  listBuckets,
  settingOf,
} from './buckets.js';
import { listObjects, listVersions } from './list-objects.js';
import { abortUpload, beginUpload, completeUpload, listParts, listUploads, putPart } from './multipart.js';
import type { ObjectStore } from './object-store.js';
import {
  copyObject,
  deleteObject,
  deleteObjects,
  getObject,
  objectAttributes,
  objectTagging,
  putObject,
} from './objects.js';
import type { S3Answer, S3Call } from './s3-call.js';
import { S3Error } from './s3-error.js';
import { headerOf, readS3Request, type S3Request } from './s3-request.js';
import { type AccessKeySource, authenticateS3 } from './s3-signature.js';
import { writeXml } from './xml.js';

/** What the endpoint is made of. */
export interface S3HandlerParts {
  readonly store: ObjectStore;
  readonly accessKey: AccessKeySource;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The path that the endpoint lies under: `/s3`. */
  readonly mount: string;
  /** Host names that a bucket's name may stand before: `bucket.localhost`. */
  readonly hosts?: readonly string[];
  readonly reportBug: (error: unknown, requestId: string) => void;
}

/** A client that goes on sending a body that is not wanted is cut off after so many bytes. */
const MAX_DRAINED_BYTES = 1024 * 1024;

/** S3's API as an express handler, to be mounted under a path of its own. */
export function createS3Handler(parts: S3HandlerParts): RequestHandler {
  return (request, response, next) => {
    answer(parts, request, request.originalUrl, response).catch(next);
  };
}

async function answer(
  parts: S3HandlerParts,
  incoming: IncomingMessage,
  target: string,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomBytes(8).toString('hex').toUpperCase();
  let result: S3Answer;
  try {
    result = await respond(parts, incoming, target, requestId);
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) {
      response.destroy();
      return;
    }
    result = refusal(parts, error, incoming, target, requestId);
  }
  if (!incoming.complete) drain(incoming, response);
  await send(incoming, response, result, requestId);
}

async function respond(
  parts: S3HandlerParts,
  incoming: IncomingMessage,
  target: string,
  requestId: string,
): Promise<S3Answer> {
  const hosts = parts.hosts ?? ['localhost'];
  const request = readS3Request(incoming, target, parts.mount, hosts, requestId);
  const now = parts.now();
  const signer = await authenticateS3(request, { accessKey: parts.accessKey, now, mount: parts.mount });
  return dispatch({ store: parts.store, request, signer, caller: signer.caller, now });
}

function dispatch(call: S3Call): Promise<S3Answer> {
  const { bucket, key, method } = call.request;
  if (bucket === '') return method === 'GET' ? listBuckets(call) : refuseMethod(call.request);
  return key === '' ? dispatchBucket(call) : dispatchObject(call);
}

function dispatchBucket(call: S3Call): Promise<S3Answer> {
  const setting = settingOf(call);
  switch (call.request.method) {
    case 'GET':
      if (has(call, 'location')) return bucketLocation(call);
      if (has(call, 'acl')) return accessControl(call);
      if (has(call, 'uploads')) return listUploads(call);
      if (has(call, 'versions')) return listVersions(call);
      return setting === undefined ? listObjects(call) : bucketSetting(call, setting);
    case 'HEAD':
      return headBucket(call);
    case 'PUT':
      if (has(call, 'acl')) return accessControl(call);
      return setting === undefined ? createBucket(call) : bucketSetting(call, setting);
    case 'DELETE':
      return setting === undefined ? deleteBucket(call) : bucketSetting(call, setting);
    case 'POST':
      if (has(call, 'delete')) return deleteObjects(call);
      throw new S3Error('NotImplemented', 'Uploads by forms of browsers are not taken here.');
    default:
      return refuseMethod(call.request);
  }
}

function dispatchObject(call: S3Call): Promise<S3Answer> {
  const isPart = has(call, 'uploadId');
  const isCopy = headerOf(call.request, 'x-amz-copy-source') !== undefined;
  switch (call.request.method) {
    case 'GET':
      if (isPart) return listParts(call);
      if (has(call, 'acl')) return accessControl(call);
      if (has(call, 'tagging')) return objectTagging(call);
      return has(call, 'attributes') ? objectAttributes(call) : getObject(call);
    case 'HEAD':
      return getObject(call);
    case 'PUT':
      if (isPart) return putPart(call);
      if (has(call, 'acl')) return accessControl(call);
      if (has(call, 'tagging')) return objectTagging(call);
      refuseSubresource(call, ['retention', 'legal-hold', 'restore', 'torrent']);
      return isCopy ? copyObject(call) : putObject(call);
    case 'DELETE':
      if (isPart) return abortUpload(call);
      return has(call, 'tagging') ? objectTagging(call) : deleteObject(call);
    case 'POST':
      if (has(call, 'uploads')) return beginUpload(call);
      if (isPart) return completeUpload(call);
      throw new S3Error('NotImplemented');
    default:
      return refuseMethod(call.request);
  }
}

function refuseSubresource(call: S3Call, names: readonly string[]): void {
  if (names.some((name) => has(call, name))) throw new S3Error('NotImplemented');
}

function refuseMethod({ method }: S3Request): never {
  throw new S3Error('MethodNotAllowed', undefined, { Method: method.slice(0, 20) });
}

function refusal(
  parts: S3HandlerParts,
  error: unknown,
  incoming: IncomingMessage,
  target: string,
  requestId: string,
): S3Answer {
  const known = error instanceof S3Error ? error : new S3Error('InternalError', undefined, {}, { cause: error });
  if (known !== error && !(error instanceof RequestAbortedError)) parts.reportBug(error, requestId);
  const [path = '/'] = target.split('?');
  const content = {
    Code: known.code,
    Message: known.message,
    ...known.details,
    Resource: path.slice(0, 2048),
    RequestId: requestId,
    HostId: requestId,
  };
  const body = incoming.method === 'HEAD' ? '' : writeXml('Error', content, { bare: true });
  return { status: known.status, headers: { 'content-type': 'application/xml' }, body };
}

/** Reads on so that the client hears the answer, but not for ever. */
function drain(incoming: IncomingMessage, response: ServerResponse): void {
  if (
    headerOf({ headers: incoming.headers }, 'content-length') === undefined &&
    incoming.headers['transfer-encoding'] === undefined
  )
    return;
  response.setHeader('connection', 'close');
  let size = 0;
  incoming.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > MAX_DRAINED_BYTES) incoming.destroy();
  });
  incoming.on('error', () => undefined);
}

async function send(
  incoming: IncomingMessage,
  response: ServerResponse,
  result: S3Answer,
  requestId: string,
): Promise<void> {
  const { status, headers = {}, body, done } = result;
  try {
    const fixed: { [name: string]: string } = {
      'x-amz-request-id': requestId,
      'x-amz-id-2': requestId,
      server: 'baton',
    };
    if (typeof body === 'string') fixed['content-length'] = String(Buffer.byteLength(body));
    else if (body === undefined && headers['content-length'] === undefined && status !== 204 && status !== 304)
      fixed['content-length'] = '0';
    response.writeHead(status, { ...headers, ...fixed });
    if (body === undefined || typeof body === 'string' || incoming.method === 'HEAD') response.end(body);
    else await pipeline(Readable.from(body, { objectMode: false }), response).catch(() => response.destroy());
  } finally {
    done?.();
  }
}
