import type { ResourceSchema } from '../engine/drivers/resource-schema.js';
import type {
  Observation,
  Outcome,
  ResourceContext,
  ResourceRef,
  ResourceType,
} from '../engine/drivers/resource-type.js';
import { MissingError, RejectedError } from '../engine/model/errors.js';
import { derivedId, newId } from '../engine/model/ids.js';
import { type Json, type JsonMap, sameValue } from '../engine/model/value.js';
import { type Identity, identify } from './attributes/identify.js';
import { inventAttributes } from './attributes/invent.js';
import type { Cloud, Collection, Entity } from './clouds/cloud.js';
import { callOf, gone, readingCall } from './define-type.js';
import { asFilled, asList, asMap, asTexts } from './json-access.js';

/** What a type without a vocabulary of its own says beyond its schema. */
export interface GenericDefinition {
  /** Properties that refer to things of another kind or type: `{ VpcId: 'networks' }`; they must exist. */
  readonly refs?: { readonly [property: string]: string };
  readonly validate?: (properties: JsonMap) => readonly string[];
  /** The property whose value is the physical id. */
  readonly idProperty?: string;
  /** A name given twice is refused with this sentence; `%s` is the name. */
  readonly taken?: string;
  /** Attributes with a value that is worth more than a made-up one. */
  readonly attributes?: (input: {
    readonly properties: JsonMap;
    readonly physicalId: string;
    readonly region: string;
    /** Every value that the versioned property has had. */
    readonly versions: readonly Json[];
  }) => JsonMap;
  /** A property of which every value is kept: a change makes a new version. */
  readonly versioned?: string;
  /** What a signal changes of its thing, and the sentence for it; without, it takes none. */
  readonly signalled?: (details: JsonMap, body: JsonMap) => { readonly body: JsonMap; readonly reason: string };
  readonly reference?: (physicalId: string, properties: JsonMap) => Json;
}

/** Makes a resource type of a schema alone: plausible ids, attributes and life on any cloud with generic collections. */
export function defineGeneric(schema: ResourceSchema, definition: GenericDefinition = {}): ResourceType<Cloud> {
  const collectionOf = (ctx: ResourceContext<Cloud>): Collection => {
    const collection = ctx.cloud.generic(schema.type);
    if (collection) return collection;
    throw new RejectedError(`The ${ctx.cloud.name} cloud cannot make ${schema.type}.`, { reasonClass: 'NotSupported' });
  };

  const outcome = (ctx: ResourceContext<Cloud>, entity: Entity): Outcome => {
    const properties = asMap(entity.body.properties);
    const { projectId, region } = ctx.stack;
    const seed = asFilled(entity.body.seed) ?? entity.id;
    const physicalId = asFilled(entity.body.physical_id) ?? entity.id;
    const subject = {
      id: physicalId,
      name: entity.name ?? entity.id,
      projectId,
      region,
      account: ctx.cloud.accountId(projectId),
      seed,
    };
    const invented = inventAttributes(
      schema,
      Object.keys(schema.attributes).filter((name) => name !== 'show'),
      properties,
      subject,
    );
    const own =
      definition.attributes?.({ properties, physicalId, region, versions: asList(entity.body.versions) }) ?? {};
    const attributes: JsonMap = { ...invented, ...asMap(entity.body.generated), ...own };
    if ('show' in schema.attributes)
      attributes.show = { ...properties, ...invented, id: physicalId, name: entity.name ?? physicalId };
    const reference = definition.reference?.(physicalId, properties);
    return {
      physicalId,
      attributes,
      data: entity.id === physicalId ? {} : { key: entity.id },
      ...(reference === undefined ? {} : { reference }),
    };
  };

  const observe = (ctx: ResourceContext<Cloud>, entity: Entity): Observation => ({
    ...outcome(ctx, entity),
    properties: asMap(entity.body.properties),
    healthy: true,
  });

  return {
    schema,
    ...(definition.validate ? { validate: definition.validate } : {}),
    async create(ctx, properties) {
      const { projectId, region } = ctx.stack;
      const identity =
        schema.origin === 'aws'
          ? identify({
              schema,
              properties,
              stackName: ctx.stack.name,
              logicalId: ctx.resource.name,
              region,
              account: ctx.cloud.accountId(projectId),
              token: ctx.token,
            })
          : heatIdentity(ctx, properties, definition.idProperty);
      const refs = Object.entries(definition.refs ?? {}).flatMap(([property, kind]) =>
        asTexts(properties[property]).map((id) => ({ kind, id })),
      );
      const entity = await collectionOf(ctx).create(callOf(ctx), {
        id: identity.key,
        name: identity.name,
        ...(refs.length > 0 ? { refs } : {}),
        ...(identity.isExclusive
          ? { exclusive: true, taken: (definition.taken ?? '%s already exists').replace('%s', identity.name) }
          : {}),
        body: {
          properties,
          generated: identity.generated,
          seed: ctx.token,
          physical_id: identity.physicalId,
          ...(definition.versioned === undefined ? {} : { versions: [properties[definition.versioned] ?? null] }),
        },
      });
      return { state: 'done', ...outcome(ctx, entity) };
    },
    async read(ctx, ref) {
      const entity = await existing(collectionOf(ctx), ctx, ref);
      return entity && observe(ctx, entity);
    },
    async find(ctx) {
      const entity = await collectionOf(ctx).byToken(readingCall(ctx), ctx.token);
      return entity && observe(ctx, entity);
    },
    async update(ctx, ref, change) {
      const entity = await existing(collectionOf(ctx), ctx, ref);
      if (!entity)
        throw new MissingError(`${schema.type} ${ref.physicalId ?? ''} could not be found.`, {
          reasonClass: 'NotFound',
        });
      const updated = await collectionOf(ctx).update(callOf(ctx), entity.id, {
        body: { properties: change.after, ...newVersion(definition, entity, change.after) },
      });
      return { state: 'done', ...outcome(ctx, updated) };
    },
    ...signalOf(definition, schema, collectionOf),
    async delete(ctx, ref) {
      const id = keyOf(ref);
      if (id !== undefined) await collectionOf(ctx).delete(callOf(ctx), id);
      return gone(ref);
    },
    ...(schema.capabilities.check
      ? {
          async check(ctx: ResourceContext<Cloud>, ref: ResourceRef) {
            const entity = await existing(collectionOf(ctx), ctx, ref);
            if (!entity)
              throw new MissingError(`${ref.physicalId ?? 'Resource'} could not be found.`, {
                reasonClass: 'NotFound',
              });
            return { state: 'done' as const, ...outcome(ctx, entity) };
          },
        }
      : {}),
    async attribute(ctx, ref, name) {
      const entity = await existing(collectionOf(ctx), ctx, ref);
      return entity ? (outcome(ctx, entity).attributes[name] ?? null) : null;
    },
  };
}

