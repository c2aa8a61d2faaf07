import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import { derivedId } from '../../../../engine/model/ids.js';
import type { Json, JsonMap } from '../../../../engine/model/value.js';
import { asMaps, asNumber, asText, compact } from '../../../json-access.js';
import { derivedNumber, looksLikeEc2Id } from '../../identifiers.js';
import { type Block, formatAddress, formatBlock, overlap, parseAddress, parseBlock } from '../addresses.js';
import { inner, type KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';
import { isUsed } from './allocation.js';

/** Neutron's subnets. */
export const subnets: KindRules = {
  kind: 'subnets',
  hasOwnIds: true,
  noun: 'subnet',
  quota: 'subnet',
  defaults: ['private-subnet', 'public-subnet'],
  missing: (reference) =>
    looksLikeEc2Id(reference) && reference.startsWith('subnet-')
      ? { message: `The subnet ID '${reference}' does not exist`, reasonClass: 'InvalidSubnetID.NotFound' }
      : { message: `Unable to find subnet with name or id '${reference}'`, reasonClass: 'NotFound' },
  async create(turn, spec) {
    const network = await turn.require('networks', spec.network ?? spec.network_id);
    const block = blockOf(spec);
    const siblings = inner(network).origin === 'seed' ? [] : await turn.find('subnets', { parentId: network.id });
    for (const sibling of siblings) {
      const other = parseBlock(asText(sibling.body.cidr) ?? '');
      if (other && overlap(other, block)) {
        const isVpc = asText(network.body.cidr_block) !== undefined;
        throw new RejectedError(
          isVpc
            ? `The CIDR '${formatBlock(block)}' conflicts with another subnet`
            : `Invalid input for operation: Requested subnet with cidr: ${formatBlock(block)} for network: ${network.id} overlaps with another subnet.`,
          { reasonClass: isVpc ? 'InvalidSubnet.Conflict' : 'BadRequest' },
        );
      }
    }
    const id = asText(spec.id) ?? turn.newId('subnets');
    const name = asText(spec.name);
    return {
      id,
      ...(name === undefined ? {} : { name }),
      parentId: network.id,
      body: bodyOf(turn, id, network, block, spec),
    };
  },
  async update(_turn, subnet, changes) {
    const block = parseBlock(asText(subnet.body.cidr) ?? '');
    if (!block) return { ...subnet.body, ...changes };
    const body: JsonMap = { ...subnet.body, ...changes };
    if ('gateway_ip' in changes)
      body.gateway_ip = gatewayOf(block, {
        gateway_ip: changes.gateway_ip === '' ? null : (changes.gateway_ip ?? null),
      });
    if ('allocation_pools' in changes)
      body.allocation_pools = poolsOf(block, changes.allocation_pools, asText(body.gateway_ip));
    return body;
  },
  async remove(turn, subnet) {
    if (!(await isUsed(turn, subnet.id))) return;
    throw new RejectedError(
      subnet.id.startsWith('subnet-')
        ? `The subnet '${subnet.id}' has dependencies and cannot be deleted.`
        : `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`,
      { reasonClass: subnet.id.startsWith('subnet-') ? 'DependencyViolation' : 'Conflict' },
    );
  },
  async invent(turn, reference) {
    if (reference.startsWith('subnet-') && turn.setting.settings.lenient) {
      const network = await turn.require('networks', 'vpc-default');
      const cidr = `172.${16 + derivedNumber(15, reference, 'a')}.${derivedNumber(16, reference, 'b') * 16}.0/20`;
      return addDefaultSubnet(turn, network, cidr, reference);
    }
    const owner = /^(.*)[-_]subnet\d*$/.exec(reference)?.[1];
    if (owner === undefined) return undefined;
    const network = await turn.lookUp('networks', owner);
    if (!network || inner(network).origin !== 'seed') return undefined;
    const [subnet] = await turn.find('subnets', { parentId: network.id, limit: 1 });
    return subnet;
  },
};

/** Gives a network of the default world its subnet. */
export function addDefaultSubnet(turn: Turn, network: WorldObject, cidr: string, id?: string): WorldObject {
  const block = parseBlock(cidr) ?? { version: 4, first: 0n, last: 0n, prefix: 32 };
  const name = id ?? `${network.name ?? network.id}-subnet`;
  const own = id ?? derivedId('seed', turn.call.projectId, turn.call.region, 'subnets', network.id);
  const body = { ...bodyOf(turn, own, network, block, { name, dns_nameservers: ['8.8.8.8'] }), _: { origin: 'seed' } };
  return turn.add('subnets', { id: own, name, parentId: network.id, body });
}

function blockOf(spec: JsonMap): Block {
  const cidr = asText(spec.cidr);
  if (cidr !== undefined) {
    const block = parseBlock(cidr);
    if (block) return block;
    throw new RejectedError(`Invalid input for cidr. Reason: '${cidr}' is not a valid IP subnet.`, {
      reasonClass: 'BadRequest',
    });
  }
  const pool = asText(spec.subnetpool) ?? '';
  const prefix = asNumber(spec.prefixlen) ?? 26;
  const block = parseBlock(`10.${derivedNumber(256, pool, asText(spec.name) ?? '')}.0.0/${prefix}`);
  if (block) return block;
  throw new RejectedError(`Illegal prefix bounds: ${prefix}`, { reasonClass: 'BadRequest' });
}

function gatewayOf(block: Block, spec: JsonMap): string | null {
  if (spec.gateway_ip === null || spec.gateway_ip === '') return null;
  const given = asText(spec.gateway_ip);
  if (given !== undefined) return given;
  const size = block.last - block.first + 1n;
  return size < 4n ? null : formatAddress({ version: block.version, value: block.first + 1n });
}

function poolsOf(block: Block, given: Json | undefined, gateway: string | undefined): JsonMap[] {
  const wanted = asMaps(given);
  if (wanted.length > 0) {
    for (const pool of wanted) {
      const start = parseAddress(asText(pool.start) ?? '');
      const end = parseAddress(asText(pool.end) ?? '');
      if (!start || !end || start.version !== block.version || end.version !== block.version) {
        throw new RejectedError(`The allocation pool ${asText(pool.start)}-${asText(pool.end)} is not valid.`, {
          reasonClass: 'BadRequest',
        });
      }
      if (end.value < start.value) {
        throw new RejectedError(`The allocation pool ${asText(pool.start)}-${asText(pool.end)} is not valid.`, {
          reasonClass: 'BadRequest',
        });
      }
      if (start.value < block.first || end.value > block.last) {
        throw new RejectedError(
          `The allocation pool ${asText(pool.start)}-${asText(pool.end)} spans beyond the subnet cidr ${formatBlock(block)}.`,
          { reasonClass: 'BadRequest' },
        );
      }
    }
    return wanted;
  }
  const size = block.last - block.first + 1n;
  const first = size < 4n ? block.first : block.first + 1n;
  const last = size < 4n || block.version === 6 ? block.last : block.last - 1n;
  const hole = gateway === undefined ? undefined : parseAddress(gateway)?.value;
  const ranges: [bigint, bigint][] =
    hole === undefined || hole < first || hole > last
      ? [[first, last]]
      : [
          [first, hole - 1n],
          [hole + 1n, last],
        ];
  return ranges
    .filter(([start, end]) => start <= end)
    .map(([start, end]) => ({
      start: formatAddress({ version: block.version, value: start }),
      end: formatAddress({ version: block.version, value: end }),
    }));
}

function bodyOf(turn: Turn, id: string, network: WorldObject, block: Block, spec: JsonMap): JsonMap {
  const { id: _id, network: _network, subnetpool, prefixlen: _prefixlen, segment, ...given } = spec;
  const gateway = gatewayOf(block, spec);
  return {
    name: '',
    enable_dhcp: true,
    dns_nameservers: [],
    host_routes: [],
    ip_version: block.version,
    ipv6_address_mode: null,
    ipv6_ra_mode: null,
    description: '',
    service_types: [],
    subnetpool_id: asText(subnetpool) ?? null,
    segment_id: asText(segment) ?? null,
    tags: [],
    revision_number: 0,
    ...compact(given),
    cidr: formatBlock(block),
    gateway_ip: gateway,
    allocation_pools: poolsOf(block, spec.allocation_pools, gateway ?? undefined),
    network_id: network.id,
    tenant_id: asText(spec.tenant_id) ?? turn.call.projectId,
    project_id: asText(spec.tenant_id) ?? turn.call.projectId,
    id,
  };
}
