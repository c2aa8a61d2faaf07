import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError } from '../api-native/api-error.js';
import { containerFiles } from '../api-s3/container-files.js';
import { type CloudBucket, ObjectStore } from '../api-s3/object-store.js';
import { resolveOwnObject } from '../api-s3/own-objects.js';
import { S3Error } from '../api-s3/s3-error.js';
import { createS3Handler } from '../api-s3/s3-handler.js';
import type { AccessKeySource } from '../api-s3/s3-signature.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { Store } from '../engine/store/store.js';
import type { Mount } from '../http/server-options.js';
import { DEFAULT_API_LIMITS } from '../native-deps.js';
import { fetchAllowed } from '../outside/fetch-allowed.js';
import { allowedHosts, given, type ServerConfig } from './config.js';

/** Where the object endpoint lies. */
const MOUNT = '/s3';

/** The template texts that AWS takes by their address. */
const MAX_TEMPLATE_BYTES = 1_048_576;

/** The buckets and objects of this server, with all that needs them. */
export interface ObjectEndpoint {
  readonly mount: Mount;
  /** Reads what an address of a template means: an object of our own, or a text of a host that the configuration allows. */
  fetchText(url: string, caller: Pick<Caller, 'projectId'>): Promise<string>;
  /** All texts of a container, for Heat's `files_container`; rejects with an ApiError in Heat's words. */
  containerFiles(
    caller: Caller,
    container: string,
    skip: ReadonlySet<string>,
  ): Promise<{ readonly [name: string]: string }>;
  close(): Promise<void>;
}

export interface ObjectEndpointParts {
  readonly store: Store;
  readonly config: ServerConfig;
  /** Absent: objects are gone with the process. */
  readonly dataDir: string | undefined;
  /** Absent where keys are in a Keystone elsewhere: nobody can sign then. */
  readonly accessKey: AccessKeySource | undefined;
  /** As it is when asked: a server knows its address only after it listens. */
  readonly baseUrls: () => readonly string[];
  readonly reportBug: (error: unknown, requestId: string) => void;
}

/** Opens the object store in the data folder. */
export async function openObjectEndpoint({
  store,
  config,
  dataDir,
  accessKey,
  baseUrls,
  reportBug,
}: ObjectEndpointParts): Promise<ObjectEndpoint> {
  const { s3 = {}, cfn = {} } = config;
  const temporary = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'baton-objects-')) : undefined;
  const objects = await ObjectStore.open({
    documents: store.documents,
    folder: temporary ?? join(dataDir ?? '', 'objects'),
    now: Date.now,
    limits: given({ maxObjectBytes: s3.max_object_bytes, maxBuckets: s3.buckets_per_project }),
    cloudBucket: (projectId, name) => bucketOfStack(store, projectId, name),
  });
  const maxBytes = cfn.template_url_bytes ?? MAX_TEMPLATE_BYTES;
  return {
    mount: {
      path: MOUNT,
      handler: createS3Handler({
        store: objects,
        accessKey: accessKey ?? (async () => undefined),
        now: Date.now,
        mount: MOUNT,
        reportBug,
        hosts: ['localhost', ...(s3.hosts ?? [])],
      }),
    },
    async fetchText(url, caller) {
      const own = await resolveOwnObject(objects, { baseUrls: baseUrls(), mount: MOUNT }, url, caller, maxBytes);
      return own?.toString('utf8') ?? fetchAllowed(url, { ...allowedHosts(config), maxBytes });
    },
    async containerFiles(caller, container, skip) {
      try {
        const most = config.limits?.body_bytes ?? DEFAULT_API_LIMITS.maxJsonBodyBytes;
        return await containerFiles(objects, caller, container, { maxBytes: most, skip });
      } catch (error) {
        if (error instanceof RangeError) throw new ApiError(400, 'DownloadLimitExceeded', error.message);
        // Another project's container is none.
        if (!(error instanceof S3Error)) throw error;
        const reason = 'the project has no container of this name.';
        throw new ApiError(404, 'NotFound', `Could not fetch files from container ${container}, reason: ${reason}`);
      }
    },
    async close() {
      if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** Stacks make buckets in the cloud; they are buckets here too. */
async function bucketOfStack({ world }: Store, projectId: string, name: string): Promise<CloudBucket | undefined> {
  const [found] = await world.find({ collection: 'containers', projectId, name, limit: 1 });
  return found && { region: found.region, createdAt: new Date(found.createdAt).toISOString() };
}
