const TIMEOUT_MS = 10_000;

/** Gets a template by http or https; an Error's message is what Heat would show. */
export async function fetchTemplate(url: string, maxBytes: number): Promise<string> {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? '';
  if (!['http', 'https'].includes(scheme)) throw new Error(`Invalid URL scheme ${scheme}`);
  const response = await get(url);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop early cancels the download.
    if (size > maxBytes) throw new Error(`Template exceeds maximum allowed size (${maxBytes} bytes)`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function get(url: string): Promise<Response> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return response;
    await response.body?.cancel();
  } catch (cause) {
    throw new Error(`Failed to retrieve template from ${url}`, { cause });
  }
  throw new Error(`Failed to retrieve template from ${url}`);
}
