import type { JsonMap } from '../engine/model/value.js';
import { IdentityError, type IdentityErrorReason } from '../identity/identity-error.js';
import type { Reply } from './api-types.js';

const STATUSES: Record<IdentityErrorReason, readonly [status: number, title: string]> = {
  invalid: [400, 'Bad Request'],
  unauthorized: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  'not-found': [404, 'Not Found'],
  conflict: [409, 'Conflict'],
};

function errorReply(status: number, title: string, message: string, headers: Reply['headers'] = {}): Reply {
  const error: JsonMap = { code: status, message, title };
  return { status, body: { error }, headers };
}

/** What a refusal looks like on the wire; undefined for errors that are not the caller's. */
export function identityErrorReply(error: unknown, identityUrl: string): Reply | undefined {
  if (!(error instanceof IdentityError)) return undefined;
  const [status, title] = STATUSES[error.reason];
  const headers = status === 401 ? { 'WWW-Authenticate': `Keystone uri="${identityUrl}"` } : {};
  const reply = errorReply(status, title, error.message, headers);
  if (!error.loginHint) return reply;
  const { methods } = error.loginHint;
  return {
    ...reply,
    body: {
      error: { code: status, message: error.message, title, identity: methods ? { methods: [...methods] } : {} },
    },
  };
}

/** No route has this path. */
export function unknownPathReply(): Reply {
  const message =
    'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';
  return errorReply(404, 'Not Found', message);
}

/** The route has other methods. */
export function wrongMethodReply(allowed: readonly string[]): Reply {
  // The framework under Keystone answers here, in a form of its own.
  const body = { message: 'The method is not allowed for the requested URL.' };
  return { status: 405, body, headers: { Allow: allowed.join(', ') } };
}

/** Our own mistake; says nothing of it. */
export function internalErrorReply(): Reply {
  const message = 'An unexpected error prevented the server from fulfilling your request.';
  return errorReply(500, 'Internal Server Error', message);
}
