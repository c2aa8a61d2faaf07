/** Percent-encodes all but RFC 3986's unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(toWellFormed(text)).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Half a surrogate pair has no UTF-8; as everywhere it becomes U+FFFD. */
function toWellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Compares by code point order of the encoded bytes, as signatures sort. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Encoded pairs in byte order, joined as a query: the same for both versions. */
export function canonicalQuery(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([nameA, valueA], [nameB, valueB]) => byBytes(nameA, nameB) || byBytes(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** A path without empty, `.` and `..` segments. */
export function normalizePath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  const isFolder = /\/\.{0,2}$/.test(path);
  return `/${segments.join('/')}${isFolder && segments.length > 0 ? '/' : ''}`;
}

/**
 * How clients may have written the path that they signed, most usual first: encoded once more than it was sent (all
 * services but S3), as it was sent (S3, and Heat's own signer). They differ in nothing but encoding.
 */
export function canonicalPaths(path: string): string[] {
  const sent = path === '' ? '/' : path;
  const encoded = normalizePath(sent).split('/').map(uriEncode).join('/');
  return [...new Set([encoded, sent.split('/').map(uriEncode).join('/'), sent])];
}

/** A header's value as version 4 signs it: trimmed, runs of spaces made one. */
export function canonicalHeaderValue(value: string): string {
  return value.trim().replaceAll(/ {2,}/g, ' ');
}
