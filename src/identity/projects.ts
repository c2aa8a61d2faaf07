import type { JsonMap } from '../engine/model/value.js';
import type { Assignments } from './assignments.js';
import { type Directory, nameKey, need } from './directory.js';
import { conflict, IdentityError, immutable, invalid, notFound } from './identity-error.js';
import { newIdentityId } from './new-identity-id.js';
import type { ProjectRecord, StackOwner } from './records.js';

/** What may be said of a project. */
export interface ProjectInput {
  readonly name?: string;
  readonly description?: string;
  readonly enabled?: boolean;
  readonly tags?: readonly string[];
  readonly options?: JsonMap;
  readonly extra?: JsonMap;
}

/** A project to be made. */
export interface NewProject extends ProjectInput {
  readonly name: string;
  readonly domainId: string;
  readonly parentId?: string;
  readonly stackOwner?: StackOwner;
}

/** Projects and their tree. */
export interface Projects {
  create(input: NewProject): Promise<ProjectRecord>;
  get(id: string): Promise<ProjectRecord>;
  byName(domainId: string, name: string): Promise<ProjectRecord | undefined>;
  list(domainId?: string): Promise<ProjectRecord[]>;
  update(id: string, changes: ProjectInput): Promise<ProjectRecord>;
  delete(id: string): Promise<void>;
  /** Nearest first. */
  parents(project: ProjectRecord): Promise<ProjectRecord[]>;
  children(id: string): Promise<ProjectRecord[]>;
}

/** Projects over the directory. */
export function createProjects(directory: Directory, assignments: Assignments): Projects {
  const { projects } = directory;
  const taken = (row: ProjectRecord) => () =>
    conflict(
      'project',
      'it is not permitted to have two projects with either the same name or same id in the same domain: ' +
        `name is ${row.name}, project id ${row.id}`,
    );

  async function parents(project: ProjectRecord): Promise<ProjectRecord[]> {
    const found: ProjectRecord[] = [];
    for (let next = project; next.parentId !== next.domainId; ) {
      const parent = await projects.get(next.parentId);
      if (!parent) break;
      found.push(parent);
      next = parent;
    }
    return found;
  }

  const children = async (id: string) => {
    const project = await need(projects, 'project', id);
    return (await projects.list(project.domainId)).filter((other) => other.parentId === id);
  };

  return {
    async create({ name: givenName, domainId, parentId = domainId, stackOwner, ...input }) {
      // An unknown domain or parent is a mistake in the body, not an unknown address.
      if (!(await directory.domains.get(domainId))) throw invalid(notFound('domain', domainId).message);
      const parent = parentId === domainId ? undefined : await projects.get(parentId);
      if (parentId !== domainId && !parent) throw invalid(notFound('project', parentId).message);
      if (parent && parent.domainId !== domainId) {
        throw invalid(
          `Cannot create project, since it specifies its domain_id ${domainId}, but specifies a parent in a different ` +
            `domain (${parent.domainId}).`,
        );
      }
      if (parent && !parent.enabled) {
        throw invalid(`cannot create a project in a branch containing a disabled project: ${parent.id}`);
      }
      const row: ProjectRecord = {
        id: newIdentityId(),
        name: givenName.trim(),
        domainId,
        parentId,
        description: input.description ?? '',
        enabled: input.enabled ?? true,
        tags: input.tags ?? [],
        options: input.options ?? {},
        extra: input.extra ?? {},
        ...(stackOwner && { stackOwner }),
      };
      await projects.put(row, taken(row));
      return row;
    },
    get: (id) => need(projects, 'project', id),
    byName: (domainId, name) => projects.byKey(nameKey(domainId, name)),
    list: (domainId) => projects.list(domainId),
    async update(id, changes) {
      const old = await need(projects, 'project', id);
      if (old.options.immutable === true && changes.options?.immutable !== false)
        throw immutable('update', 'project', id);
      if (changes.enabled === false && (await children(id)).some((child) => child.enabled)) {
        throw new IdentityError(
          'forbidden',
          `Cannot disable project ${id} since its subtree contains enabled projects.`,
        );
      }
      if (changes.enabled === true && (await parents(old)).some((parent) => !parent.enabled)) {
        throw new IdentityError('forbidden', `Cannot enable project ${id} since it has disabled parents`);
      }
      const row: ProjectRecord = {
        ...old,
        ...changes,
        name: changes.name?.trim() ?? old.name,
        options: { ...old.options, ...changes.options },
        extra: { ...old.extra, ...changes.extra },
      };
      await projects.put(row, taken(row));
      return row;
    },
    async delete(id) {
      const project = await need(projects, 'project', id);
      if (project.options.immutable === true) throw immutable('delete', 'project', id);
      if ((await children(id)).length > 0) {
        throw new IdentityError(
          'forbidden',
          `Cannot delete the project ${id} since it is not a leaf in the hierarchy. Use the cascade option if you want ` +
            'to delete a whole subtree.',
        );
      }
      await assignments.forget({ target: { kind: 'project', id } });
      const credentials = (await directory.credentials.list()).filter((row) => row.projectId === id);
      await directory.credentials.remove(...credentials.map((row) => row.id));
      const programs = (await directory.applicationCredentials.list()).filter((row) => row.projectId === id);
      await directory.applicationCredentials.remove(...programs.map((row) => row.id));
      const trusts = (await directory.trusts.list()).filter((row) => row.projectId === id);
      await directory.trusts.remove(...trusts.map((row) => row.id));
      for (const user of await directory.users.list()) {
        if (user.defaultProjectId !== id) continue;
        const { defaultProjectId: _, ...rest } = user;
        await directory.users.put(rest);
      }
      await projects.remove(id);
    },
    parents,
    children,
  };
}