function signalOf(
  { signalled }: GenericDefinition,
  { type }: ResourceSchema,
  collectionOf: (ctx: ResourceContext<Cloud>) => Collection,
): Pick<ResourceType<Cloud>, 'signal'> {
  if (!signalled) return {};
  return {
    async signal(ctx, ref, { details }) {
      const entity = await existing(collectionOf(ctx), ctx, ref);
      if (!entity)
        throw new MissingError(`${type} ${ref.physicalId ?? ''} could not be found.`, { reasonClass: 'NotFound' });
      const { body, reason } = signalled(asMap(details), entity.body);
      // Each signal is a change of its own, also one that says the same again.
      await collectionOf(ctx).update({ ...callOf(ctx), token: newId() }, entity.id, { body });
      return { reason };
    },
  };
}

function newVersion({ versioned }: GenericDefinition, { body }: Entity, after: JsonMap): JsonMap {
  if (versioned === undefined) return {};
  const versions = asList(body.versions);
  const value = after[versioned] ?? null;
  return sameValue(versions.at(-1) ?? null, value) ? {} : { versions: [...versions, value] };
}

async function existing(
  collection: Collection,
  ctx: ResourceContext<Cloud>,
  ref: ResourceRef,
): Promise<Entity | undefined> {
  const id = keyOf(ref);
  return id === undefined ? undefined : collection.get(readingCall(ctx), id);
}

function keyOf(ref: ResourceRef): string | undefined {
  return asFilled(ref.data.key) ?? ref.physicalId;
}

function heatIdentity(ctx: ResourceContext<Cloud>, properties: JsonMap, idProperty: string | undefined): Identity {
  const name = asFilled(properties.name) ?? ctx.resource.physicalName;
  const physicalId =
    (idProperty === undefined ? undefined : asFilled(properties[idProperty])) ??
    derivedId('generic', ctx.stack.projectId, ctx.token);
  return { physicalId, key: physicalId, name, isExclusive: false, generated: {} };
}
