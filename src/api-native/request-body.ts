import { isUtf8 } from 'node:buffer';
import type { JsonMap } from '../engine/model/value.js';
import { ApiError, badRequest } from './api-error.js';
import type { ApiRequest } from './api-types.js';
import { jsonSyntaxMessage } from './json-syntax-error.js';

/** Deeper bodies would overflow the stack of whoever walks them; no template needs a tenth of it. */
const MAX_DEPTH = 300;

/** A 400 for something that is too big. */
export function limitExceeded(text: string): ApiError {
  return new ApiError(400, 'RequestLimitExceeded', `Request limit exceeded: ${text}`);
}

/** Heat reads a body only if its type is JSON, plain text or not said. */
function isJsonType(request: ApiRequest): boolean {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  return type === '' || type.startsWith('text/plain') || type === 'JSON' || type === 'application/json';
}

/** The request's JSON object; undefined where Heat takes the request as one without a body. */
export function readJsonBody(request: ApiRequest, maxBytes: number): JsonMap | undefined {
  if (!isJsonType(request)) return undefined;
  const bytes = request.oversizedBody ?? (request.body === undefined ? 0 : Buffer.byteLength(request.body));
  if (bytes === 0) return undefined;
  if (bytes > maxBytes) {
    throw limitExceeded(`JSON body size (${bytes} bytes) exceeds maximum allowed size (${maxBytes} bytes).`);
  }
  const text = bodyText(request.body ?? '');
  if (text === undefined) return undefined;
  if (isTooDeep(text)) throw limitExceeded(`JSON body is nested deeper than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(text) as JsonMap;
  } catch {
    throw badRequest(jsonSyntaxMessage(text));
  }
}

function bodyText(body: Buffer | string): string | undefined {
  if (typeof body === 'string') return body.startsWith('{') ? body : undefined;
  if (body[0] !== 0x7b) return undefined;
  if (!isUtf8(body)) throw badRequest(invalidUtf8(body));
  return body.toString('utf8');
}

/** Python's words for the first byte that is not UTF-8. */
function invalidUtf8(body: Buffer): string {
  let low = 0;
  let high = body.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isUtf8(body.subarray(0, middle)) || isCutSequence(body, middle)) low = middle;
    else high = middle;
  }
  const position = body.findLastIndex((byte, index) => index <= low && (byte & 0xc0) !== 0x80);
  const at = Math.max(position, 0);
  return `'utf-8' codec can't decode byte 0x${(body[at] ?? 0).toString(16).padStart(2, '0')} in position ${at}: invalid start byte`;
}

/** True if the bytes before `end` are good but for a character that is cut off by it. */
function isCutSequence(body: Buffer, end: number): boolean {
  return [1, 2, 3].some(
    (back) => end - back >= 0 && isUtf8(body.subarray(0, end - back)) && isUtf8Start(body, end - back),
  );
}

function isUtf8Start(body: Buffer, index: number): boolean {
  const byte = body[index] ?? 0;
  return byte >= 0xc2 && byte <= 0xf4;
}

function isTooDeep(text: string): boolean {
  if (text.length < MAX_DEPTH) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
