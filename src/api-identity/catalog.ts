import type { JsonMap } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import { invalid } from '../identity/identity-error.js';
import type { Call, Routes } from './api-types.js';
import { assertSameId, type BodyRule, extraOf, FIELDS, validate } from './validation.js';
import { collection, regionView, serviceView } from './views.js';

const REGION_FIELDS = { description: FIELDS.textOrNull, id: FIELDS.text, parent_region_id: FIELDS.textOrNull } as const;
const REGION_CREATE: BodyRule = { fields: REGION_FIELDS };
const REGION_UPDATE: BodyRule = { fields: REGION_FIELDS, minProperties: 1 };

const SERVICE_FIELDS = {
  enabled: FIELDS.flag,
  name: FIELDS.name,
  type: { type: 'string', minLength: 1, maxLength: 255 },
  description: FIELDS.textOrNull,
} as const;
const SERVICE_CREATE: BodyRule = { fields: SERVICE_FIELDS, required: ['type'] };
const SERVICE_UPDATE: BodyRule = { fields: SERVICE_FIELDS, minProperties: 1 };

function regionInput(entity: JsonMap) {
  const { description, parent_region_id: parent } = entity;
  return {
    ...(description !== undefined && { description: (description as string | null) ?? '' }),
    ...(parent !== undefined && { parentRegionId: parent as string | null }),
    extra: extraOf(entity, Object.keys(REGION_FIELDS)),
  };
}

function serviceInput(entity: JsonMap) {
  const { type, name, description, enabled } = entity;
  return {
    ...(typeof type === 'string' && { type }),
    ...(typeof name === 'string' && { name }),
    ...(description !== undefined && { description: description as string | null }),
    ...(typeof enabled === 'boolean' && { enabled }),
    extra: extraOf(entity, Object.keys(SERVICE_FIELDS)),
  };
}

/** `/v3/regions` and `/v3/services`. */
export function catalogRoutes({ catalog }: Identity): Routes {
  async function createRegion(call: Call, id: string | undefined) {
    await call.enforce('create_region');
    const entity = validate(call.body.region, REGION_CREATE);
    if (id !== undefined && typeof entity.id === 'string' && entity.id !== id) {
      throw invalid(`Conflicting region IDs specified: "${id}" != "${entity.id}"`);
    }
    const chosen = id ?? (typeof entity.id === 'string' && entity.id !== '' ? entity.id : undefined);
    const row = await catalog.createRegion({ ...regionInput(entity), ...(chosen !== undefined && { id: chosen }) });
    return { status: 201, body: { region: regionView(row, call.v3Url) } };
  }

  return {
    '/v3/regions': {
      GET: async (call) => {
        await call.enforce('list_regions');
        const rows = (await catalog.listRegions()).map((row) => regionView(row, call.v3Url));
        return {
          status: 200,
          body: collection('regions', call.query.filter(rows, ['parent_region_id']), call.selfUrl),
        };
      },
      POST: (call) => createRegion(call, undefined),
    },
    '/v3/regions/{region_id}': {
      GET: async (call) => {
        await call.enforce('get_region');
        return {
          status: 200,
          body: { region: regionView(await catalog.getRegion(call.param('region_id')), call.v3Url) },
        };
      },
      PUT: (call) => createRegion(call, call.param('region_id')),
      PATCH: async (call) => {
        await call.enforce('update_region');
        const entity = validate(call.body.region, REGION_UPDATE);
        assertSameId(entity, call.param('region_id'));
        const row = await catalog.updateRegion(call.param('region_id'), regionInput(entity));
        return { status: 200, body: { region: regionView(row, call.v3Url) } };
      },
      DELETE: async (call) => {
        await call.enforce('delete_region');
        await catalog.deleteRegion(call.param('region_id'));
        return { status: 204 };
      },
    },
    '/v3/services': {
      GET: async (call) => {
        await call.enforce('list_services');
        const rows = (await catalog.listServices()).map((row) => serviceView(row, call.v3Url));
        return { status: 200, body: collection('services', call.query.filter(rows, ['type', 'name']), call.selfUrl) };
      },
      POST: async (call) => {
        await call.enforce('create_service');
        const entity = validate(call.body.service, SERVICE_CREATE);
        const row = await catalog.createService({ ...serviceInput(entity), type: entity.type as string });
        return { status: 201, body: { service: serviceView(row, call.v3Url) } };
      },
    },
    '/v3/services/{service_id}': {
      GET: async (call) => {
        await call.enforce('get_service');
        return {
          status: 200,
          body: { service: serviceView(await catalog.getService(call.param('service_id')), call.v3Url) },
        };
      },
      PATCH: async (call) => {
        await call.enforce('update_service');
        const entity = validate(call.body.service, SERVICE_UPDATE);
        assertSameId(entity, call.param('service_id'));
        const row = await catalog.updateService(call.param('service_id'), serviceInput(entity));
        return { status: 200, body: { service: serviceView(row, call.v3Url) } };
      },
      DELETE: async (call) => {
        await call.enforce('delete_service');
        await catalog.deleteService(call.param('service_id'));
        return { status: 204 };
      },
    },
  };
}
