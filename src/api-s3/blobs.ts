import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes that lie on disk under an id of ours; never changed once they are there. */
export interface Blob {
  readonly id: string;
  readonly size: number;
  /** MD5 in hexadecimal. */
  readonly md5: string;
}

/** A part of a blob to be read; `end` is exclusive. */
export interface BlobRange {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

const CHUNK_BYTES = 256 * 1024;
const TEMPORARY = '.part';

/** The files behind objects. A file is complete and durable before anybody hears of it. */
export class Blobs {
  readonly #folder: string;
  /** Readers per blob: what somebody reads is removed when he is done. */
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens the folder, made if need be; files that `isKnown` does not know are left-overs of a crash and go. */
  static async open(folder: string, isKnown: (id: string) => boolean): Promise<Blobs> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      if (!isKnown(name)) await rm(join(folder, name), { force: true });
    }
    return new Blobs(folder);
  }

  /** Writes a blob; if the source fails, nothing is left. */
  async write(source: AsyncIterable<Uint8Array>): Promise<Blob> {
    const id = randomUUID();
    const file = join(this.#folder, id);
    const temporary = `${file}${TEMPORARY}`;
    const hash = createHash('md5');
    let size = 0;
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        for await (const piece of source) {
          hash.update(piece);
          size += piece.length;
          await writeAll(handle, piece);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await this.#syncFolder();
    return { id, size, md5: hash.digest('hex') };
  }

  /** Keeps blobs from being removed until the returned function is called; call it in the turn in which they were looked up. */
  hold(ids: readonly string[]): () => void {
    for (const id of ids) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const id of ids) {
        const left = (this.#readers.get(id) ?? 1) - 1;
        if (left > 0) this.#readers.set(id, left);
        else {
          this.#readers.delete(id);
          if (this.#doomed.delete(id)) this.#unlink(id).catch(() => undefined);
        }
      }
    };
  }

  /** The bytes of the given ranges, one after the other. */
  async *read(ranges: readonly BlobRange[]): AsyncGenerator<Buffer> {
    for (const { id, start, end } of ranges) {
      if (start >= end) continue;
      const handle = await open(join(this.#folder, id), 'r');
      try {
        for (let at = start; at < end; ) {
          const { bytesRead, buffer } = await handle.read(
            Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at)),
            0,
            undefined,
            at,
          );
          if (bytesRead === 0) throw new Error(`the file of blob ${id} is shorter than its record says`);
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await handle.close();
      }
    }
  }

  /** Removes blobs, at once or when their last reader is done. */
  async remove(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.#readers.has(id)) this.#doomed.add(id);
      else await this.#unlink(id);
    }
  }

  #unlink(id: string): Promise<void> {
    return rm(join(this.#folder, id), { force: true });
  }

  /** A renamed file is there after a power failure only if its folder was written too. */
  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.length; ) {
    const { bytesWritten } = await handle.write(piece, at, piece.length - at);
    at += bytesWritten;
  }
}
