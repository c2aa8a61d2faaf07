import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceContext, ResourceRef, ResourceType } from '../../../engine/drivers/resource-type.js';
import { MissingError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { prefixedId } from '../../clouds/identifiers.js';
import { callOf, ec2Id, gone, readingCall, type TypeDefinition } from '../../define-type.js';
import { asFilled, asMap, asMaps, asText, pick } from '../../json-access.js';

type Ctx = ResourceContext<Cloud>;

/** The first port of a server; undefined if the server has none. */
async function portOf(ctx: Ctx, serverId: string): Promise<string | undefined> {
  const server = await ctx.cloud.collection('servers').find(readingCall(ctx), serverId);
  if (!server)
    throw new MissingError(`The Server (${serverId}) could not be found.`, { reasonClass: 'EntityNotFound' });
  const entries = Object.values(asMap(server.body.addresses)).flatMap((list) => asMaps(list));
  return asText(entries[0]?.port);
}

async function target(ctx: Ctx, properties: JsonMap): Promise<string | null> {
  const port = asFilled(properties.NetworkInterfaceId);
  const server = asFilled(properties.InstanceId);
  if (port !== undefined) return port;
  return server === undefined ? null : ((await portOf(ctx, server)) ?? null);
}

/** AWS::EC2::EIP: to CloudFormation its id is the address, to Heat the id of the floating IP. */
export const eip: TypeDefinition = {
  kind: 'floating_ips',
  async spec(input) {
    const port = await target(input.ctx, input.properties);
    return { ...ec2Id(input, 'eipalloc'), floating_network: 'public', ...(port === null ? {} : { port_id: port }) };
  },
  physicalId: ({ entity, isAws }) => (isAws ? (entity.name ?? entity.id) : entity.id),
  reference: ({ entity }) => entity.name ?? entity.id,
  data: ({ entity }) => ({ id: entity.id }),
  entityId: (ref) => asText(ref.data.id) ?? ref.physicalId,
  attributes: ({ entity }) => ({ AllocationId: entity.id, PublicIp: entity.name ?? '' }),
  async update({ change, collection, id, ctx }) {
    if (!change.changed.includes('InstanceId')) return undefined;
    return collection.update(callOf(ctx), id, { port_id: await target(ctx, change.after) });
  },
  live: () => ({}),
};

async function floatingOf(ctx: Ctx, properties: JsonMap): Promise<string | undefined> {
  const reference = asFilled(properties.AllocationId) ?? asFilled(properties.EIP);
  if (reference === undefined) return undefined;
  const found = await ctx.cloud.collection('floating_ips').find(readingCall(ctx), reference);
  return found?.id;
}

async function bind(ctx: Ctx, properties: JsonMap, part: string): Promise<string> {
  const id = await floatingOf(ctx, properties);
  const reference = asFilled(properties.AllocationId) ?? asFilled(properties.EIP) ?? '';
  if (id === undefined)
    throw new MissingError(`The allocation ID '${reference}' does not exist`, {
      reasonClass: 'InvalidAllocationID.NotFound',
    });
  await ctx.cloud.collection('floating_ips').update(callOf(ctx, part), id, {
    port_id: await target(ctx, properties),
    ...pick({ fixed_ip_address: properties.PrivateIpAddress ?? null }, 'fixed_ip_address'),
  });
  return id;
}

async function unbind(ctx: Ctx, id: string | undefined): Promise<void> {
  const floating = ctx.cloud.collection('floating_ips');
  if (id !== undefined && (await floating.get(readingCall(ctx), id)))
    await floating.update(callOf(ctx, 'unbind'), id, { port_id: null });
}

/** AWS::EC2::EIPAssociation: ties an address to a server or a network interface. */
export function eipAssociation(schema: ResourceSchema): ResourceType<Cloud> {
  const idFor = (ctx: Ctx, properties: JsonMap): string =>
    schema.origin === 'aws'
      ? prefixedId('eipassoc', ctx.stack.projectId, ctx.resource.uuid)
      : (asFilled(properties.EIP) ?? asFilled(properties.AllocationId) ?? '');
  const done = (ctx: Ctx, properties: JsonMap, floating: string) => ({
    state: 'done' as const,
    physicalId: idFor(ctx, properties),
    ...(schema.origin === 'aws' ? {} : { reference: ctx.resource.physicalName }),
    attributes: { Id: idFor(ctx, properties), show: {} },
    data: { floating },
  });
  return {
    schema,
    validate(properties) {
      if (schema.origin !== 'heat') return [];
      const [address, allocation] = [asFilled(properties.EIP), asFilled(properties.AllocationId)];
      const [server, nic] = [asFilled(properties.InstanceId), asFilled(properties.NetworkInterfaceId)];
      if ((address === undefined) === (allocation === undefined))
        return ["Either 'EIP' or 'AllocationId' must be provided."];
      if (address !== undefined && server === undefined) return ["Must specify 'InstanceId' if you specify 'EIP'."];
      return server === undefined && nic === undefined
        ? ['At least one of the following properties must be specified: InstanceId, NetworkInterfaceId.']
        : [];
    },
    async create(ctx, properties) {
      return done(ctx, properties, await bind(ctx, properties, 'bind'));
    },
    replaces({ changed }) {
      const moves = changed.includes('AllocationId') || changed.includes('EIP');
      return moves && (changed.includes('InstanceId') || changed.includes('NetworkInterfaceId')) ? true : undefined;
    },
    async update(ctx, ref, change) {
      const old = asText(ref.data.floating);
      const id = await floatingOf(ctx, change.after);
      if (old !== id) await unbind(ctx, old);
      return done(ctx, change.after, await bind(ctx, change.after, 'bind'));
    },
    async read(ctx, ref: ResourceRef) {
      const id = asText(ref.data.floating);
      const floating =
        id === undefined ? undefined : await ctx.cloud.collection('floating_ips').get(readingCall(ctx), id);
      if (!floating || asText(floating.body.port_id) === undefined) return undefined;
      const { state: _state, ...outcome } = done(ctx, ref.properties, floating.id);
      return { ...outcome, properties: {}, healthy: true };
    },
    async delete(ctx, ref) {
      await unbind(ctx, asText(ref.data.floating));
      return gone(ref);
    },
  };
}
