import type { ResourceSchema } from '../engine/drivers/resource-schema.js';
import type {
  Observation,
  Outcome,
  Progress,
  PropertyChange,
  ResourceContext,
  ResourceRef,
  ResourceType,
} from '../engine/drivers/resource-type.js';
import { FlakyError, MissingError, RejectedError } from '../engine/model/errors.js';
import { type Json, type JsonMap, sameValue } from '../engine/model/value.js';
import { arnOf } from './attributes/arns.js';
import { type Identity, identify } from './attributes/identify.js';
import { inventAttributes } from './attributes/invent.js';
import type { Cloud, CloudCall, CloudKind, Collection, Entity } from './clouds/cloud.js';
import { prefixedId } from './clouds/identifiers.js';
import { asFilled, asMap, asText, isGiven } from './json-access.js';
import { liveProperties } from './live-properties.js';

/** What a definition's functions are told. */
export interface TypeInput {
  readonly ctx: ResourceContext<Cloud>;
  readonly schema: ResourceSchema;
  readonly properties: JsonMap;
  /** The property `name` (`Name`), or else the physical name. */
  readonly name: string;
  /** True for CloudFormation's own form of a type that Heat has too. */
  readonly isAws: boolean;
}

/** The same, with what the cloud tells of the thing. */
export interface EntityInput extends TypeInput {
  readonly entity: Entity;
  readonly data: JsonMap;
}

/** The same, for a change. */
export interface UpdateInput extends TypeInput {
  readonly id: string;
  readonly ref: ResourceRef;
  readonly change: PropertyChange;
  readonly collection: Collection;
}

/** How a resource type is one thing of a cloud's collection. */
export interface TypeDefinition {
  readonly kind: CloudKind;
  /** What to ask the cloud for; also compared before and after a change. */
  spec(input: TypeInput): JsonMap | Promise<JsonMap>;
  /** Attributes that are not simply a key of the entity's body. */
  attributes?(input: EntityInput): JsonMap | Promise<JsonMap>;
  /** Attributes that are worked out when somebody asks, and are never stored. */
  readonly unstored?: {
    readonly [attribute: string]: (ctx: ResourceContext<Cloud>, ref: ResourceRef) => Json | Promise<Json>;
  };
  /** More that belongs to the thing, made after it; idempotent by tokens of its own. Returns notes. */
  created?(input: EntityInput): Promise<JsonMap | undefined>;
  /** In place of sending the cloud what differs in the spec. */
  update?(input: UpdateInput): Promise<Entity | undefined>;
  /** What must go before the thing itself goes. */
  removing?(input: TypeInput, id: string): Promise<void>;
  /** The entity's id unless said otherwise. */
  physicalId?(input: EntityInput): string;
  /** What the cloud calls the thing, from what was stored. */
  entityId?(ref: ResourceRef): string | undefined;
  readonly reference?: (input: EntityInput) => Json;
  /** Notes to keep from the answer to create. */
  data?(input: EntityInput): JsonMap | undefined;
  /** Live values of properties; by default the body's keys of the same names. */
  live?(input: EntityInput): JsonMap;
  validate?(properties: JsonMap, name: string, schema: ResourceSchema): readonly string[];
  replaces?(change: PropertyChange): boolean | undefined;
  /** States other than these fail a check; by default only error states do. */
  readonly healthyStates?: readonly string[];
  /** Further verbs, or better ones. */
  verbs?(schema: ResourceSchema): Partial<ResourceType<Cloud>>;
  readonly deleteBeforeReplace?: boolean;
  readonly replaceFailed?: boolean;
}

