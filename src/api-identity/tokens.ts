import type { Identity } from '../identity/identity.js';
import { IdentityError } from '../identity/identity-error.js';
import type { LiveToken } from '../identity/tokens.js';
import type { Call, Routes } from './api-types.js';
import { readLogin } from './login-body.js';
import { tokenView } from './token-view.js';

/** `/v3/auth/tokens`: issue, look at, revoke. */
export function tokenRoutes(identity: Identity): Routes {
  /** The token that the request is about; not-found says no more than that it is not good. */
  async function subject(call: Call): Promise<{ text: string; token: LiveToken }> {
    // The caller first: strangers must not be able to try tokens.
    await call.token();
    const text = call.header('x-subject-token');
    if (text === undefined || text === '') throw new IdentityError('not-found', 'No token in the request');
    const token = await identity.tokens.validate(text);
    if (!token) throw new IdentityError('not-found', 'Failed to validate token');
    return { text, token };
  }

  const view = (call: Call, token: LiveToken) =>
    tokenView(identity, token, { baseUrl: call.baseUrl, withCatalog: !call.query.has('nocatalog') });

  return {
    '/v3/auth/tokens': {
      POST: async (call) => {
        const { text, token } = await identity.login(readLogin(call.body, call.remoteAddress));
        return { status: 201, body: await view(call, token), headers: { 'X-Subject-Token': text } };
      },
      GET: async (call) => {
        const { text, token } = await subject(call);
        await call.enforce(call.method === 'HEAD' ? 'check_token' : 'validate_token', { userId: token.user.id });
        return { status: 200, body: await view(call, token), headers: { 'X-Subject-Token': text } };
      },
      DELETE: async (call) => {
        const { text, token } = await subject(call);
        await call.enforce('revoke_token', { userId: token.user.id });
        await identity.tokens.revoke(text);
        return { status: 204 };
      },
    },
    // Keystone keeps no such list any more either.
    '/v3/auth/tokens/OS-PKI/revoked': {
      GET: async () => {
        throw new IdentityError('forbidden', 'You are not authorized to perform the requested action.');
      },
    },
  };
}
