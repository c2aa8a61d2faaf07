import type { Caller } from '../engine/stacks/requests.js';
import { STACK_USER_ROLE } from './stack-users.js';
import type { LiveToken } from './tokens.js';

/**
 * Who a token speaks for, as the engine sees it. A token without a project has an empty project id, which no stack has.
 * Users that a stack made act in the project of that stack and reach that stack only.
 */
export function callerOf(token: LiveToken, region: string): Caller {
  const roles = token.roles.map((role) => role.name);
  const owner = token.project?.stackOwner;
  const isBorrowed = token.trust?.impersonation === true;
  return {
    projectId: owner?.projectId ?? token.project?.id ?? '',
    projectName: owner?.projectName ?? token.project?.name ?? '',
    userId: isBorrowed ? token.trust.trustorId : token.user.id,
    userName: token.user.name,
    roles: owner ? [STACK_USER_ROLE] : roles,
    isAdmin: !owner && roles.includes('admin'),
    region,
    origin: 'heat',
    ...(owner && { stackId: owner.stackId }),
  };
}
