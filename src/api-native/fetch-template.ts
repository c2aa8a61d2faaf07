const TIMEOUT_MS = 10_000;

/** Gets a text of at most so many bytes; what it throws is not shown, but for a RangeError. */
export type FetchText = (url: string, maxBytes: number) => Promise<string>;

/** Gets a template by http or https; an Error's message is what Heat would show. */
export async function fetchTemplate(url: string, maxBytes: number, fetchText: FetchText): Promise<string> {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? '';
  if (!['http', 'https'].includes(scheme)) throw new Error(`Invalid URL scheme ${scheme}`);
  try {
    return await fetchText(url, maxBytes);
  } catch (cause) {
    // Whether there is anything behind an address that may not be asked is nobody's business.
    const message = cause instanceof RangeError ? cause.message : `Failed to retrieve template from ${url}`;
    throw new Error(message, { cause });
  }
}

/** From wherever it is: for an engine in its caller's own process. */
export const fetchAnywhere: FetchText = async (url, maxBytes) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop early cancels the download.
    if (size > maxBytes) throw new RangeError(`Template exceeds maximum allowed size (${maxBytes} bytes)`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
