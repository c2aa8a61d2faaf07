import type { Identity } from '../identity/identity.js';
import type { Routes } from './api-types.js';
import { commonInput } from './projects.js';
import { assertSameId, type BodyRule, entityOf, FIELDS, validate } from './validation.js';
import { collection, domainView } from './views.js';

const DOMAIN_FIELDS = {
  description: FIELDS.textOrNull,
  enabled: FIELDS.flag,
  name: FIELDS.shortName,
  tags: FIELDS.tags,
  options: FIELDS.map,
} as const;
const CREATE: BodyRule = { fields: DOMAIN_FIELDS, required: ['name'] };
const UPDATE: BodyRule = { fields: DOMAIN_FIELDS, minProperties: 1 };

/** `/v3/domains`. */
export function domainRoutes({ domains }: Identity): Routes {
  const known = Object.keys(DOMAIN_FIELDS);
  return {
    '/v3/domains': {
      GET: async (call) => {
        await call.enforce('list_domains');
        const rows = (await domains.list()).map((row) => domainView(row, call.v3Url));
        return { status: 200, body: collection('domains', call.query.filter(rows, ['name', 'enabled']), call.selfUrl) };
      },
      POST: async (call) => {
        await call.enforce('create_domain');
        const entity = validate(entityOf(call.body, 'domain'), CREATE);
        const row = await domains.create({ ...commonInput(entity, known), name: entity.name as string });
        return { status: 201, body: { domain: domainView(row, call.v3Url) } };
      },
    },
    '/v3/domains/{domain_id}': {
      GET: async (call) => {
        await call.enforce('get_domain', { domainId: call.param('domain_id') });
        return { status: 200, body: { domain: domainView(await domains.get(call.param('domain_id')), call.v3Url) } };
      },
      PATCH: async (call) => {
        await call.enforce('update_domain');
        const entity = validate(entityOf(call.body, 'domain'), UPDATE);
        assertSameId(entity, call.param('domain_id'));
        const row = await domains.update(call.param('domain_id'), commonInput(entity, known));
        return { status: 200, body: { domain: domainView(row, call.v3Url) } };
      },
      DELETE: async (call) => {
        await call.enforce('delete_domain');
        await domains.delete(call.param('domain_id'));
        return { status: 204 };
      },
    },
  };
}
