import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud, Entity } from '../../clouds/cloud.js';
import { derivedNumber } from '../../clouds/identifiers.js';
import { callOf, type EntityInput, identityOf, readingCall, type TypeDefinition } from '../../define-type.js';
import { asFilled, asList, asMap, asMaps, asNumber, asText, asTexts, compact } from '../../json-access.js';
import { type Backend, bringMembers } from './pool-members.js';

type Ctx = ResourceContext<Cloud>;

function dnsName(name: string, id: string, region: string): string {
  return `${name.toLowerCase()}-${derivedNumber(2_000_000_000, 'lb', id)}.${region}.elb.amazonaws.com`;
}

async function dropChildren(ctx: Ctx, balancer: string): Promise<void> {
  for (const kind of ['listeners', 'pools'] as const) {
    const children = await ctx.cloud.collection(kind).list(readingCall(ctx), { parent_id: balancer });
    for (const child of children) {
      if (child.id.startsWith('arn:')) continue;
      await ctx.cloud.collection(kind).delete(callOf(ctx, `drop-${child.id}`), child.id);
    }
  }
}

/** Makes the listeners, pools and members of a classic load balancer; repeating it changes nothing. */
async function furnish(ctx: Ctx, balancer: Entity, properties: JsonMap, part: string): Promise<void> {
  for (const [index, listener] of asMaps(properties.Listeners).entries()) {
    const token = `${part}/${index}`;
    const protocol = (asText(listener.Protocol) ?? 'TCP').toUpperCase().replace('SSL', 'TERMINATED_HTTPS');
    const front = await ctx.cloud.collection('listeners').create(callOf(ctx, `${token}/listener`), {
      loadbalancer: balancer.id,
      protocol,
      protocol_port: asNumber(listener.LoadBalancerPort) ?? 80,
    });
    const pool = await ctx.cloud
      .collection('pools')
      .create(callOf(ctx, `${token}/pool`), { listener: front.id, protocol, lb_algorithm: 'ROUND_ROBIN' });
    await bringMembers(ctx, pool.id, backends(listener, properties), token);
  }
}

function backends(listener: JsonMap, properties: JsonMap): Backend[] {
  const port = asNumber(listener.InstancePort) ?? 80;
  return asTexts(properties.Instances).map((server) => ({ server, port }));
}

/** Puts other instances behind the listeners that a classic load balancer has. */
async function exchange(ctx: Ctx, balancer: string, properties: JsonMap): Promise<void> {
  const fronts = await ctx.cloud.collection('listeners').list(readingCall(ctx), { parent_id: balancer });
  for (const [index, listener] of asMaps(properties.Listeners).entries()) {
    const port = asNumber(listener.LoadBalancerPort) ?? 80;
    const front = fronts.find(({ body }) => body.protocol_port === port);
    const pool = asText(front?.body.default_pool_id);
    if (pool !== undefined) await bringMembers(ctx, pool, backends(listener, properties), `parts/${index}`);
  }
}

/** AWS::ElasticLoadBalancing::LoadBalancer with its listeners and instances. */
export const classicLoadBalancer: TypeDefinition = {
  kind: 'load_balancers',
  healthyStates: ['ACTIVE'],
  spec: ({ properties, ctx, isAws }) => ({
    name: asFilled(properties.LoadBalancerName) ?? ctx.resource.physicalName,
    ...compact({ vip_subnet: asTexts(properties.Subnets)[0] ?? (isAws ? 'subnet-default' : undefined) }),
    ...(asList(properties.SecurityGroups).length > 0 ? { security_groups: asTexts(properties.SecurityGroups) } : {}),
  }),
  async created({ ctx, entity, properties }) {
    await furnish(ctx, entity, properties, 'parts');
    return { id: entity.id };
  },
  physicalId: ({ entity, isAws }) => (isAws ? (entity.name ?? entity.id) : entity.id),
  data: ({ entity }) => ({ id: entity.id }),
  entityId: (ref) => asText(ref.data.id) ?? ref.physicalId,
  attributes({ entity, ctx, isAws }) {
    const host = isAws
      ? dnsName(entity.name ?? '', entity.id, ctx.stack.region)
      : (asText(entity.body.vip_address) ?? '');
    return {
      DNSName: host,
      CanonicalHostedZoneName: host,
      CanonicalHostedZoneNameID: isAws ? 'Z35SXDOTRQ7X7K' : null,
      'SourceSecurityGroup.GroupName': isAws ? 'default' : null,
      'SourceSecurityGroup.OwnerAlias': isAws ? 'amazon-elb' : null,
      LoadBalancerName: entity.name ?? '',
    };
  },
  async update({ change, collection, id, ctx }) {
    const entity = await collection.get(readingCall(ctx), id);
    if (entity && change.changed.includes('Listeners')) {
      await dropChildren(ctx, id);
      await furnish(ctx, entity, change.after, 'parts');
    } else if (entity && change.changed.includes('Instances')) {
      await exchange(ctx, id, change.after);
    }
    return entity;
  },
  removing: ({ ctx }, id) => dropChildren(ctx, id),
  live: () => ({}),
};

