import { type Ec2KeyPair, ec2CredentialId } from '../identity/credentials.js';
import type { Identity } from '../identity/identity.js';
import { notFound } from '../identity/identity-error.js';
import type { Call, Routes } from './api-types.js';
import { assertOwnAuthority } from './credentials.js';
import type { PolicyAction } from './policy.js';
import { collection, ec2View } from './views.js';

/** `/v3/users/{user_id}/credentials/OS-EC2`. */
export function ec2Routes({ credentials, users, projects }: Identity): Routes {
  async function keyPair(call: Call, action: PolicyAction): Promise<Ec2KeyPair> {
    const access = call.param('access');
    const found = await credentials.findEc2(access);
    const isOfUser = found?.userId === call.param('user_id');
    assertOwnAuthority(await call.enforce(action, { userId: isOfUser ? found?.userId : undefined }));
    await users.get(call.param('user_id'));
    if (!found || !isOfUser) throw notFound('credential', ec2CredentialId(access));
    return found;
  }

  return {
    '/v3/users/{user_id}/credentials/OS-EC2': {
      GET: async (call) => {
        const userId = call.param('user_id');
        assertOwnAuthority(await call.enforce('ec2_list_credentials', { userId }));
        await users.get(userId);
        const rows = (await credentials.listEc2(userId)).map((pair) => ec2View(pair, call.v3Url));
        return { status: 200, body: collection('credentials', rows, call.selfUrl) };
      },
      POST: async (call) => {
        const userId = call.param('user_id');
        const token = await call.enforce('ec2_create_credential', { userId });
        await users.get(userId);
        const tenantId = call.body.tenant_id;
        if (typeof tenantId !== 'string') throw notFound('project', 'None');
        await projects.get(tenantId);
        assertOwnAuthority(token);
        const pair = await credentials.createEc2(userId, tenantId);
        return { status: 201, body: { credential: ec2View(pair, call.v3Url) } };
      },
    },
    '/v3/users/{user_id}/credentials/OS-EC2/{access}': {
      GET: async (call) => ({
        status: 200,
        body: { credential: ec2View(await keyPair(call, 'ec2_get_credential'), call.v3Url) },
      }),
      DELETE: async (call) => {
        await credentials.delete((await keyPair(call, 'ec2_delete_credential')).id);
        return { status: 204 };
      },
    },
  };
}
