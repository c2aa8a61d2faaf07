import type { Caller } from '../engine/stacks/requests.js';
import { ApiError, notAuthorized } from './api-error.js';
import type { Route } from './route-table.js';

/** The role of users that stacks make for their own use. */
export const STACK_USER_ROLE = 'heat_stack_user';

/** Heat's default policies; throws the 403 that they answer. */
export function enforcePolicy(caller: Caller, route: Route, method: string): void {
  if (route.access === 'admin' ? !caller.isAdmin : !isAllowed(caller, route, method)) {
    throw notAuthorized(route.policy);
  }
}

function isAllowed(caller: Caller, route: Route, method: string): boolean {
  if (caller.isAdmin || route.access === 'stack-user') return true;
  if (caller.roles.includes(STACK_USER_ROLE)) return false;
  const isReader = caller.roles.length > 0 && caller.roles.every((role) => role === 'reader');
  return !isReader || (route.readOnly ?? method === 'GET');
}

/**
 * The project in the URL must be the token's; an administrator's own is used whatever the URL says. So is a stack
 * user's: the URLs that stacks give them name the project of those users, while their stack is in another.
 */
export function enforceProject(caller: Caller, projectId: string): void {
  if (projectId === caller.projectId || caller.isAdmin || caller.stackId !== undefined) return;
  throw new ApiError(403, 'HTTPForbidden', 'Access was denied to this resource.');
}
