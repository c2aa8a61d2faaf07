import type { JsonMap } from '../engine/model/value.js';
import { DEFAULT_DOMAIN_ID } from '../identity/bootstrap.js';
import type { Identity } from '../identity/identity.js';
import { IdentityError, invalid } from '../identity/identity-error.js';
import type { ProjectInput } from '../identity/projects.js';
import type { ProjectRecord } from '../identity/records.js';
import type { Call, Reply, Routes } from './api-types.js';
import { findOrUndefined } from './lookups.js';
import { assertSameId, type BodyRule, entityOf, extraOf, FIELDS, validate } from './validation.js';
import { collection, domainAsProjectView, projectView } from './views.js';

const PROJECT_FIELDS = {
  description: FIELDS.textOrNull,
  domain_id: FIELDS.idOrNull,
  enabled: FIELDS.flag,
  is_domain: FIELDS.flag,
  parent_id: FIELDS.idOrNull,
  name: FIELDS.shortName,
  tags: FIELDS.tags,
  options: FIELDS.map,
} as const;
const CREATE: BodyRule = { fields: PROJECT_FIELDS, required: ['name'] };
const UPDATE: BodyRule = { fields: PROJECT_FIELDS, minProperties: 1 };

/** The domain that a new entity belongs to: its own word, the token's scope, or the default one. */
export async function domainIdFor(entity: JsonMap, call: Call): Promise<string> {
  if (typeof entity.domain_id === 'string') return entity.domain_id;
  return (await call.token()).domain?.id ?? DEFAULT_DOMAIN_ID;
}

/** The parts that projects and domains share, out of a validated body. */
export function commonInput(entity: JsonMap, known: readonly string[]): ProjectInput {
  const { name, description, enabled, tags, options } = entity;
  return {
    ...(typeof name === 'string' && { name }),
    ...(description !== undefined && { description: (description as string | null) ?? '' }),
    ...(typeof enabled === 'boolean' && { enabled }),
    ...(Array.isArray(tags) && { tags: tags as string[] }),
    ...(options !== undefined && { options: options as JsonMap }),
    extra: extraOf(entity, known),
  };
}

