import type { Json, JsonMap } from '../../../engine/model/value.js';
import { isMap } from '../../../engine/model/value.js';
import { CommandError, EXIT } from '../../program/exit-codes.js';
import type { IdentitySession } from '../../transport/identity-session.js';
import { ENTITIES, type EntityName, type EntitySpec } from './entities.js';

/** The map under a key of a body. */
export function entityIn(body: Json, key: string): JsonMap {
  const entity = isMap(body) ? body[key] : undefined;
  return isMap(entity) ? (entity as JsonMap) : {};
}

/** The list under a key of a body. */
export function listIn(body: Json, key: string): JsonMap[] {
  const list = isMap(body) ? body[key] : undefined;
  return Array.isArray(list) ? (list as Json[]).filter((item): item is JsonMap => isMap(item)) : [];
}

/** An entity by id or name; several of one name, or none, is a CommandError. */
export async function findEntity(
  session: IdentitySession,
  entity: EntityName,
  nameOrId: string,
  domainId?: string,
): Promise<JsonMap> {
  const spec: EntitySpec = ENTITIES[entity];
  const byId = await session
    .send({ method: 'GET', path: `/${spec.plural}/${encodeURIComponent(nameOrId)}` })
    .catch((error: unknown) => {
      // Without the right to look by id, a name may still be found.
      if (error instanceof CommandError && /\(HTTP (404|403)\)$/.test(error.message)) return null;
      throw error;
    });
  if (byId !== null) return entityIn(byId, spec.name);
  const keys = spec.lookup === 'type' ? ['type', 'name'] : spec.lookup === 'name' ? ['name'] : [];
  for (const key of keys) {
    const query = { [key]: nameOrId, ...(domainId !== undefined && spec.inDomain && { domain_id: domainId }) };
    const found = listIn(await session.send({ method: 'GET', path: `/${spec.plural}`, query }), spec.plural);
    const [first] = found;
    if (found.length > 1) {
      throw new CommandError(`More than one ${spec.name} exists with the name '${nameOrId}'.`);
    }
    if (first) return first;
  }
  throw new CommandError(`No ${spec.name} with a name or ID of '${nameOrId}' exists.`, EXIT.notFound);
}

/** The id of an entity by id or name. */
export async function findId(
  session: IdentitySession,
  entity: EntityName,
  nameOrId: string,
  domainId?: string,
): Promise<string> {
  return String((await findEntity(session, entity, nameOrId, domainId)).id);
}

/** Who the session's own token speaks for. */
export async function ownToken(session: IdentitySession): Promise<JsonMap> {
  const headers = { 'x-subject-token': session.token };
  return entityIn(await session.send({ method: 'GET', path: '/auth/tokens', headers }), 'token');
}

/** An entity as it is shown: sorted, without what is only for programs. */
export function shown({ links: _, ...rest }: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}
