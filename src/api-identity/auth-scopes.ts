import type { Identity } from '../identity/identity.js';
import { forbidden } from '../identity/identity-error.js';
import type { Call, Reply, Routes } from './api-types.js';
import { catalogView } from './token-view.js';
import { collection, domainView, projectView } from './views.js';

/** `/v3/auth/…`: where the caller's user may go. */
export function authScopeRoutes(identity: Identity): Routes {
  async function projects(call: Call): Promise<Reply> {
    const { user } = await call.enforce('get_auth_projects');
    const rows = await identity.assignments.projectsOf(user.id);
    const open = rows.filter((row) => row.enabled).map((row) => projectView(row, call.v3Url));
    return { status: 200, body: collection('projects', open, call.selfUrl) };
  }

  async function domains(call: Call): Promise<Reply> {
    const { user } = await call.enforce('get_auth_domains');
    const ids = await identity.assignments.domainIdsOf(user.id);
    const rows = (await identity.domains.list()).filter((row) => row.enabled && ids.includes(row.id));
    return {
      status: 200,
      body: collection(
        'domains',
        rows.map((row) => domainView(row, call.v3Url)),
        call.selfUrl,
      ),
    };
  }

  return {
    '/v3/auth/projects': { GET: projects },
    '/v3/OS-FEDERATION/projects': { GET: projects },
    '/v3/auth/domains': { GET: domains },
    '/v3/OS-FEDERATION/domains': { GET: domains },
    '/v3/auth/system': {
      GET: async (call) => {
        const { user } = await call.enforce('get_auth_system');
        const roles = await identity.assignments.effectiveRoles(user.id, { kind: 'system' });
        const system = roles.length > 0 ? [{ all: true }] : [];
        return { status: 200, body: { system, links: { self: `${call.v3Url}/auth/system` } } };
      },
    },
    '/v3/auth/catalog': {
      GET: async (call) => {
        const token = await call.enforce('get_auth_catalog');
        if (!token.project) throw forbidden();
        const catalog = await catalogView(identity, token, call.baseUrl);
        return { status: 200, body: { catalog, links: { self: `${call.v3Url}/auth/catalog` } } };
      },
    },
  };
}
