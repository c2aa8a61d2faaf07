import { percentDecode } from './percent-encoding.js';

/** What the version filter, which stands before all else, makes of a path. */
export type Negotiation =
  /** The version document is to be shown. */
  | { readonly kind: 'versions' }
  | { readonly kind: 'not-found' }
  /** The decoded segments below the version: the project comes first. */
  | { readonly kind: 'api'; readonly segments: readonly string[] };

const MEDIA_TYPE = 'application/vnd.openstack.orchestration-';

/** Major and minor version in a path segment or media type, as Heat finds them: `v1.0abc` is 1.0. */
function versionOf(text: string): 'ours' | 'other' | undefined {
  const match = /^v(\d+)\.?(\d+)?/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) === 1 && Number(match[2] ?? 0) === 0 ? 'ours' : 'other';
}

/** Decides by path and `Accept` header whether a request is for the API, for the version document, or for nothing. */
export function negotiateVersion(path: string, accept: string | undefined): Negotiation {
  const segments = percentDecode(path).split('/').slice(1);
  // Below the project a slash at the end leads nowhere, as in Heat.
  if (segments.at(-1) === '' && segments.length === 2) segments.pop();
  const first = segments[0] ?? '';
  if (first === '' || first === 'versions') return { kind: 'versions' };
  const version = versionOf(first);
  if (version !== undefined) {
    return version === 'ours' ? { kind: 'api', segments: segments.slice(1) } : { kind: 'versions' };
  }
  if (accept?.startsWith(MEDIA_TYPE) !== true) return { kind: 'not-found' };
  return versionOf(accept.slice(MEDIA_TYPE.length)) === 'other' ? { kind: 'versions' } : { kind: 'api', segments };
}

/** The version document. */
export function versionDocument(baseUrl: string): object {
  return {
    versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: `${baseUrl}/v1/` }] }],
  };
}
