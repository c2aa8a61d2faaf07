import { createHash } from 'node:crypto';

/** A checksum that is fed piece by piece. */
export interface Checksum {
  update(data: Uint8Array): void;
  /** Base64, as S3's headers have it. */
  digest(): string;
}

/** The algorithms that clients may ask for, by the end of their header's name. */
export type ChecksumName = 'crc32' | 'crc32c' | 'crc64nvme' | 'sha1' | 'sha256';

export const CHECKSUM_NAMES: readonly ChecksumName[] = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'];

/** Begins a checksum. */
export function createChecksum(name: ChecksumName): Checksum {
  switch (name) {
    case 'crc32':
      return new Crc32(0xedb88320);
    case 'crc32c':
      return new Crc32(0x82f63b78);
    case 'crc64nvme':
      return new Crc64();
    default:
      return hashChecksum(name);
  }
}

function hashChecksum(name: 'sha1' | 'sha256'): Checksum {
  const hash = createHash(name);
  return { update: (data) => void hash.update(data), digest: () => hash.digest('base64') };
}

const tables32 = new Map<number, Uint32Array>();

function table32(polynomial: number): Uint32Array {
  const known = tables32.get(polynomial);
  if (known) return known;
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    table[index] = value;
  }
  tables32.set(polynomial, table);
  return table;
}

class Crc32 implements Checksum {
  readonly #table: Uint32Array;
  #state = 0xffffffff;

  constructor(polynomial: number) {
    this.#table = table32(polynomial);
  }

  update(data: Uint8Array): void {
    let state = this.#state;
    const table = this.#table;
    for (let index = 0; index < data.length; index++) {
      state = (table[(state ^ (data[index] as number)) & 0xff] as number) ^ (state >>> 8);
    }
    this.#state = state;
  }

  digest(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE((this.#state ^ 0xffffffff) >>> 0);
    return bytes.toString('base64');
  }
}

/** NVMe's polynomial, bits in reverse, as two halves: numbers are ten times as fast as bigints here. */
const HIGH_64 = 0x9a6c9329;
const LOW_64 = 0xac4bc9b5;
let table64: { readonly high: Uint32Array; readonly low: Uint32Array } | undefined;

function halves64(): { readonly high: Uint32Array; readonly low: Uint32Array } {
  if (table64) return table64;
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let upper = 0;
    let lower = index;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = lower & 1;
      lower = ((lower >>> 1) | (upper << 31)) >>> 0;
      upper >>>= 1;
      if (isOdd) {
        upper = (upper ^ HIGH_64) >>> 0;
        lower = (lower ^ LOW_64) >>> 0;
      }
    }
    high[index] = upper;
    low[index] = lower;
  }
  table64 = { high, low };
  return table64;
}

class Crc64 implements Checksum {
  #high = 0xffffffff;
  #low = 0xffffffff;

  update(data: Uint8Array): void {
    const { high, low } = halves64();
    let upper = this.#high;
    let lower = this.#low;
    for (let index = 0; index < data.length; index++) {
      const slot = (lower ^ (data[index] as number)) & 0xff;
      lower = (((lower >>> 8) | (upper << 24)) ^ (low[slot] as number)) >>> 0;
      upper = ((upper >>> 8) ^ (high[slot] as number)) >>> 0;
    }
    this.#high = upper;
    this.#low = lower;
  }

  digest(): string {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE((this.#high ^ 0xffffffff) >>> 0, 0);
    bytes.writeUInt32BE((this.#low ^ 0xffffffff) >>> 0, 4);
    return bytes.toString('base64');
  }
}
