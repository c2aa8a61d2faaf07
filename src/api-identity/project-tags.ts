import type { Json } from '../engine/model/value.js';
import type { Identity } from '../identity/identity.js';
import { IdentityError } from '../identity/identity-error.js';
import type { ProjectRecord } from '../identity/records.js';
import type { Call, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import type { PolicyAction } from './policy.js';
import { checkField, FIELDS } from './validation.js';

/** `/v3/projects/{project_id}/tags`. */
export function projectTagRoutes({ projects }: Identity): Routes {
  async function allowed(call: Call, action: PolicyAction): Promise<ProjectRecord> {
    const row = await findOrUndefined(projects.get(call.param('project_id')));
    await call.enforce(action, { projectId: row?.id, domainId: row?.domainId });
    return row ?? (await projects.get(call.param('project_id')));
  }

  function assertTagged(row: ProjectRecord, tag: string): void {
    if (!row.tags.includes(tag)) throw new IdentityError('not-found', `Could not find project tag: ${tag}.`);
  }

  const view = (row: ProjectRecord, call: Call) => ({ links: { self: call.v3Url }, tags: [...row.tags] });

  return {
    '/v3/projects/{project_id}/tags': {
      GET: async (call) => ({ status: 200, body: view(await allowed(call, 'list_project_tags'), call) }),
      PUT: async (call) => {
        const row = await allowed(call, 'update_project_tags');
        const tags: Json = call.body.tags ?? [];
        checkField(tags, FIELDS.tags, 'tags');
        return { status: 200, body: view(await projects.update(row.id, { tags: tags as string[] }), call) };
      },
      DELETE: async (call) => {
        const row = await allowed(call, 'delete_project_tags');
        await projects.update(row.id, { tags: [] });
        return { status: 204 };
      },
    },
    '/v3/projects/{project_id}/tags/{tag}': {
      GET: async (call) => {
        assertTagged(await allowed(call, 'get_project_tag'), call.param('tag'));
        return { status: 204 };
      },
      PUT: async (call) => {
        const row = await allowed(call, 'create_project_tag');
        const tag = call.param('tag');
        checkField(tag, FIELDS.tag, 'tag');
        const tags = row.tags.includes(tag) ? row.tags : [...row.tags, tag];
        checkField([...tags], FIELDS.tags, 'tags');
        await projects.update(row.id, { tags });
        return { status: 201, headers: { Location: call.selfUrl } };
      },
      DELETE: async (call) => {
        const row = await allowed(call, 'delete_project_tag');
        const tag = call.param('tag');
        assertTagged(row, tag);
        await projects.update(row.id, { tags: row.tags.filter((each) => each !== tag) });
        return { status: 204 };
      },
    },
  };
}
