import { UserError } from '../engine/model/errors.js';

/** Who can act on an identity error, and how. */
export type IdentityErrorReason = 'invalid' | 'unauthorized' | 'forbidden' | 'not-found' | 'conflict';

/** A refusal of the identity service; the message is Keystone's, since clients match on it. */
export class IdentityError extends UserError {
  readonly code = 'identity';

  constructor(
    readonly reason: IdentityErrorReason,
    message: string,
    /** What Keystone tells of the ways to log in, where one failed that it calls a plugin. */
    readonly loginHint?: { readonly methods?: readonly string[] },
  ) {
    super(message);
  }
}

const NAMES = {
  domain: 'domain',
  project: 'project',
  user: 'user',
  group: 'group',
  role: 'role',
  region: 'region',
  service: 'service',
  endpoint: 'endpoint',
  credential: 'credential',
  'application credential': 'Application Credential',
  trust: 'trust',
  'project tag': 'project tag',
} as const;

/** What identity speaks of. */
export type IdentityEntity = keyof typeof NAMES;

/** The entity is not there, or not for this caller. */
export function notFound(entity: IdentityEntity, id: string): IdentityError {
  return new IdentityError('not-found', `Could not find ${NAMES[entity]}: ${id}.`);
}

/** Says nothing of why: neither that a user exists nor that an account is locked. */
export function unauthorized(): IdentityError {
  return new IdentityError('unauthorized', 'The request you have made requires authentication.');
}

/** Policy does not allow the action. */
export function forbidden(action?: string): IdentityError {
  const what = 'You are not authorized to perform the requested action';
  return new IdentityError('forbidden', action === undefined ? `${what}.` : `${what}: ${action}.`);
}

/** Something of the kind is in the way. */
export function conflict(entity: string, details: string): IdentityError {
  return new IdentityError('conflict', `Conflict occurred attempting to store ${entity} - ${details}.`);
}

/** The usual conflict: a name is taken, within a domain if one is given. */
export function duplicate(
  entity: string,
  field: 'name' | 'ID',
  value: string,
  domainId?: string | null,
): IdentityError {
  const where = domainId ? ` at domain ID ${domainId}` : '';
  return conflict(entity, `Duplicate entry found with ${field} ${value}${where}`);
}

/** The request is wrong. */
export function invalid(message: string): IdentityError {
  return new IdentityError('invalid', message);
}

/** Something is missing from a request. */
export function missing(attribute: string, target: string): IdentityError {
  return invalid(
    `Expecting to find ${attribute} in ${target}. The server could not comply with the request since it is either ` +
      'malformed or otherwise incorrect. The client is assumed to be in error.',
  );
}

/** The resource is protected by its option `immutable`. */
export function immutable(verb: 'update' | 'delete', entity: string, id: string): IdentityError {
  return new IdentityError(
    'forbidden',
    `Unable to ${verb} immutable ${entity} resource: \`${id}. Set resource option "immutable" to false first.`,
  );
}