const PASSING = new Set([
  'BUILD',
  'BUILDING',
  'REBUILD',
  'RESIZE',
  'VERIFY_RESIZE',
  'REBOOT',
  'HARD_REBOOT',
  'PASSWORD',
  'PENDING_CREATE',
  'PENDING_UPDATE',
  'PENDING_DELETE',
  'creating',
  'downloading',
  'extending',
  'restoring-backup',
  'retyping',
  'attaching',
  'detaching',
  'deleting',
  'backing-up',
  'saving',
  'queued',
  'provisioning',
  'pending',
]);
const FAILED = new Set([
  'ERROR',
  'error',
  'FAILED',
  'failed',
  'error_extending',
  'error_restoring',
  'error_deleting',
  'killed',
]);

/** Makes a resource type of a definition and a schema. */
export function defineType(definition: TypeDefinition, schema: ResourceSchema): ResourceType<Cloud> {
  const isAws = schema.origin === 'aws';
  const inputOf = (ctx: ResourceContext<Cloud>, properties: JsonMap): TypeInput => ({
    ctx,
    schema,
    properties,
    name: asFilled(properties.name) ?? asFilled(properties.Name) ?? ctx.resource.physicalName,
    isAws,
  });
  const collectionOf = (ctx: ResourceContext<Cloud>): Collection => ctx.cloud.collection(definition.kind);
  const idOf = (ref: ResourceRef): string | undefined => definition.entityId?.(ref) ?? ref.physicalId;

  const outcome = async (input: TypeInput, entity: Entity, data: JsonMap): Promise<Outcome> => {
    const full: EntityInput = { ...input, entity, data };
    const physicalId = definition.physicalId?.(full) ?? entity.id;
    const reference = definition.reference?.(full);
    return {
      physicalId,
      ...(reference === undefined ? {} : { reference }),
      attributes: await attributesOf(definition, full, physicalId),
      data,
    };
  };

  /** Done, or to be asked again; an error state is told of in a later step, so that the id is known by then. */
  const settle = async (input: TypeInput, entity: Entity, data: JsonMap, isPoll: boolean): Promise<Progress> => {
    const status = entity.status;
    if (status !== undefined && FAILED.has(status) && isPoll) throw inError(entity);
    if (status !== undefined && (FAILED.has(status) || PASSING.has(status))) {
      const pollAfterMs = FAILED.has(status) ? 0 : Math.max(1, Math.ceil(entity.readyInMs ?? 1000));
      const physicalId = definition.physicalId?.({ ...input, entity, data }) ?? entity.id;
      return { state: 'pending', physicalId, checkpoint: { id: entity.id, data }, pollAfterMs, note: status };
    }
    return { state: 'done', ...(await outcome(input, entity, data)) };
  };

  const observe = async (input: TypeInput, entity: Entity, data: JsonMap): Promise<Observation> => {
    const isHealthy = entity.status === undefined || !FAILED.has(entity.status);
    const full: EntityInput = { ...input, entity, data };
    return {
      ...(await outcome(input, entity, data)),
      properties: definition.live?.(full) ?? liveProperties(schema, input.properties, entity.body),
      healthy: isHealthy,
      ...(entity.status === undefined ? {} : { note: entity.status }),
    };
  };

  const type: ResourceType<Cloud> = {
    schema,
    ...(definition.validate
      ? { validate: (properties: JsonMap, name: string) => definition.validate?.(properties, name, schema) ?? [] }
      : {}),
    ...(definition.replaces ? { replaces: (change: PropertyChange) => definition.replaces?.(change) } : {}),
    ...(definition.deleteBeforeReplace ? { deleteBeforeReplace: true } : {}),
    ...(definition.replaceFailed === undefined ? {} : { replaceFailed: definition.replaceFailed }),
    async create(ctx, properties) {
      const input = inputOf(ctx, properties);
      const entity = await collectionOf(ctx).create(callOf(ctx), await definition.spec(input));
      const first = definition.data?.({ ...input, entity, data: {} }) ?? {};
      const more = await definition.created?.({ ...input, entity, data: first });
      return settle(input, entity, { ...first, ...more }, false);
    },
    async read(ctx, ref) {
      const id = idOf(ref);
      const entity = id === undefined ? undefined : await collectionOf(ctx).get(readingCall(ctx), id);
      return entity && observe(inputOf(ctx, ref.properties), entity, ref.data);
    },
    async find(ctx, properties) {
      const entity = await collectionOf(ctx).byToken(readingCall(ctx), ctx.token);
      if (!entity) return undefined;
      const input = inputOf(ctx, properties);
      const found = await observe(input, entity, definition.data?.({ ...input, entity, data: {} }) ?? {});
      // A type that makes more after the thing itself is created again: only that finishes what was begun.
      if (definition.created) return { ...found, unfinished: 'create-again' };
      const progress = await settle(input, entity, found.data ?? {}, false);
      return progress.state === 'pending' ? { ...found, unfinished: progress } : found;
    },
    async update(ctx, ref, change) {
      const input = inputOf(ctx, change.after);
      const id = idOf(ref);
      if (id === undefined) return { state: 'replace', why: 'nothing was created yet' };
      const collection = collectionOf(ctx);
      const entity = definition.update
        ? await definition.update({ ...input, id, ref, change, collection })
        : await sendDifference(definition, input, inputOf(ctx, change.before), collection, id);
      const now = entity ?? (await collection.get(readingCall(ctx), id));
      if (!now)
        throw new MissingError(`The ${definition.kind} (${id}) could not be found.`, { reasonClass: 'NotFound' });
      return settle(input, now, ref.data, false);
    },
    async delete(ctx, ref) {
      const id = idOf(ref);
      if (id !== undefined && id !== '') {
        await definition.removing?.(inputOf(ctx, ref.properties), id);
        await collectionOf(ctx).delete(callOf(ctx), id);
      }
      return gone(ref);
    },
    async poll(ctx, ref, checkpoint, verb) {
      const notes = asMap(checkpoint);
      const entity = await collectionOf(ctx).get(readingCall(ctx), asText(notes.id) ?? ref.physicalId ?? '');
      if (!entity && verb === 'delete') return gone(ref);
      if (!entity)
        throw new MissingError(`The ${definition.kind} (${asText(notes.id)}) could not be found.`, {
          reasonClass: 'NotFound',
        });
      return settle(inputOf(ctx, ref.properties), entity, asMap(notes.data), true);
    },
    ...(schema.capabilities.check
      ? {
          async check(ctx: ResourceContext<Cloud>, ref: ResourceRef): Promise<Progress> {
            const id = idOf(ref);
            const entity = id === undefined ? undefined : await collectionOf(ctx).get(readingCall(ctx), id);
            if (!entity) throw new MissingError(`${id ?? 'Resource'} could not be found.`, { reasonClass: 'NotFound' });
            refuseUnhealthy(entity, definition.healthyStates);
            return { state: 'done', ...(await outcome(inputOf(ctx, ref.properties), entity, ref.data)) };
          },
        }
      : {}),
    async attribute(ctx, ref, name) {
      const unstored = definition.unstored?.[name];
      if (unstored) return unstored(ctx, ref);
      const id = idOf(ref);
      const entity = id === undefined ? undefined : await collectionOf(ctx).get(readingCall(ctx), id);
      if (!entity) return null;
      const { attributes } = await outcome(inputOf(ctx, ref.properties), entity, ref.data);
      return attributes[name] ?? null;
    },
  };
  return { ...type, ...definition.verbs?.(schema) };
}

