import { listObjects, showObject } from '../../output/result.js';
import type { CommandAction } from '../../program/command-spec.js';
import { CommandError, UsageError } from '../../program/exit-codes.js';
import type { Options } from '../../program/parsed-arguments.js';
import type { IdentitySession } from '../../transport/identity-session.js';
import { ENTITIES, type EntityName, type EntitySpec, fieldsFrom } from './entities.js';
import { entityIn, findEntity, findId, listIn, shown } from './identity-client.js';

async function domainOf(session: IdentitySession, options: Options): Promise<string | undefined> {
  const domain = options.text('domain');
  return domain === undefined ? undefined : findId(session, 'domain', domain);
}

/** `baton identity <entity> list`. */
export function listEntities(entity: EntityName): CommandAction {
  const spec: EntitySpec = ENTITIES[entity];
  return async (context, _operands, options) => {
    const session = await context.identity();
    const find = (kind: EntityName, name: string) => findId(session, kind, name);
    const query = (await fieldsFrom(spec.filters ?? [], options, find)) as { [name: string]: string };
    const rows = listIn(await session.send({ method: 'GET', path: `/${spec.plural}`, query }), spec.plural);
    const columns = [...spec.columns, ...(options.isSet('long') ? (spec.longColumns ?? []) : [])];
    const items = rows.map((row) => Object.fromEntries(columns.map(([column, field]) => [column, row[field] ?? null])));
    return listObjects(
      items,
      columns.map(([column]) => column),
    );
  };
}

/** `baton identity <entity> show`. */
export function showEntity(entity: EntityName): CommandAction {
  return async (context, operands, options) => {
    const session = await context.identity();
    return showObject(shown(await findEntity(session, entity, operands.at(0), await domainOf(session, options))));
  };
}

/** `baton identity <entity> create`. */
export function createEntity(entity: EntityName): CommandAction {
  const spec: EntitySpec = ENTITIES[entity];
  return async (context, operands, options) => {
    const session = await context.identity();
    const given = await fieldsFrom(spec.fields, options, (kind, name) => findId(session, kind, name));
    const first = {
      project: 'name',
      user: 'name',
      group: 'name',
      role: 'name',
      domain: 'name',
      region: 'id',
      service: 'type',
    };
    const named =
      entity === 'endpoint' ? await endpointOperands(session, operands) : { [first[entity]]: operands.at(0) };
    const body = { [spec.name]: { ...given, ...named } };
    return showObject(
      shown(entityIn(await session.send({ method: 'POST', path: `/${spec.plural}`, body }), spec.name)),
    );
  };
}

async function endpointOperands(session: IdentitySession, operands: { at(index: number): string }) {
  return {
    service_id: await findId(session, 'service', operands.at(0)),
    interface: operands.at(1),
    url: operands.at(2),
  };
}

/** `baton identity <entity> set`. */
export function setEntity(entity: EntityName): CommandAction {
  const spec: EntitySpec = ENTITIES[entity];
  return async (context, operands, options) => {
    const session = await context.identity();
    // A domain here says where the name is to be looked for: nothing moves to another.
    const fields = spec.fields.filter((field) => field.option !== 'domain');
    const changes = await fieldsFrom(fields, options, (kind, name) => findId(session, kind, name));
    if (Object.keys(changes).length === 0) throw new UsageError('Nothing to change: give at least one option.');
    const id = await findId(session, entity, operands.at(0), await domainOf(session, options));
    await session.send({
      method: 'PATCH',
      path: `/${spec.plural}/${encodeURIComponent(id)}`,
      body: { [spec.name]: changes },
    });
  };
}

/** `baton identity <entity> delete`. */
export function deleteEntities(entity: EntityName): CommandAction {
  const spec: EntitySpec = ENTITIES[entity];
  return async (context, operands, options) => {
    const session = await context.identity();
    const names = operands.rest(0);
    const domainId = await domainOf(session, options);
    let failures = 0;
    for (const name of names) {
      try {
        const id = await findId(session, entity, name, domainId);
        await session.send({ method: 'DELETE', path: `/${spec.plural}/${encodeURIComponent(id)}` });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        failures += 1;
        context.terminal.err.write(`Failed to delete ${spec.name} with name or ID '${name}': ${error.message}\n`);
      }
    }
    if (failures > 0) throw new CommandError(`${failures} of ${names.length} ${spec.plural} failed to delete.`);
  };
}
