import { json } from './reply.js';
import type { Route } from './route-table.js';

/** Heat shows these times, and only these, with microseconds. */
function microseconds(time: number | undefined): string | null {
  return time === undefined ? null : `${new Date(time).toISOString().slice(0, -1)}000`;
}

/** What the installation tells of itself. */
export const routes: readonly Route[] = [
  {
    policy: 'build_info:build_info',
    methods: ['GET'],
    path: '/build_info',
    access: 'member',
    async handle({ deps }) {
      const { apiRevision, engineRevision } = deps.serviceInfo;
      return json({ api: { revision: apiRevision }, engine: { revision: engineRevision } });
    },
  },
  {
    policy: 'service:index',
    methods: ['GET'],
    path: '/services',
    access: 'admin',
    async handle({ deps }) {
      const services = await deps.serviceInfo.services();
      return json({
        services: services.map((service) => ({
          id: service.id,
          binary: 'heat-engine',
          engine_id: service.engineId,
          host: service.host,
          hostname: service.hostname,
          topic: 'engine',
          report_interval: 60,
          created_at: microseconds(service.createdAt),
          updated_at: microseconds(service.updatedAt),
          deleted_at: null,
          status: service.up ? 'up' : 'down',
        })),
      });
    },
  },
];