/** `/v3/projects`. */
export function projectRoutes(identity: Identity): Routes {
  const { projects, domains, assignments } = identity;
  const known = Object.keys(PROJECT_FIELDS);

  /** As asked for with `parents_as_list`, `subtree_as_ids` and the like. */
  async function family(row: ProjectRecord, call: Call): Promise<JsonMap> {
    const { query, v3Url } = call;
    for (const side of ['parents', 'subtree']) {
      if (query.isSet(`${side}_as_list`) && query.isSet(`${side}_as_ids`)) {
        throw invalid(`Cannot use ${side}_as_list and ${side}_as_ids query params at the same time.`);
      }
    }
    const found: JsonMap = {};
    const { user } = await call.token();
    const own = new Set((await assignments.projectsOf(user.id)).map(({ id }) => id));
    const wrapped = (rows: readonly ProjectRecord[]) =>
      rows.filter(({ id }) => own.has(id)).map((each) => ({ project: projectView(each, v3Url) }));
    const parents = await projects.parents(row);
    if (query.isSet('parents_as_list')) found.parents = wrapped(parents);
    else if (query.isSet('parents_as_ids')) {
      const ids = [...parents.map(({ id }) => id), row.domainId];
      found.parents = ids.reduceRight<JsonMap | null>((inner, id) => ({ [id]: inner }), null);
    }
    if (query.isSet('subtree_as_list')) found.subtree = wrapped(await descendants(row.id));
    else if (query.isSet('subtree_as_ids')) found.subtree = await subtreeIds(row.id);
    return found;
  }

  async function descendants(id: string): Promise<ProjectRecord[]> {
    const children = await projects.children(id);
    const below = await Promise.all(children.map((child) => descendants(child.id)));
    return [...children, ...below.flat()];
  }

  async function subtreeIds(id: string): Promise<JsonMap | null> {
    const children = await projects.children(id);
    if (children.length === 0) return null;
    return Object.fromEntries(await Promise.all(children.map(async (child) => [child.id, await subtreeIds(child.id)])));
  }

  async function list(call: Call): Promise<Reply> {
    const token = await call.enforce('list_projects', { domainId: (await call.token()).domain?.id });
    const rows = (await projects.list()).map((row) => projectView(row, call.v3Url));
    const acting = (await domains.list()).map((row) => domainAsProjectView(row, call.v3Url));
    const kind = call.query.has('is_domain') ? [...rows, ...acting] : rows;
    let found = call.query.filter(kind, ['domain_id', 'enabled', 'name', 'parent_id', 'is_domain']);
    if (token.domain) found = found.filter((row) => row.domain_id === token.domain?.id);
    return { status: 200, body: collection('projects', filterByTags(found, call), call.selfUrl) };
  }

  async function create(call: Call): Promise<Reply> {
    await call.enforce('create_project');
    const entity = validate(entityOf(call.body, 'project'), CREATE);
    const input = { ...commonInput(entity, known), name: entity.name as string };
    if (entity.is_domain === true) {
      return { status: 201, body: { project: domainAsProjectView(await domains.create(input), call.v3Url) } };
    }
    const parent =
      typeof entity.parent_id === 'string' ? await findOrUndefined(projects.get(entity.parent_id)) : undefined;
    const domainId =
      typeof entity.domain_id === 'string' ? entity.domain_id : (parent?.domainId ?? (await domainIdFor(entity, call)));
    const row = await projects.create({
      ...input,
      domainId,
      ...(typeof entity.parent_id === 'string' && { parentId: entity.parent_id }),
    });
    return { status: 201, body: { project: projectView(row, call.v3Url) } };
  }

  async function show(call: Call): Promise<Reply> {
    const id = call.param('project_id');
    const row = await findOrUndefined(projects.get(id));
    await call.enforce('get_project', { projectId: row?.id, domainId: row?.domainId });
    if (row)
      return { status: 200, body: { project: { ...projectView(row, call.v3Url), ...(await family(row, call)) } } };
    const acting = await findOrUndefined(domains.get(id));
    return {
      status: 200,
      body: {
        project: acting ? domainAsProjectView(acting, call.v3Url) : projectView(await projects.get(id), call.v3Url),
      },
    };
  }

  async function update(call: Call): Promise<Reply> {
    const id = call.param('project_id');
    await call.enforce('update_project');
    const entity = validate(entityOf(call.body, 'project'), UPDATE);
    assertSameId(entity, id);
    const old = await projects.get(id);
    if (entity.parent_id !== undefined && entity.parent_id !== old.parentId) {
      throw new IdentityError('forbidden', 'Update of `parent_id` is not allowed.');
    }
    if (entity.is_domain === true) throw invalid('Update of `is_domain` is not allowed.');
    if (entity.domain_id !== undefined && entity.domain_id !== old.domainId) throw invalid('Cannot change Domain ID');
    const row = await projects.update(id, commonInput(entity, known));
    // Keystone repeats its extra attributes under their own name in this answer only.
    return { status: 200, body: { project: { ...projectView(row, call.v3Url), extra: row.extra } } };
  }

  return {
    '/v3/projects': { GET: list, POST: create },
    '/v3/projects/{project_id}': {
      GET: show,
      PATCH: update,
      DELETE: async (call) => {
        await call.enforce('delete_project');
        await projects.delete(call.param('project_id'));
        return { status: 204 };
      },
    },
  };
}

/** `tags` all, `tags-any` one of, `not-tags` not all, `not-tags-any` none of. */
function filterByTags(rows: readonly JsonMap[], { query }: Call): JsonMap[] {
  const wanted = (name: string) => query.get(name)?.split(',');
  const [all, some, notAll, none] = ['tags', 'tags-any', 'not-tags', 'not-tags-any'].map(wanted);
  return rows.filter((row) => {
    const tags = row.tags as string[];
    const has = (tag: string) => tags.includes(tag);
    return (!all || all.every(has)) && (!some || some.some(has)) && !notAll?.every(has) && !none?.some(has);
  });
}
