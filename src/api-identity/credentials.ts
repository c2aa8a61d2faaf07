import type { JsonMap } from '../engine/model/value.js';
import { parseBlob } from '../identity/credentials.js';
import type { Identity } from '../identity/identity.js';
import { forbidden, invalid, missing } from '../identity/identity-error.js';
import type { CredentialRecord } from '../identity/records.js';
import type { LiveToken } from '../identity/tokens.js';
import type { Call, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import { isReaderOfAll, type PolicyAction } from './policy.js';
import { assertSameId, type BodyRule, entityOf, extraOf, FIELDS, validate } from './validation.js';
import { collection, credentialView } from './views.js';

const CREDENTIAL_FIELDS = {
  blob: FIELDS.secret,
  project_id: FIELDS.textOrNull,
  type: FIELDS.text,
  user_id: FIELDS.text,
} as const;
const CREATE: BodyRule = { fields: CREDENTIAL_FIELDS, required: ['blob', 'type', 'user_id'] };
const UPDATE: BodyRule = { fields: { blob: FIELDS.secret }, required: ['blob'], isClosed: true };

/** Tokens that were lent may not get at lasting secrets: those would outlive what was lent. */
export function assertOwnAuthority({ record }: LiveToken): void {
  const isLent =
    record.trustId !== undefined ||
    record.applicationCredentialId !== undefined ||
    record.methods.some((method) => method === 'application_credential' || method === 'ec2credential');
  if (isLent) throw forbidden('Delegated tokens cannot access credentials directly');
}

function ec2Blob(blob: string): JsonMap {
  const map = parseBlob(blob);
  if (map === undefined) throw invalid('Invalid blob in credential');
  if (Object.keys(map).length === 0) throw missing('blob', 'credential');
  if (typeof map.access !== 'string') throw missing('access', 'credential');
  return map;
}

/** `/v3/credentials`. */
export function credentialRoutes({ credentials, users, projects }: Identity): Routes {
  async function enforceOn(call: Call, action: PolicyAction): Promise<CredentialRecord> {
    const id = call.param('credential_id');
    const row = await findOrUndefined(credentials.get(id));
    assertOwnAuthority(await call.enforce(action, { userId: row?.userId }));
    return row ?? credentials.get(id);
  }

  return {
    '/v3/credentials': {
      GET: async (call) => {
        const token = await call.token();
        await call.enforce('list_credentials', { userId: token.user.id });
        assertOwnAuthority(token);
        const own = isReaderOfAll(token) ? await credentials.list() : await credentials.list(token.user.id);
        const rows = own.map((row) => credentialView(row, call.v3Url));
        return {
          status: 200,
          body: collection('credentials', call.query.filter(rows, ['user_id', 'type']), call.selfUrl),
        };
      },
      POST: async (call) => {
        const entity = entityOf(call.body, 'credential');
        const userId =
          typeof entity === 'object' && entity !== null && !Array.isArray(entity) ? entity.user_id : undefined;
        const token = await call.enforce('create_credential', {
          userId: typeof userId === 'string' ? userId : undefined,
        });
        const { type, blob, project_id: projectId, ...rest } = validate(entity, CREATE) as Record<string, string>;
        assertOwnAuthority(token);
        const isEc2 = type?.toLowerCase() === 'ec2';
        if (isEc2 && projectId === undefined) throw invalid("'project_id' is a required property");
        const access = isEc2 ? (ec2Blob(blob ?? '').access as string) : undefined;
        await users.get(rest.user_id ?? '');
        if (isEc2) await projects.get(projectId ?? '');
        const row = await credentials.create({
          userId: rest.user_id ?? '',
          projectId: projectId ?? null,
          type: type ?? '',
          blob: blob ?? '',
          ...(access !== undefined && { access }),
          extra: extraOf(rest, Object.keys(CREDENTIAL_FIELDS)),
        });
        return { status: 201, body: { credential: credentialView(row, call.v3Url) } };
      },
    },
    '/v3/credentials/{credential_id}': {
      GET: async (call) => ({
        status: 200,
        body: { credential: credentialView(await enforceOn(call, 'get_credential'), call.v3Url) },
      }),
      PATCH: async (call) => {
        const old = await enforceOn(call, 'update_credential');
        const entity = validate(entityOf(call.body, 'credential'), UPDATE);
        assertSameId(entity, old.id);
        const blob = entity.blob as string;
        if (old.type.toLowerCase() === 'ec2') {
          const before = parseBlob(String(old.blob.reveal())) ?? {};
          const after = ec2Blob(blob);
          for (const key of ['trust_id', 'app_cred_id', 'access_token_id', 'access_id', 'access']) {
            if ((before[key] ?? null) !== (after[key] ?? null))
              throw invalid(`${key} can not be updated for credential`);
          }
        }
        return {
          status: 200,
          body: { credential: credentialView(await credentials.update(old.id, blob), call.v3Url) },
        };
      },
      DELETE: async (call) => {
        const { id } = await enforceOn(call, 'delete_credential');
        await credentials.delete(id);
        return { status: 204 };
      },
    },
  };
}