/** The call by which a verb acts; `part` tells apart the several things that one intent makes. */
export function callOf(ctx: ResourceContext<Cloud>, part?: string): CloudCall {
  return { ...readingCall(ctx), token: part === undefined ? ctx.token : `${ctx.token}/${part}` };
}

/** The call by which a verb only looks. */
export function readingCall(ctx: ResourceContext<Cloud>): CloudCall {
  return {
    projectId: ctx.stack.projectId,
    region: ctx.stack.region,
    signal: ctx.signal,
    tags: ctx.stack.tags,
    type: ctx.resource.type,
    resource: ctx.resource.name,
  };
}

/** An id in EC2's form for CloudFormation's types; Heat's get the cloud's own. */
export function ec2Id(input: TypeInput, prefix: string): JsonMap {
  return input.isAws ? { id: prefixedId(prefix, input.ctx.stack.projectId, input.ctx.token) } : {};
}

/** What CloudFormation would call the thing: its physical id and name, and the ARN or address that it makes up. */
export function identityOf({ ctx, schema, properties }: TypeInput): Identity {
  const { projectId, region, name: stackName } = ctx.stack;
  const account = ctx.cloud.accountId(projectId);
  return identify({ schema, properties, stackName, logicalId: ctx.resource.name, region, account, token: ctx.token });
}

