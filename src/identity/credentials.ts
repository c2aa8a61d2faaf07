import { createHash, randomBytes } from 'node:crypto';
import { type JsonMap, Secret } from '../engine/model/value.js';
import { type Directory, need } from './directory.js';
import { duplicate } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import type { CredentialRecord } from './records.js';

/** An EC2 key pair in the clear. */
export interface Ec2KeyPair {
  /** The credential's id. */
  readonly id: string;
  readonly userId: string;
  readonly projectId: string | null;
  readonly access: string;
  readonly secret: string;
  readonly trustId: string | null;
  readonly applicationCredentialId: string | null;
}

/** A credential to be made. */
export interface NewCredential {
  readonly userId: string;
  readonly projectId: string | null;
  readonly type: string;
  readonly blob: string;
  /** Of an EC2 key pair: it decides the id. */
  readonly access?: string;
  readonly extra?: JsonMap;
}

/** Credentials of all types; EC2 key pairs with a view of their own. */
export interface Credentials {
  create(input: NewCredential): Promise<CredentialRecord>;
  get(id: string): Promise<CredentialRecord>;
  list(userId?: string): Promise<CredentialRecord[]>;
  update(id: string, blob: string): Promise<CredentialRecord>;
  delete(id: string): Promise<void>;
  createEc2(userId: string, projectId: string, trustId?: string): Promise<Ec2KeyPair>;
  /** Undefined if there is no such key pair. */
  findEc2(access: string): Promise<Ec2KeyPair | undefined>;
  listEc2(userId: string): Promise<Ec2KeyPair[]>;
}

/** The id of an EC2 credential. */
export function ec2CredentialId(access: string): string {
  return createHash('sha256').update(access).digest('hex');
}

function toKeyPair(row: CredentialRecord): Ec2KeyPair | undefined {
  if (row.type !== 'ec2') return undefined;
  const blob = parseBlob(String(row.blob.reveal()));
  const text = (name: string) => (typeof blob?.[name] === 'string' ? (blob[name] as string) : null);
  const access = text('access');
  const secret = text('secret');
  if (access === null || secret === null) return undefined;
  const { id, userId, projectId } = row;
  return {
    id,
    userId,
    projectId,
    access,
    secret,
    trustId: text('trust_id'),
    applicationCredentialId: text('app_cred_id'),
  };
}

/** The map in a blob; undefined if it is none. */
export function parseBlob(blob: string): JsonMap | undefined {
  try {
    const value: unknown = JSON.parse(blob);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : undefined;
  } catch {
    // Blobs of other types need not be JSON.
    return undefined;
  }
}

/** Credentials over the directory. */
export function createCredentials(directory: Directory): Credentials {
  const { credentials } = directory;

  async function create({
    userId,
    projectId,
    type,
    blob,
    access,
    extra = {},
  }: NewCredential): Promise<CredentialRecord> {
    const id = access === undefined ? newIdentityId() : ec2CredentialId(access);
    if (await credentials.get(id)) throw duplicate('credential', 'ID', id);
    const row: CredentialRecord = { id, userId, projectId, type, blob: new Secret(blob), extra };
    await credentials.put(row);
    return row;
  }

  return {
    create,
    get: (id) => need(credentials, 'credential', id),
    list: (userId) => credentials.list(userId),
    async update(id, blob) {
      const row = { ...(await need(credentials, 'credential', id)), blob: new Secret(blob) };
      await credentials.put(row);
      return row;
    },
    async delete(id) {
      await need(credentials, 'credential', id);
      await credentials.remove(id);
    },
    async createEc2(userId, projectId, trustId) {
      const access = randomBytes(16).toString('hex');
      const secret = randomBytes(16).toString('hex');
      const blob = JSON.stringify({ access, secret, trust_id: trustId ?? null });
      const { id } = await create({ userId, projectId, type: 'ec2', blob, access });
      return { id, userId, projectId, access, secret, trustId: trustId ?? null, applicationCredentialId: null };
    },
    async findEc2(access) {
      const row = await credentials.get(ec2CredentialId(access));
      return row && toKeyPair(row);
    },
    async listEc2(userId) {
      return (await credentials.list(userId)).map(toKeyPair).filter((pair) => pair !== undefined);
    },
  };
}
