import { createHash, type Hash } from 'node:crypto';
import { S3Error } from './s3-error.js';
import type { ChunkSigner } from './s3-signature.js';

/** How a body in chunks is to be read. */
export interface ChunkedOptions {
  /** Absent: the chunks are not signed. */
  readonly signer?: ChunkSigner;
  readonly hasTrailer: boolean;
  /** Told of the headers that follow the body. */
  readonly trailer: (name: string, value: string) => void;
}

/** A line between chunks is a size and a signature. */
const MAX_LINE = 4096;

/** Reads the encoding `aws-chunked`: gives the bytes of the body, checks each chunk's signature. */
export async function* readChunks(source: AsyncIterable<Buffer>, options: ChunkedOptions): AsyncGenerator<Buffer> {
  const input = new ChunkInput(source);
  for (;;) {
    const [sizeText = '', ...extensions] = (await input.line()).split(';');
    if (!/^[0-9a-f]{1,12}$/i.test(sizeText.trim()))
      throw new S3Error('InvalidRequest', 'The size of a chunk is not a number.');
    const size = Number.parseInt(sizeText, 16);
    const signature =
      extensions
        .find((one) => one.trim().startsWith('chunk-signature='))
        ?.split('=')[1]
        ?.trim() ?? '';
    const hash = options.signer ? createHash('sha256') : undefined;
    for (let left = size; left > 0; ) {
      const piece = await input.bytes(left);
      left -= piece.length;
      hash?.update(piece);
      yield piece;
    }
    checkChunk(options.signer, signature, hash);
    if (size === 0) break;
    if ((await input.line()) !== '') throw new S3Error('InvalidRequest', 'A chunk is longer than it says.');
  }
  await readTrailer(input, options);
}

function checkChunk(signer: ChunkSigner | undefined, signature: string, hash: Hash | undefined): void {
  if (signer && hash && !signer.accepts(signature, hash.digest('hex'))) throw new S3Error('SignatureDoesNotMatch');
}

async function readTrailer(input: ChunkInput, { signer, hasTrailer, trailer }: ChunkedOptions): Promise<void> {
  let text = '';
  let signature: string | undefined;
  // Clients disagree on whether an empty line ends the trailer.
  for (let line = await input.lineOrEnd(); line !== undefined && line !== ''; line = await input.lineOrEnd()) {
    const colon = line.indexOf(':');
    if (colon < 0) throw new S3Error('InvalidRequest', 'A line of the trailer is not a header.');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === 'x-amz-trailer-signature') signature = value;
    else {
      text += `${name}:${value}\n`;
      trailer(name, value);
    }
  }
  if (signer && hasTrailer) {
    const hash = createHash('sha256').update(text).digest('hex');
    if (!signer.acceptsTrailer(signature ?? '', hash)) throw new S3Error('SignatureDoesNotMatch');
  }
}

/** Lines and bytes of a stream by turns. */
class ChunkInput {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    if (done) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }

  /** At most so many bytes; at least one. */
  async bytes(most: number): Promise<Buffer> {
    if (this.#rest.length === 0 && !(await this.#more())) throw new S3Error('IncompleteBody');
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async line(): Promise<string> {
    const line = await this.lineOrEnd();
    if (line === undefined) throw new S3Error('IncompleteBody');
    return line;
  }

  /** A line without its end; undefined at the end of the stream. */
  async lineOrEnd(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf('\n');
      if (end >= 0) {
        const line = this.#rest.subarray(0, end).toString('latin1').replace(/\r$/, '');
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (this.#rest.length > MAX_LINE) throw new S3Error('InvalidRequest', 'A line between chunks is too long.');
      if (!(await this.#more())) {
        if (this.#rest.length === 0) return undefined;
        const line = this.#rest.toString('latin1').replace(/\r$/, '');
        this.#rest = Buffer.alloc(0);
        return line;
      }
    }
  }
}
