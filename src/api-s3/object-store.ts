import type { Caller } from '../engine/stacks/requests.js';
import type { Documents } from '../engine/store/documents.js';
import { Blobs } from './blobs.js';
import { type BucketRecord, ObjectRecords } from './object-records.js';
import { S3Error } from './s3-error.js';

/** How much the object store takes. */
export interface S3Limits {
  readonly maxObjectBytes: number;
  readonly maxBuckets: number;
  /** The least that a part of a multipart upload may have, but for the last. */
  readonly minPartBytes: number;
}

/** S3's own limits. */
export const S3_LIMITS: S3Limits = { maxObjectBytes: 5 * 1024 ** 3, maxBuckets: 1000, minPartBytes: 5 * 1024 ** 2 };

/** A bucket that a stack made in the cloud. */
export interface CloudBucket {
  readonly region: string;
  readonly createdAt: string;
}

/** What the object store is made of. */
export interface ObjectStoreParts {
  readonly documents: Documents;
  /** Where the files lie. */
  readonly folder: string;
  readonly now: () => number;
  readonly limits?: Partial<S3Limits>;
  /** A bucket of the caller's that a stack made; undefined if there is none. */
  readonly cloudBucket?: (projectId: string, name: string) => Promise<CloudBucket | undefined>;
}

/** Buckets and objects of this installation. */
export class ObjectStore {
  readonly records: ObjectRecords;
  readonly blobs: Blobs;
  readonly limits: S3Limits;
  readonly now: () => number;
  readonly #cloudBucket: NonNullable<ObjectStoreParts['cloudBucket']>;

  private constructor(parts: ObjectStoreParts, records: ObjectRecords, blobs: Blobs) {
    this.records = records;
    this.blobs = blobs;
    this.now = parts.now;
    this.limits = { ...S3_LIMITS, ...parts.limits };
    this.#cloudBucket = parts.cloudBucket ?? (async () => undefined);
  }

  /** Opens the store and throws away what an interrupted upload has left. */
  static async open(parts: ObjectStoreParts): Promise<ObjectStore> {
    const records = await ObjectRecords.open(parts.documents);
    const known = records.blobs();
    return new ObjectStore(parts, records, await Blobs.open(parts.folder, (id) => known.has(id)));
  }

  /** The caller's bucket of a name: NoSuchBucket if there is none, AccessDenied if it is another project's. */
  async bucket(caller: Pick<Caller, 'projectId'>, name: string): Promise<BucketRecord> {
    const known = this.records.buckets.get(name);
    if (known && known.cloudAt === undefined) {
      if (known.projectId !== caller.projectId) throw new S3Error('AccessDenied');
      return known;
    }
    const made = await this.#ofCloud(caller.projectId, name, known);
    if (!made) throw new S3Error('NoSuchBucket', undefined, { BucketName: name });
    return made;
  }

  /** Stacks make buckets too: such a one is a bucket for as long as the cloud has it. */
  async #ofCloud(projectId: string, name: string, known: BucketRecord | undefined): Promise<BucketRecord | undefined> {
    const found = await this.#cloudBucket(projectId, name);
    if (known && known.projectId === projectId && known.cloudAt !== found?.createdAt) {
      await this.blobs.remove(...(await this.records.removeBucket(name)));
    } else if (known) {
      return known.projectId === projectId ? known : undefined;
    }
    if (!found) return undefined;
    const createdAt = Date.parse(found.createdAt);
    const bucket = {
      name,
      projectId,
      region: found.region,
      createdAt: Number.isNaN(createdAt) ? this.now() : createdAt,
      settings: {},
      cloudAt: found.createdAt,
    };
    await this.records.putBucket(bucket);
    return bucket;
  }
}
