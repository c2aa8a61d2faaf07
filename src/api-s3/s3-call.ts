import type { Caller } from '../engine/stacks/requests.js';
import type { ObjectStore } from './object-store.js';
import { queryOf, type S3Request } from './s3-request.js';
import type { S3Signer } from './s3-signature.js';
import { writeXml, type XmlEntry } from './xml.js';

/** A request with everything that answering it needs. */
export interface S3Call {
  readonly store: ObjectStore;
  readonly request: S3Request;
  readonly signer: S3Signer;
  readonly caller: Caller;
  readonly now: number;
}

/** What is answered. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | AsyncIterable<Buffer>;
  /** Called once the body has been sent or will never be. */
  readonly done?: () => void;
}

/** An answer of XML. */
export function xmlAnswer(root: string, content: { readonly [element: string]: XmlEntry }): S3Answer {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: writeXml(root, content) };
}

/** A query parameter of a call. */
export function asked(call: S3Call, name: string): string | undefined {
  return queryOf(call.request, name);
}

/** The time of an object in listings. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** The canonical user id that stands for a project: 64 hexadecimal digits. */
export function ownerOf(caller: Pick<Caller, 'projectId' | 'projectName'>): {
  readonly ID: string;
  readonly DisplayName: string;
} {
  return {
    ID: Buffer.from(caller.projectId).toString('hex').padEnd(64, '0').slice(0, 64),
    DisplayName: caller.projectName,
  };
}