/** AWS::ElasticLoadBalancingV2::LoadBalancer */
export const loadBalancerV2: TypeDefinition = {
  kind: 'load_balancers',
  spec(input) {
    const { properties } = input;
    const identity = identityOf(input);
    const subnets = [
      ...asTexts(properties.Subnets),
      ...asMaps(properties.SubnetMappings).flatMap((mapping) => asText(mapping.SubnetId) ?? []),
    ];
    const groups = asTexts(properties.SecurityGroups);
    const kind = { network: 'net', gateway: 'gwy' }[asText(properties.Type) ?? ''] ?? 'app';
    return {
      id: identity.physicalId.replace(':loadbalancer/app/', `:loadbalancer/${kind}/`),
      name: identity.name,
      vip_subnet: subnets[0] ?? 'subnet-default',
      ...(groups.length > 0 ? { security_groups: groups } : {}),
    };
  },
  attributes({ entity, ctx, properties }) {
    return {
      LoadBalancerArn: entity.id,
      LoadBalancerName: entity.name ?? '',
      LoadBalancerFullName: entity.id.split(':loadbalancer/')[1] ?? '',
      DNSName: dnsName(entity.name ?? '', entity.id, ctx.stack.region),
      CanonicalHostedZoneID: 'Z35SXDOTRQ7X7K',
      SecurityGroups: asTexts(properties.SecurityGroups),
    };
  },
  update: async () => undefined,
  removing: ({ ctx }, id) => dropChildren(ctx, id),
  live: () => ({}),
};

async function register({ ctx, entity, properties }: EntityInput, targets: Json | undefined): Promise<void> {
  const wanted = asMaps(targets).map((target) => ({
    server: asText(target.Id) ?? '',
    port: asNumber(target.Port) ?? asNumber(properties.Port) ?? 80,
  }));
  await bringMembers(ctx, entity.id, wanted, 'targets');
}

/** AWS::ElasticLoadBalancingV2::TargetGroup: a pool that stands alone until a listener sends to it. */
export const targetGroup: TypeDefinition = {
  kind: 'pools',
  spec(input) {
    const identity = identityOf(input);
    return {
      id: identity.physicalId,
      name: identity.name,
      protocol: asText(input.properties.Protocol) ?? 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
      ...compact({ protocol_port: asNumber(input.properties.Port) }),
    };
  },
  async created(input) {
    await register(input, input.properties.Targets);
    return undefined;
  },
  attributes: ({ entity }) => ({
    TargetGroupArn: entity.id,
    TargetGroupName: entity.name ?? '',
    TargetGroupFullName: entity.id.split(':').at(-1) ?? '',
    LoadBalancerArns: asMaps(entity.body.loadbalancers).flatMap((balancer) => asText(balancer.id) ?? []),
  }),
  async update(input) {
    const { change, ctx, id, collection } = input;
    const entity = await collection.get(readingCall(ctx), id);
    if (!entity || !change.changed.includes('Targets')) return entity;
    await register({ ...input, entity, data: {} }, change.after.Targets);
    return entity;
  },
  live: () => ({}),
};

function forwardsTo(actions: Json | undefined): string | undefined {
  for (const action of asMaps(actions)) {
    const direct = asFilled(action.TargetGroupArn);
    const weighted = asMaps(asMap(action.ForwardConfig).TargetGroups).flatMap(
      (group) => asFilled(group.TargetGroupArn) ?? [],
    );
    const found = direct ?? weighted[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** AWS::ElasticLoadBalancingV2::Listener */
export const listenerV2: TypeDefinition = {
  kind: 'listeners',
  spec(input) {
    const { properties } = input;
    const balancer = asText(properties.LoadBalancerArn) ?? '';
    const tail = identityOf(input).physicalId.split('/').at(-1) ?? '';
    return compact({
      id: `${balancer.replace(':loadbalancer/', ':listener/')}/${tail}`,
      loadbalancer: balancer,
      protocol: asText(properties.Protocol) ?? 'HTTP',
      protocol_port: asNumber(properties.Port) ?? 80,
      default_pool: forwardsTo(properties.DefaultActions),
    });
  },
  attributes: ({ entity }) => ({ ListenerArn: entity.id }),
  live: () => ({}),
};
