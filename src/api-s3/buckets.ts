import { receiveText } from './receive-body.js';
import { asked, isoTime, ownerOf, type S3Answer, type S3Call, xmlAnswer } from './s3-call.js';
import { type S3Code, S3Error } from './s3-error.js';
import { headerOf } from './s3-request.js';
import { readXml, writeXml } from './xml.js';

const DEFAULT_REGION = 'us-east-1';

/** Lower case, digits, dots and dashes, 3 to 63 of them, not like an address and without AWS's own prefixes and suffixes. */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !/\.\.|\.-|-\./.test(name) &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(-s3alias|--ol-s3|--x-s3|\.mrap)$/.test(name)
  );
}

/** Every bucket of the caller's project, by name. */
export async function listBuckets({ store, caller, request }: S3Call): Promise<S3Answer> {
  const prefix = request.query.find(([name]) => name === 'prefix')?.[1] ?? '';
  const buckets = [...store.records.buckets.values()].filter(
    (one) => one.projectId === caller.projectId && one.name.startsWith(prefix),
  );
  buckets.sort((a, b) => (a.name < b.name ? -1 : 1));
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: ownerOf(caller),
    Buckets: {
      Bucket: buckets.map(({ name, createdAt, region }) => ({
        Name: name,
        CreationDate: isoTime(createdAt),
        BucketRegion: region,
      })),
    },
  });
}

/** Makes a bucket; names are one space for all projects. */
export async function createBucket(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  const { bucket: name } = request;
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', undefined, { BucketName: name });
  const text = await receiveText(request, call.signer);
  const location =
    text.trim() === '' ? undefined : readXml(text, 'CreateBucketConfiguration').text('LocationConstraint');
  const region = location === 'EU' ? 'eu-west-1' : (location ?? DEFAULT_REGION);
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(region)) throw new S3Error('IllegalLocationConstraintException');
  return store.records.turns.run(`bucket/${name}`, async () => {
    const known = store.records.buckets.get(name);
    if (known && known.projectId !== caller.projectId)
      throw new S3Error('BucketAlreadyExists', undefined, { BucketName: name });
    const own = known
      ? await store.bucket(caller, name).catch(() => undefined)
      : await store.bucket(caller, name).catch(onlyMissing);
    if (own) {
      // S3's oldest region answers a repetition as it did the first.
      if (own.region === DEFAULT_REGION && region === DEFAULT_REGION)
        return { status: 200, headers: { location: `/${name}` } };
      throw new S3Error('BucketAlreadyOwnedByYou', undefined, { BucketName: name });
    }
    const count = [...store.records.buckets.values()].filter((one) => one.projectId === caller.projectId).length;
    if (count >= store.limits.maxBuckets) throw new S3Error('TooManyBuckets');
    await store.records.putBucket({ name, projectId: caller.projectId, region, createdAt: call.now, settings: {} });
    return { status: 200, headers: { location: `/${name}`, 'x-amz-bucket-region': region } };
  });
}

function onlyMissing(error: unknown): undefined {
  if (error instanceof S3Error && error.code === 'NoSuchBucket') return undefined;
  throw error;
}

/** Tells that a bucket is there, and where. */
export async function headBucket({ store, caller, request }: S3Call): Promise<S3Answer> {
  const { region } = await store.bucket(caller, request.bucket);
  return {
    status: 200,
    headers: { 'x-amz-bucket-region': region, 'x-amz-access-point-alias': 'false', 'content-type': 'application/xml' },
  };
}

/** Removes an empty bucket. */
export async function deleteBucket({ store, caller, request }: S3Call): Promise<S3Answer> {
  const { name, cloudAt } = await store.bucket(caller, request.bucket);
  if (store.records.objects(name).size > 0) throw new S3Error('BucketNotEmpty', undefined, { BucketName: name });
  if (cloudAt !== undefined)
    throw new S3Error('AccessDenied', 'The bucket belongs to a stack: delete it there.', { BucketName: name });
  await store.blobs.remove(...(await store.records.removeBucket(name)));
  return { status: 204 };
}

/** A configuration of a bucket: what it is when nothing was set. */
interface Setting {
  readonly unset: S3Code | string;
  /** True if it may be set: it is kept and given back, and means nothing to who may reach the bucket. */
  readonly kept: boolean;
}

