import { accountOf } from '../engine/planning/stack-identity.js';
import type { Caller } from '../engine/stacks/requests.js';
import { callerOf } from '../identity/caller.js';
import type { Identity } from '../identity/identity.js';

/** Who acts in the account of another project for a caller: himself, if he has a role there. */
export function createAccountCallers(
  identity: Identity,
): (account: string, asker: Caller) => Promise<Caller | undefined> {
  return async (account, asker) => {
    const project = (await identity.projects.list()).find(({ id }) => accountOf(id) === account);
    if (!project) return undefined;
    const token = await identity.tokens.preview({
      userId: asker.userId,
      scope: { kind: 'project', id: project.id },
      methods: ['ec2credential'],
    });
    return token && { ...callerOf(token, asker.region), origin: 'cfn' };
  };
}
