import type { JsonMap } from '../engine/model/value.js';
import type { Call, Routes } from './api-types.js';

function versionOf({ v3Url }: Call): JsonMap {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${v3Url}/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

/** Which versions there are: what clients ask first. */
export function discoveryRoutes(): Routes {
  return {
    '/': {
      GET: async (call) => ({
        status: 300,
        body: { versions: { values: [versionOf(call)] } },
        headers: { Location: `${call.v3Url}/` },
      }),
    },
    '/v3': { GET: async (call) => ({ status: 200, body: { version: versionOf(call) } }) },
  };
}
