import { accountOf } from '../engine/model/account.js';
import type { Caller } from '../engine/stacks/requests.js';

/**
 * The one action of AWS's token service that deployment tools need beside CloudFormation: they ask for the account before
 * they deploy to it. It is answered at the same address, so that `AWS_ENDPOINT_URL_STS` may name it.
 */
export const TOKEN_SERVICE = {
  version: '2011-06-15',
  action: 'GetCallerIdentity',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
} as const;

/** Who the caller is, in AWS's terms. */
export function callerIdentity({ projectId, userId, userName }: Caller): { readonly [member: string]: string } {
  const account = accountOf(projectId);
  return { Arn: `arn:aws:iam::${account}:user/${userName}`, UserId: userId, Account: account };
}
