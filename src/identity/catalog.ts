import type { JsonMap } from '../engine/model/value.js';
import { type Directory, need } from './directory.js';
import { conflict, IdentityError, missing, notFound } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import type { EndpointRecord, RegionRecord, ServiceRecord } from './records.js';

/** Regions, services and the addresses at which they are reached. */
export interface Catalog {
  createRegion(input: {
    id?: string;
    description?: string;
    parentRegionId?: string | null;
    extra?: JsonMap;
  }): Promise<RegionRecord>;
  getRegion(id: string): Promise<RegionRecord>;
  listRegions(): Promise<RegionRecord[]>;
  updateRegion(id: string, changes: Partial<Omit<RegionRecord, 'id'>>): Promise<RegionRecord>;
  deleteRegion(id: string): Promise<void>;

  createService(input: Partial<Omit<ServiceRecord, 'id'>> & { readonly type: string }): Promise<ServiceRecord>;
  getService(id: string): Promise<ServiceRecord>;
  listServices(): Promise<ServiceRecord[]>;
  updateService(id: string, changes: Partial<Omit<ServiceRecord, 'id'>>): Promise<ServiceRecord>;
  deleteService(id: string): Promise<void>;

  createEndpoint(
    input: Partial<Omit<EndpointRecord, 'id'>> & Pick<EndpointRecord, 'serviceId' | 'interface' | 'url'>,
  ): Promise<EndpointRecord>;
  getEndpoint(id: string): Promise<EndpointRecord>;
  listEndpoints(): Promise<EndpointRecord[]>;
  updateEndpoint(id: string, changes: Partial<Omit<EndpointRecord, 'id'>>): Promise<EndpointRecord>;
  deleteEndpoint(id: string): Promise<void>;

  /** What a token of this user on this project shows. */
  view(context: CatalogContext): Promise<CatalogEntry[]>;
}

/** For whom, and as reached under which address, a catalog is written. */
export interface CatalogContext {
  /** Scheme, host and port, without a slash at the end. */
  readonly baseUrl: string;
  readonly userId: string;
  readonly projectId?: string | undefined;
}

/** One service of a catalog, in the form in which it is sent. */
export interface CatalogEntry {
  readonly endpoints: readonly {
    readonly id: string;
    readonly interface: string;
    readonly region_id: string | null;
    readonly url: string;
    readonly region: string | null;
  }[];
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** The address of an endpoint; undefined if it needs a project and there is none. */
export function endpointUrl(template: string, { baseUrl, userId, projectId }: CatalogContext): string | undefined {
  let isComplete = true;
  const url = template.replaceAll(/[%$]\((base|project_id|tenant_id|user_id)\)s/g, (_, name: string) => {
    if (name === 'base') return baseUrl;
    if (name === 'user_id') return userId;
    if (projectId === undefined) isComplete = false;
    return projectId ?? '';
  });
  return isComplete ? url : undefined;
}

/** The catalog over the directory. */
export function createCatalog(directory: Directory): Catalog {
  const { regions, services, endpoints } = directory;

  async function assertParent(parentRegionId: string | null | undefined, childId?: string): Promise<void> {
    for (let id = parentRegionId ?? null; id !== null; ) {
      if (id === childId) {
        throw new IdentityError(
          'invalid',
          `The specified parent region ${parentRegionId} would create a circular region hierarchy.`,
        );
      }
      const parent: RegionRecord = await need(regions, 'region', id);
      id = parent.parentRegionId;
    }
  }

  async function assertPlace({ serviceId, regionId }: Partial<EndpointRecord>): Promise<void> {
    if (serviceId !== undefined && !(await services.get(serviceId)))
      throw missing('endpoint service_id', 'service table');
    if (typeof regionId === 'string' && !(await regions.get(regionId)))
      throw missing('endpoint region_id', 'region table');
  }

  return {
    async createRegion({ id = newIdentityId(), description = '', parentRegionId = null, extra = {} }) {
      if (await regions.get(id)) throw conflict('region', `Duplicate ID, ${id}.`);
      await assertParent(parentRegionId, id);
      const row: RegionRecord = { id, description, parentRegionId, extra };
      await regions.put(row);
      return row;
    },
    getRegion: (id) => need(regions, 'region', id),
    listRegions: () => regions.list(),
    async updateRegion(id, changes) {
      const old = await need(regions, 'region', id);
      await assertParent(changes.parentRegionId, id);
      const row = { ...old, ...changes, extra: { ...old.extra, ...changes.extra } };
      await regions.put(row);
      return row;
    },
    async deleteRegion(id) {
      await need(regions, 'region', id);
      const all = await regions.list();
      const doomed = new Set([id]);
      for (let size = 0; size !== doomed.size; ) {
        size = doomed.size;
        for (const region of all)
          if (region.parentRegionId !== null && doomed.has(region.parentRegionId)) doomed.add(region.id);
      }
      if ((await endpoints.list()).some((endpoint) => endpoint.regionId !== null && doomed.has(endpoint.regionId))) {
        throw new IdentityError(
          'forbidden',
          `Unable to delete region ${id} because it or its child regions have associated endpoints.`,
        );
      }
      await regions.remove(...doomed);
    },

    async createService({ type, name = null, description = null, enabled = true, extra = {} }) {
      const row: ServiceRecord = { id: newIdentityId(), type, name, description, enabled, extra };
      await services.put(row);
      return row;
    },
    getService: (id) => need(services, 'service', id),
    listServices: () => services.list(),
    async updateService(id, changes) {
      const old = await need(services, 'service', id);
      const row = { ...old, ...changes, extra: { ...old.extra, ...changes.extra } };
      await services.put(row);
      return row;
    },
    async deleteService(id) {
      await need(services, 'service', id);
      await endpoints.remove(...(await endpoints.list(id)).map((row) => row.id));
      await services.remove(id);
    },

    async createEndpoint(input) {
      await assertPlace(input);
      const { serviceId, url, regionId = null, enabled = true, extra = {} } = input;
      const row: EndpointRecord = {
        id: newIdentityId(),
        serviceId,
        interface: input.interface,
        url,
        regionId,
        enabled,
        extra,
      };
      await endpoints.put(row);
      return row;
    },
    getEndpoint: (id) => need(endpoints, 'endpoint', id),
    listEndpoints: () => endpoints.list(),
    async updateEndpoint(id, changes) {
      const old = await endpoints.get(id);
      if (!old) throw notFound('endpoint', id);
      await assertPlace(changes);
      const row = { ...old, ...changes, extra: { ...old.extra, ...changes.extra } };
      await endpoints.put(row);
      return row;
    },
    async deleteEndpoint(id) {
      await need(endpoints, 'endpoint', id);
      await endpoints.remove(id);
    },

    async view(context) {
      const all = (await endpoints.list()).filter((endpoint) => endpoint.enabled);
      const enabled = (await services.list()).filter((service) => service.enabled);
      return enabled.map((service) => ({
        endpoints: all.flatMap((endpoint) => {
          if (endpoint.serviceId !== service.id) return [];
          const { id, interface: side, regionId } = endpoint;
          const url = endpointUrl(endpoint.url, context);
          return url === undefined ? [] : [{ id, interface: side, region_id: regionId, url, region: regionId }];
        }),
        id: service.id,
        type: service.type,
        name: service.name ?? '',
      }));
    },
  };
}
