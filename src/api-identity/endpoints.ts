import type { JsonMap } from '../engine/model/value.js';
import { endpointUrl } from '../identity/catalog.js';
import type { Identity } from '../identity/identity.js';
import { invalid } from '../identity/identity-error.js';
import type { Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import { assertSameId, type BodyRule, extraOf, FIELDS, validate } from './validation.js';
import { collection, endpointView } from './views.js';

const ENDPOINT_FIELDS = {
  enabled: FIELDS.flag,
  interface: { type: 'string', oneOf: ['admin', 'internal', 'public'] },
  region_id: FIELDS.textOrNull,
  region: FIELDS.textOrNull,
  service_id: FIELDS.text,
  url: FIELDS.url,
} as const;
const CREATE: BodyRule = { fields: ENDPOINT_FIELDS, required: ['interface', 'service_id', 'url'] };
const UPDATE: BodyRule = { fields: ENDPOINT_FIELDS, minProperties: 1 };

/** `/v3/endpoints`. */
export function endpointRoutes({ catalog }: Identity): Routes {
  async function input(entity: JsonMap) {
    const { enabled, region_id: regionId, region, service_id: serviceId, url } = entity;
    if (typeof url === 'string') assertUrl(url);
    // A region that is only named is made: version 2's clients expect that.
    const isNamed = typeof region === 'string' && (regionId === undefined || regionId === null);
    if (isNamed && !(await findOrUndefined(catalog.getRegion(region)))) await catalog.createRegion({ id: region });
    const place = isNamed ? region : regionId;
    return {
      ...(typeof enabled === 'boolean' && { enabled }),
      ...(typeof entity.interface === 'string' && { interface: entity.interface }),
      ...(place !== undefined && { regionId: place as string | null }),
      ...(typeof serviceId === 'string' && { serviceId }),
      ...(typeof url === 'string' && { url }),
      extra: extraOf(entity, Object.keys(ENDPOINT_FIELDS)),
    };
  }

  return {
    '/v3/endpoints': {
      GET: async (call) => {
        await call.enforce('list_endpoints');
        const rows = (await catalog.listEndpoints()).map((row) => endpointView(row, call.v3Url, call.baseUrl));
        const found = call.query.filter(rows, ['interface', 'service_id', 'region_id']);
        return { status: 200, body: collection('endpoints', found, call.selfUrl) };
      },
      POST: async (call) => {
        await call.enforce('create_endpoint');
        const entity = validate(call.body.endpoint, CREATE);
        const row = await catalog.createEndpoint({
          ...(await input(entity)),
          interface: entity.interface as string,
          serviceId: entity.service_id as string,
          url: entity.url as string,
        });
        return { status: 201, body: { endpoint: endpointView(row, call.v3Url, call.baseUrl) } };
      },
    },
    '/v3/endpoints/{endpoint_id}': {
      GET: async (call) => {
        await call.enforce('get_endpoint');
        const row = await catalog.getEndpoint(call.param('endpoint_id'));
        return { status: 200, body: { endpoint: endpointView(row, call.v3Url, call.baseUrl) } };
      },
      PATCH: async (call) => {
        await call.enforce('update_endpoint');
        const entity = validate(call.body.endpoint, UPDATE);
        assertSameId(entity, call.param('endpoint_id'));
        const row = await catalog.updateEndpoint(call.param('endpoint_id'), await input(entity));
        return { status: 200, body: { endpoint: endpointView(row, call.v3Url, call.baseUrl) } };
      },
      DELETE: async (call) => {
        await call.enforce('delete_endpoint');
        await catalog.deleteEndpoint(call.param('endpoint_id'));
        return { status: 204 };
      },
    },
  };
}

/** Only the placeholders that we can fill in. */
function assertUrl(url: string): void {
  const filled = endpointUrl(url, { baseUrl: '', userId: '', projectId: '' }) ?? '';
  if (/[%$]\(/.test(filled)) throw invalid(`Cannot create an endpoint with an invalid URL: ${url}.`);
}
