import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import { asMaps, asText } from '../../../json-access.js';
import { eui64, formatAddress, parseAddress, parseBlock } from '../addresses.js';
import { inner } from '../kind-rules.js';
import type { Turn } from '../turn.js';

const COLLECTION = 'allocations';

/** One address of a port. */
export interface FixedIp {
  readonly subnet_id: string;
  readonly ip_address: string;
}

interface Pool {
  readonly start: bigint;
  readonly size: bigint;
}

function poolsOf(subnet: WorldObject): Pool[] {
  return asMaps(subnet.body.allocation_pools).flatMap((pool) => {
    const start = parseAddress(asText(pool.start) ?? '');
    const end = parseAddress(asText(pool.end) ?? '');
    return start && end && end.value >= start.value ? [{ start: start.value, size: end.value - start.value + 1n }] : [];
  });
}

/** The address family of a subnet. */
export function versionOf(subnet: WorldObject): 4 | 6 {
  return subnet.body.ip_version === 6 ? 6 : 4;
}

/** Takes the next free address of a subnet's pools; undefined if they are used up. */
export async function takeAny(turn: Turn, subnet: WorldObject, owner: string): Promise<FixedIp | undefined> {
  const version = versionOf(subnet);
  const pools = poolsOf(subnet);
  const total = pools.reduce((sum, { size }) => sum + size, 0n);
  const begin = turn.setting.cursors.get(subnet.id) ?? 0n;
  for (let step = 0n; step < total; step++) {
    let offset = (begin + step) % total;
    const pool = pools.find(({ size }) => {
      if (offset < size) return true;
      offset -= size;
      return false;
    });
    if (!pool) return undefined;
    const ip = formatAddress({ version, value: pool.start + offset });
    if (await turn.get(COLLECTION, `${subnet.id}/${ip}`)) continue;
    turn.setting.cursors.set(subnet.id, (begin + step + 1n) % total);
    return hold(turn, subnet, ip, owner);
  }
  return undefined;
}

/** Takes a certain address of a subnet, or refuses as Neutron does. */
export async function takeGiven(turn: Turn, subnet: WorldObject, ip: string, owner: string): Promise<FixedIp> {
  const address = parseAddress(ip);
  // A subnet that nobody made takes any address: only its maker could know its block.
  if (!address || (!contains(subnet, ip) && inner(subnet).origin !== 'seed')) {
    throw new RejectedError(
      `Invalid input for operation: IP address ${ip} is not a valid IP for the specified subnet.`,
      {
        reasonClass: 'BadRequest',
      },
    );
  }
  const plain = formatAddress(address);
  if (await turn.get(COLLECTION, `${subnet.id}/${plain}`)) {
    throw new RejectedError(`IP address ${plain} already allocated in subnet ${subnet.id}`, {
      reasonClass: 'IpAddressAlreadyAllocatedClient',
    });
  }
  return hold(turn, subnet, plain, owner);
}

/** Takes the address that a host makes from its MAC address in an IPv6 subnet. */
export function takeEui64(turn: Turn, subnet: WorldObject, mac: string, owner: string): FixedIp {
  const block = parseBlock(asText(subnet.body.cidr) ?? '');
  const ip = formatAddress({ version: 6, value: block ? eui64(block, mac) : 0n });
  return hold(turn, subnet, ip, owner);
}

/** True if an address lies in a subnet. */
export function contains(subnet: WorldObject, ip: string): boolean {
  const block = parseBlock(asText(subnet.body.cidr) ?? '');
  const address = parseAddress(ip);
  return (
    !!block &&
    !!address &&
    block.version === address.version &&
    address.value >= block.first &&
    address.value <= block.last
  );
}

/** Gives addresses back. */
export async function release(turn: Turn, addresses: readonly FixedIp[]): Promise<void> {
  for (const { subnet_id, ip_address } of addresses) {
    const held = await turn.get(COLLECTION, `${subnet_id}/${ip_address}`);
    if (held) turn.drop(held);
  }
}

/** True if any address of a subnet is taken. */
export async function isUsed(turn: Turn, subnetId: string): Promise<boolean> {
  return (await turn.find(COLLECTION, { parentId: subnetId, limit: 1 })).length > 0;
}

function hold(turn: Turn, subnet: WorldObject, ip: string, owner: string): FixedIp {
  turn.add(COLLECTION, { id: `${subnet.id}/${ip}`, name: owner, parentId: subnet.id, body: {} });
  return { subnet_id: subnet.id, ip_address: ip };
}
