import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { ObjectStore, type ObjectStoreParts } from '../../src/api-s3/object-store.js';
import { createS3Handler } from '../../src/api-s3/s3-handler.js';
import { openStore, type Store } from '../../src/engine/store/store.js';
import { canonicalQuery, uriEncode } from '../../src/identity/signatures/canonical.js';
import { v4SigningKey } from '../../src/identity/signatures/signature-v4.js';
import { localCaller } from '../../src/local-caller.js';

/** What a request of the tests says. */
export interface Wish {
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Buffer;
  readonly query?: { readonly [name: string]: string };
  /** The word of x-amz-content-sha256 instead of the hash. */
  readonly payload?: string;
  readonly accessKey?: string;
  readonly secret?: string;
  readonly at?: number;
  /** Cuts the body into chunks, signed if a word of signed chunks is the payload. */
  readonly chunks?: readonly string[];
  readonly trailer?: { readonly [name: string]: string };
  readonly tamper?: (body: Buffer) => Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
}

const SECRETS: { readonly [key: string]: string } = { ONE: 'secret-one', TWO: 'secret-two' };
const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest('hex');

/** An object store behind HTTP, and a client that signs as the SDKs do. */
export class S3Bench {
  now = Date.parse('2026-03-01T12:00:00Z');
  readonly bugs: unknown[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'baton-s3-'));
  #server: Server | undefined;
  #db: Store | undefined;
  store!: ObjectStore;

  async open(options: Partial<ObjectStoreParts> = {}): Promise<this> {
    this.#db ??= await openStore({});
    this.store = await ObjectStore.open({
      documents: this.#db.documents,
      folder: this.folder,
      now: () => this.now,
      ...options,
    });
    const handler = createS3Handler({
      store: this.store,
      accessKey: async (key) => {
        const secret = SECRETS[key];
        const caller = { ...localCaller(), projectId: `project-${key}`, projectName: key };
        return secret === undefined ? undefined : { secret, caller };
      },
      now: () => this.now,
      mount: '/s3',
      reportBug: (error) => this.bugs.push(error),
    });
    this.#server?.close();
    this.#server = express().use('/s3', handler).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
    await this.#db?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get port(): number {
    const address = this.#server?.address();
    if (address === null || typeof address !== 'object') throw new Error('the server is not listening');
    return address.port;
  }

  /** Signs and sends a request; `path` is below the endpoint, not encoded. */
  async call(method: string, path: string, wish: Wish = {}): Promise<Answer> {
    const { accessKey = 'ONE', at = this.now } = wish;
    const secret = wish.secret ?? SECRETS[accessKey] ?? '';
    const plain = Buffer.from(wish.chunks ? wish.chunks.join('') : (wish.body ?? ''));
    const payload = wish.payload ?? hash(plain);
    const time = `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const encoded = `/s3${path.split('/').map(uriEncode).join('/')}`;
    const headers: { [name: string]: string } = {
      host: `127.0.0.1:${this.port}`,
      'x-amz-date': time,
      'x-amz-content-sha256': payload,
      ...(wish.chunks
        ? { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': String(plain.length) }
        : {}),
      ...(wish.trailer ? { 'x-amz-trailer': Object.keys(wish.trailer).join(',') } : {}),
      ...wish.headers,
    };
    const names = Object.keys(headers).sort();
    const pairs = Object.entries(wish.query ?? {});
    const canonical = [
      method,
      encoded,
      canonicalQuery(pairs),
      ...names.map((name) => `${name}:${headers[name]}`),
      '',
      names.join(';'),
      payload,
    ].join('\n');
    const key = v4SigningKey(secret, time.slice(0, 8), 'us-east-1', 's3');
    const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n'));
    headers.authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    const body = wish.chunks ? chunked(wish, { key, time, scope, signature }) : plain;
    const sent = wish.tamper?.(body) ?? body;
    return this.raw(method, encoded + (pairs.length > 0 ? `?${canonicalQuery(pairs)}` : ''), headers, sent);
  }

  raw(
    method: string,
    target: string,
    headers: { readonly [name: string]: string },
    body: Buffer = Buffer.alloc(0),
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = send(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path: target,
          headers: { ...headers, 'content-length': String(body.length) },
          agent: false,
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on('data', (piece: Buffer) => pieces.push(piece));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(pieces).toString(),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** An address that is signed for a while. */
  presign(method: string, path: string, options: { readonly expires?: number; readonly secret?: string } = {}): string {
    const time = `${new Date(this.now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const encoded = `/s3${path.split('/').map(uriEncode).join('/')}`;
    const query: [string, string][] = [
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Credential', `ONE/${scope}`],
      ['X-Amz-Date', time],
      ['X-Amz-Expires', String(options.expires ?? 60)],
      ['X-Amz-SignedHeaders', 'host'],
    ];
    const canonical = [
      method,
      encoded,
      canonicalQuery(query),
      `host:127.0.0.1:${this.port}`,
      '',
      'host',
      'UNSIGNED-PAYLOAD',
    ].join('\n');
    const key = v4SigningKey(options.secret ?? 'secret-one', time.slice(0, 8), 'us-east-1', 's3');
    const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n'));
    return `${encoded}?${canonicalQuery([...query, ['X-Amz-Signature', signature]])}`;
  }
}

interface Seed {
  readonly key: Buffer;
  readonly time: string;
  readonly scope: string;
  readonly signature: string;
}

function chunked({ chunks = [], payload = '', trailer }: Wish, { key, time, scope, signature }: Seed): Buffer {
  const isSigned = payload.startsWith('STREAMING-AWS4');
  let previous = signature;
  const pieces: string[] = [];
  for (const chunk of [...chunks, '']) {
    const text = ['AWS4-HMAC-SHA256-PAYLOAD', time, scope, previous, hash(''), hash(chunk)].join('\n');
    previous = hmac(key, text);
    const head = Buffer.byteLength(chunk).toString(16) + (isSigned ? `;chunk-signature=${previous}` : '');
    pieces.push(`${head}\r\n`, chunk, chunk === '' ? '' : '\r\n');
  }
  for (const [name, value] of Object.entries(trailer ?? {})) pieces.push(`${name}:${value}\r\n`);
  if (isSigned && trailer) {
    const lines = Object.entries(trailer)
      .map(([name, value]) => `${name}:${value}\n`)
      .join('');
    pieces.push(
      `x-amz-trailer-signature:${hmac(key, ['AWS4-HMAC-SHA256-TRAILER', time, scope, previous, hash(lines)].join('\n'))}\r\n`,
    );
  }
  return Buffer.from(`${pieces.join('')}\r\n`);
}