/** The ARN of a named thing of the type. */
export function arnFor({ ctx, schema }: TypeInput, name: string, id = name): string {
  const { projectId, region } = ctx.stack;
  return arnOf(schema.type, { id, name, region, account: ctx.cloud.accountId(projectId), seed: id });
}

/** What a finished deletion leaves. */
export function gone(ref: ResourceRef): Progress {
  return { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
}

/** Heat's words for a thing that went to an error state by itself. */
export function inError(entity: Entity): FlakyError {
  const fault = asMap(entity.body.fault);
  const reason = isGiven(fault.message)
    ? `Message: ${asText(fault.message)}, Code: ${asText(fault.code) ?? 'Unknown'}`
    : 'Unknown';
  return new FlakyError(`Went to status ${entity.status} due to "${reason}"`, { reasonClass: 'ResourceInError' });
}

function refuseUnhealthy(entity: Entity, healthy: readonly string[] | undefined): void {
  const { status } = entity;
  if (status === undefined) return;
  const isFine = healthy ? healthy.includes(status) : !FAILED.has(status);
  if (isFine) return;
  const expected =
    !healthy || healthy.length === 0
      ? 'ACTIVE'
      : healthy.length === 1
        ? healthy[0]
        : `[${healthy.map((state) => `'${state}'`).join(', ')}]`;
  throw new RejectedError(`'status': expected '${expected}', got '${status}'`, { reasonClass: 'Error' });
}

async function sendDifference(
  definition: TypeDefinition,
  after: TypeInput,
  before: TypeInput,
  collection: Collection,
  id: string,
): Promise<Entity | undefined> {
  const [wanted, had] = [await definition.spec(after), await definition.spec(before)];
  const changes: JsonMap = {};
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(had)])) {
    if (key !== 'id' && !sameValue(wanted[key], had[key])) changes[key] = wanted[key] ?? null;
  }
  return Object.keys(changes).length === 0 ? undefined : collection.update(callOf(after.ctx), id, changes);
}

async function attributesOf(definition: TypeDefinition, input: EntityInput, physicalId: string): Promise<JsonMap> {
  const { schema, entity, ctx } = input;
  const own = (await definition.attributes?.(input)) ?? {};
  const attributes: JsonMap = {};
  const unknown: string[] = [];
  for (const name of Object.keys(schema.attributes)) {
    if (definition.unstored?.[name]) continue;
    if (name in own) attributes[name] = own[name] ?? null;
    else if (name === 'show') attributes.show = entity.body;
    else if (name in entity.body) attributes[name] = entity.body[name] ?? null;
    else unknown.push(name);
  }
  if (unknown.length > 0) {
    const { projectId, region } = ctx.stack;
    const subject = {
      id: physicalId,
      name: entity.name ?? physicalId,
      projectId,
      region,
      account: ctx.cloud.accountId(projectId),
      seed: entity.id,
    };
    Object.assign(attributes, inventAttributes(schema, unknown, input.properties, subject));
  }
  // What a definition tells beyond the schema is kept: other forms of the same type have it.
  return { ...own, ...attributes };
}
