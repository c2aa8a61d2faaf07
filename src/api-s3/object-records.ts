import { Exclusive } from '../engine/operations/exclusive.js';
import type { Documents } from '../engine/store/documents.js';
import { compareKeys, SortedKeys } from './sorted-keys.js';

/** A bucket. */
export interface BucketRecord {
  readonly name: string;
  readonly projectId: string;
  readonly region: string;
  readonly createdAt: number;
  /** Configurations that are kept as they came, by the name of their sub-resource. */
  readonly settings: { readonly [name: string]: string };
  /** Set for the bucket of a stack: when the cloud made it. */
  readonly cloudAt?: string;
}

/** A piece of an object's bytes. */
export interface ObjectPart {
  readonly blob: string;
  readonly size: number;
}

/** An object. */
export interface ObjectRecord {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedAt: number;
  readonly parts: readonly ObjectPart[];
  /** True if it came in parts, whose numbers a client may ask for. */
  readonly isMultipart: boolean;
  /** Headers that are given back as they came: content-type, x-amz-meta-… */
  readonly headers: { readonly [name: string]: string };
  readonly tags: { readonly [key: string]: string };
  readonly checksums: { readonly [name: string]: string };
}

/** A multipart upload that is under way. */
export interface UploadRecord {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedAt: number;
  readonly headers: ObjectRecord['headers'];
  readonly tags: ObjectRecord['tags'];
}

export interface UploadPart extends ObjectPart {
  readonly number: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksums: ObjectRecord['checksums'];
}

const BUCKET = 's3-bucket';
const OBJECT = 's3-object';
const UPLOAD = 's3-upload';
const PART = 's3-part';

/** Everything the object store knows, in memory and durable: one process owns the database. */
export class ObjectRecords {
  readonly buckets = new Map<string, BucketRecord>();
  readonly uploads = new Map<string, { readonly upload: UploadRecord; readonly parts: Map<number, UploadPart> }>();
  /** Changes of one key wait for each other. */
  readonly turns = new Exclusive();
  readonly #documents: Documents;
  readonly #objects = new Map<string, SortedKeys<ObjectRecord>>();

  private constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Reads what the store has. */
  static async open(documents: Documents): Promise<ObjectRecords> {
    const records = new ObjectRecords(documents);
    for (const { body } of await documents.list<BucketRecord>(BUCKET)) records.buckets.set(body.name, body);
    for (const { body } of await documents.list<ObjectRecord>(OBJECT)) records.objects(body.bucket).put(body.key, body);
    for (const { body } of await documents.list<UploadRecord>(UPLOAD))
      records.uploads.set(body.id, { upload: body, parts: new Map() });
    for (const { body, owner } of await documents.list<UploadPart>(PART))
      records.uploads.get(owner ?? '')?.parts.set(body.number, body);
    return records;
  }

  /** The ids of all blobs that something refers to. */
  blobs(): Set<string> {
    const ids = new Set<string>();
    for (const objects of this.#objects.values()) {
      for (const { parts } of objects.values()) for (const { blob } of parts) ids.add(blob);
    }
    for (const { parts } of this.uploads.values()) for (const { blob } of parts.values()) ids.add(blob);
    return ids;
  }

  /** The objects of a bucket, in S3's order. */
  objects(bucket: string): SortedKeys<ObjectRecord> {
    const known = this.#objects.get(bucket) ?? new SortedKeys<ObjectRecord>();
    this.#objects.set(bucket, known);
    return known;
  }

  object(bucket: string, key: string): ObjectRecord | undefined {
    return this.#objects.get(bucket)?.get(key);
  }

  async putBucket(bucket: BucketRecord): Promise<void> {
    await this.#documents.put(BUCKET, { id: bucket.name, owner: bucket.projectId, body: bucket });
    this.buckets.set(bucket.name, bucket);
  }

  /** Forgets a bucket with all that is in it; gives back the blobs that nobody needs any more. */
  async removeBucket(name: string): Promise<string[]> {
    const blobs: string[] = [];
    for (const upload of [...this.uploads.values()].filter((one) => one.upload.bucket === name))
      blobs.push(...(await this.removeUpload(upload.upload.id)));
    const objects = [...this.objects(name).values()];
    blobs.push(...(await this.removeObjects(objects)));
    await this.#documents.remove(BUCKET, name);
    this.buckets.delete(name);
    this.#objects.delete(name);
    return blobs;
  }

  /** Durable when it resolves; gives back the blobs of the object that was there before. */
  async putObject(object: ObjectRecord): Promise<string[]> {
    await this.#documents.put(OBJECT, { id: objectId(object), owner: object.bucket, body: object });
    const objects = this.objects(object.bucket);
    const before = objects.get(object.key);
    objects.put(object.key, object);
    const kept = new Set(object.parts.map(({ blob }) => blob));
    return (before?.parts ?? []).map(({ blob }) => blob).filter((blob) => !kept.has(blob));
  }

  async removeObjects(gone: readonly ObjectRecord[]): Promise<string[]> {
    for (let at = 0; at < gone.length; at += 500)
      await this.#documents.remove(OBJECT, ...gone.slice(at, at + 500).map(objectId));
    for (const object of gone) {
      const objects = this.objects(object.bucket);
      if (objects.get(object.key) === object) objects.remove(object.key);
    }
    return gone.flatMap(({ parts }) => parts.map(({ blob }) => blob));
  }

  async putUpload(upload: UploadRecord): Promise<void> {
    await this.#documents.put(UPLOAD, { id: upload.id, owner: upload.bucket, body: upload });
    this.uploads.set(upload.id, { upload, parts: new Map() });
  }

  async putPart(uploadId: string, part: UploadPart): Promise<string[]> {
    await this.#documents.put(PART, { id: `${uploadId}/${part.number}`, owner: uploadId, body: part });
    const parts = this.uploads.get(uploadId)?.parts;
    const before = parts?.get(part.number);
    parts?.set(part.number, part);
    return before ? [before.blob] : [];
  }

  /** Forgets an upload; gives back the blobs of its parts. */
  async removeUpload(id: string): Promise<string[]> {
    const known = this.uploads.get(id);
    if (!known) return [];
    const numbers = [...known.parts.keys()];
    for (let at = 0; at < numbers.length; at += 500) {
      await this.#documents.remove(PART, ...numbers.slice(at, at + 500).map((number) => `${id}/${number}`));
    }
    await this.#documents.remove(UPLOAD, id);
    this.uploads.delete(id);
    return [...known.parts.values()].map(({ blob }) => blob);
  }

  /** Uploads of a bucket, by key and then by the time of their beginning. */
  uploadsOf(bucket: string): UploadRecord[] {
    return [...this.uploads.values()]
      .map(({ upload }) => upload)
      .filter((upload) => upload.bucket === bucket)
      .sort((a, b) => compareKeys(a.key, b.key) || a.startedAt - b.startedAt);
  }
}

function objectId({ bucket, key }: Pick<ObjectRecord, 'bucket' | 'key'>): string {
  return `${bucket}/${key}`;
}