const empty = (root: string, content: Parameters<typeof writeXml>[1] = {}) => writeXml(root, content);

const SETTINGS: { readonly [name: string]: Setting } = {
  accelerate: { unset: empty('AccelerateConfiguration'), kept: false },
  cors: { unset: 'NoSuchCORSConfiguration', kept: false },
  encryption: {
    unset: empty('ServerSideEncryptionConfiguration', {
      Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false },
    }),
    kept: true,
  },
  lifecycle: { unset: 'NoSuchLifecycleConfiguration', kept: false },
  logging: { unset: empty('BucketLoggingStatus'), kept: false },
  notification: { unset: empty('NotificationConfiguration'), kept: false },
  'object-lock': { unset: 'ObjectLockConfigurationNotFoundError', kept: false },
  ownershipControls: { unset: 'OwnershipControlsNotFoundError', kept: true },
  policy: { unset: 'NoSuchBucketPolicy', kept: false },
  policyStatus: { unset: 'NoSuchBucketPolicy', kept: false },
  publicAccessBlock: { unset: 'NoSuchPublicAccessBlockConfiguration', kept: true },
  replication: { unset: 'ReplicationConfigurationNotFoundError', kept: false },
  requestPayment: { unset: empty('RequestPaymentConfiguration', { Payer: 'BucketOwner' }), kept: false },
  tagging: { unset: 'NoSuchTagSet', kept: true },
  versioning: { unset: empty('VersioningConfiguration'), kept: false },
  website: { unset: 'NoSuchWebsiteConfiguration', kept: false },
};

/** The sub-resource of a bucket that a request is about; undefined if it is about the bucket itself. */
export function settingOf({ request }: S3Call): string | undefined {
  return request.query.map(([name]) => name).find((name) => Object.hasOwn(SETTINGS, name));
}

/** Reads, keeps or forgets a configuration of a bucket. */
export async function bucketSetting(call: S3Call, name: string): Promise<S3Answer> {
  const { store, caller, request } = call;
  const bucket = await store.bucket(caller, request.bucket);
  const setting = SETTINGS[name];
  if (!setting) throw new S3Error('NotImplemented');
  const set = bucket.settings[name];
  if (request.method === 'GET') {
    if (set === undefined && /^[A-Za-z]+$/.test(setting.unset))
      throw new S3Error(setting.unset as S3Code, undefined, { BucketName: bucket.name });
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: set ?? setting.unset };
  }
  if (!setting.kept) throw new S3Error('NotImplemented', `A bucket's ${name} cannot be changed here.`);
  const { [name]: _, ...others } = bucket.settings;
  if (request.method === 'DELETE') {
    await store.records.putBucket({ ...bucket, settings: others });
    return { status: 204 };
  }
  const text = await receiveText(request, call.signer, 65_536);
  await store.records.putBucket({ ...bucket, settings: { ...others, [name]: text } });
  return { status: name === 'tagging' ? 204 : 200 };
}

/** Where a bucket is; the oldest region has no name. */
export async function bucketLocation({ store, caller, request }: S3Call): Promise<S3Answer> {
  const { region } = await store.bucket(caller, request.bucket);
  const body = writeXml('LocationConstraint', region === DEFAULT_REGION ? {} : { '#text': region });
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** Everything belongs to its project alone. */
export async function accessControl(call: S3Call): Promise<S3Answer> {
  const { store, caller, request } = call;
  await store.bucket(caller, request.bucket);
  if (request.key !== '' && !store.records.object(request.bucket, request.key))
    throw new S3Error('NoSuchKey', undefined, { Key: request.key });
  if (request.method === 'PUT') {
    const canned = headerOf(request, 'x-amz-acl') ?? 'private';
    if (canned !== 'private' && canned !== 'bucket-owner-full-control')
      throw new S3Error('NotImplemented', 'Objects are never shared with others here.');
    return { status: 200 };
  }
  const owner = ownerOf(caller);
  return xmlAnswer('AccessControlPolicy', {
    Owner: owner,
    AccessControlList: {
      Grant: {
        Grantee: { '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', '@xsi:type': 'CanonicalUser', ...owner },
        Permission: 'FULL_CONTROL',
      },
    },
  });
}

/** True if a query parameter is there, with or without a value. */
export function has(call: S3Call, name: string): boolean {
  return asked(call, name) !== undefined;
}
