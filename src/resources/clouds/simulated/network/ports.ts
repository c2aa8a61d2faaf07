import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asMaps, asText, asTexts, compact } from '../../../json-access.js';
import { derivedHex, looksLikeEc2Id } from '../../identifiers.js';
import { inner, type KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';
import { contains, type FixedIp, release, takeAny, takeEui64, takeGiven, versionOf } from './allocation.js';

/** What a port is made from. */
export interface PortPlan {
  readonly id?: string;
  readonly network: WorldObject;
  /** Undefined: an address of any subnet; empty: none. */
  readonly fixedIps?: readonly JsonMap[] | undefined;
  readonly deviceId?: string;
  readonly deviceOwner?: string;
  readonly spec?: JsonMap;
}

/** Neutron's ports. */
export const ports: KindRules = {
  kind: 'ports',
  hasOwnIds: true,
  noun: 'port',
  quota: 'port',
  missing: (reference) =>
    looksLikeEc2Id(reference) && reference.startsWith('eni-')
      ? {
          message: `The networkInterface ID '${reference}' does not exist`,
          reasonClass: 'InvalidNetworkInterfaceID.NotFound',
        }
      : { message: `Unable to find port with name or id '${reference}'`, reasonClass: 'NotFound' },
  links: (body) => [...asTexts(body.security_groups), ...asTexts(body.device_id)],
  async create(turn, spec) {
    const network =
      spec.network === undefined
        ? await networkOfSubnets(turn, spec.fixed_ips)
        : await turn.require('networks', spec.network);
    const fixedIps = asBoolean(spec.no_fixed_ips)
      ? []
      : spec.fixed_ips === undefined || spec.fixed_ips === null
        ? undefined
        : asMaps(spec.fixed_ips);
    const id = asText(spec.id) ?? turn.newId('ports');
    const draft = await draftPort(turn, {
      id,
      network,
      fixedIps: fixedIps?.length === 0 && !asBoolean(spec.no_fixed_ips) ? undefined : fixedIps,
      deviceId: asText(spec.device_id) ?? '',
      deviceOwner: asText(spec.device_owner) ?? '',
      spec,
    });
    return draft;
  },
  async update(turn, port, changes) {
    const { fixed_ips, security_groups, no_fixed_ips, ...rest } = changes;
    const body: JsonMap = { ...port.body, ...compact(rest) };
    if (security_groups !== undefined) body.security_groups = await groupIds(turn, security_groups);
    if (fixed_ips !== undefined || no_fixed_ips !== undefined) {
      await release(turn, fixedIpsOf(port));
      const network = await turn.require('networks', port.parentId ?? '');
      const wanted = asBoolean(no_fixed_ips)
        ? []
        : fixed_ips === undefined || fixed_ips === null
          ? undefined
          : asMaps(fixed_ips);
      body.fixed_ips = await addresses(turn, network, port.id, asText(port.body.mac_address) ?? '', wanted);
    }
    body.status = stateFor(body);
    return body;
  },
  async remove(turn, port) {
    if (asText(port.body.device_owner) === 'network:router_interface') {
      throw new RejectedError(
        `Port ${port.id} cannot be deleted directly via the port API: has device owner network:router_interface.`,
        { reasonClass: 'Conflict' },
      );
    }
    await forgetPort(turn, port);
  },
  async invent(turn, reference) {
    if (!reference.startsWith('eni-') || !turn.setting.settings.lenient) return undefined;
    const subnet = await turn.require('subnets', 'subnet-default');
    const network = await turn.require('networks', subnet.parentId ?? '');
    return addPort(turn, { id: reference, network, spec: { name: reference } });
  },
};

/** Adds a port that comes with something else (a server, a router, a load balancer). */
export async function addPort(turn: Turn, plan: PortPlan & { readonly id: string }): Promise<WorldObject> {
  const draft = await draftPort(turn, plan);
  return turn.add('ports', draft);
}

/** The addresses of a port. */
export function fixedIpsOf(port: WorldObject): FixedIp[] {
  return asMaps(port.body.fixed_ips).map((ip) => ({
    subnet_id: asText(ip.subnet_id) ?? '',
    ip_address: asText(ip.ip_address) ?? '',
  }));
}

/** Binds a port to a device, or frees it. */
export function bindPort(turn: Turn, port: WorldObject, deviceId: string, deviceOwner: string): WorldObject {
  const body: JsonMap = { ...port.body, device_id: deviceId, device_owner: deviceOwner };
  return turn.patch(port, { ...body, status: stateFor(body) });
}

/** Takes a port out of the world with its addresses; floating IPs let go of it. */
export async function forgetPort(turn: Turn, port: WorldObject): Promise<void> {
  for (const floating of await turn.usersOf('floating_ips', port.id)) {
    turn.patch(floating, { ...floating.body, port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' });
  }
  await release(turn, fixedIpsOf(port));
  turn.drop(port);
}

/** Ids of security groups given by id or name. */
export async function groupIds(turn: Turn, groups: Json | undefined): Promise<string[]> {
  const ids: string[] = [];
  for (const group of asTexts(groups)) ids.push((await turn.require('security_groups', group)).id);
  return ids;
}

function stateFor(body: JsonMap): string {
  return asText(body.device_id) && asBoolean(body.admin_state_up) !== false ? 'ACTIVE' : 'DOWN';
}

async function networkOfSubnets(turn: Turn, fixedIps: Json | undefined): Promise<WorldObject> {
  const [first] = asMaps(fixedIps);
  const subnet = await turn.require('subnets', first?.subnet ?? first?.subnet_id);
  return turn.require('networks', subnet.parentId ?? '');
}

async function draftPort(
  turn: Turn,
  plan: PortPlan,
): Promise<{ id: string; name: string; parentId: string; body: JsonMap }> {
  const spec = plan.spec ?? {};
  const id = plan.id ?? turn.newId('ports');
  const hex = derivedHex(6, 'mac', id);
  const mac = asText(spec.mac_address) ?? `fa:16:3e:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
  const isSecure = asBoolean(spec.port_security_enabled) ?? true;
  const isService = plan.deviceOwner?.startsWith('network:') ?? false;
  const groups =
    spec.security_groups !== undefined && spec.security_groups !== null
      ? await groupIds(turn, spec.security_groups)
      : isSecure && !isService
        ? [(await turn.require('security_groups', 'default')).id]
        : [];
  const {
    id: _id,
    network: _network,
    no_fixed_ips: _none,
    fixed_ips: _ips,
    security_groups: _groups,
    value_specs: _values,
    ...given
  } = spec;
  const name = asText(spec.name) ?? '';
  const body: JsonMap = {
    name,
    admin_state_up: true,
    allowed_address_pairs: [],
    'binding:vnic_type': 'normal',
    description: '',
    dns_name: '',
    extra_dhcp_opts: [],
    port_security_enabled: isSecure,
    propagate_uplink_status: true,
    qos_policy_id: null,
    tags: [],
    ...compact(given),
    device_id: plan.deviceId ?? '',
    device_owner: plan.deviceOwner ?? '',
    mac_address: mac,
    network_id: plan.network.id,
    security_groups: groups,
    fixed_ips: await addresses(turn, plan.network, id, mac, plan.fixedIps),
    tenant_id: turn.call.projectId,
    project_id: turn.call.projectId,
    id,
  };
  const pairs = asMaps(body.allowed_address_pairs);
  body.allowed_address_pairs = pairs.map((pair) => ({ mac_address: mac, ...compact(pair) }));
  body.dns_assignment = asMaps(body.fixed_ips).map((ip) => {
    const address = asText(ip.ip_address) ?? '';
    const host = asText(body.dns_name) || `host-${address.replaceAll(/[.:]/g, '-')}`;
    return { ip_address: address, hostname: host, fqdn: `${host}.openstacklocal.` };
  });
  body.status = stateFor(body);
  return { id, name, parentId: plan.network.id, body };
}

async function addresses(
  turn: Turn,
  network: WorldObject,
  portId: string,
  mac: string,
  wanted: readonly JsonMap[] | undefined,
): Promise<JsonMap[]> {
  const taken: FixedIp[] = [];
  if (wanted === undefined) taken.push(...(await anyAddress(turn, network, portId, mac)));
  for (const want of wanted ?? []) {
    const reference = asText(want.subnet) ?? asText(want.subnet_id);
    const ip = asText(want.ip_address);
    const subnet =
      reference === undefined ? await subnetFor(turn, network, ip ?? '') : await turn.require('subnets', reference);
    if (subnet.parentId !== network.id && inner(subnet).origin === 'seed' && ip === undefined) {
      // Nobody made that subnet: its network is as made up as it is.
      taken.push(...(await anyAddress(turn, network, portId, mac)));
      continue;
    }
    if (subnet.parentId !== network.id) {
      throw new RejectedError(
        `Invalid input for operation: Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${subnet.id}.`,
        { reasonClass: 'BadRequest' },
      );
    }
    if (ip !== undefined) taken.push(await takeGiven(turn, subnet, ip, portId));
    else taken.push((await automatic(turn, subnet, portId, mac)) ?? exhausted(network));
  }
  return taken.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address }));
}

async function subnetFor(turn: Turn, network: WorldObject, ip: string): Promise<WorldObject> {
  const found = (await turn.find('subnets', { parentId: network.id })).find((subnet) => contains(subnet, ip));
  if (found) return found;
  throw new RejectedError(`IP address ${ip} is not a valid IP for any of the subnets on the specified network.`, {
    reasonClass: 'InvalidIpForNetworkClient',
  });
}

async function anyAddress(turn: Turn, network: WorldObject, portId: string, mac: string): Promise<FixedIp[]> {
  const all = await turn.find('subnets', { parentId: network.id });
  if (all.length === 0) return [];
  const taken: FixedIp[] = [];
  const fourth = all.filter((subnet) => versionOf(subnet) === 4);
  const sixth = all.filter((subnet) => versionOf(subnet) === 6);
  const first = await firstFree(turn, fourth, portId, mac);
  if (first) taken.push(first);
  const stateful = sixth.filter((subnet) => !isStateless(subnet));
  for (const subnet of sixth.filter(isStateless)) taken.push(takeEui64(turn, subnet, mac, portId));
  const second = await firstFree(turn, stateful, portId, mac);
  if (second) taken.push(second);
  if ((fourth.length > 0 && !first) || taken.length === 0) return exhausted(network);
  return taken;
}

async function firstFree(
  turn: Turn,
  subnets: readonly WorldObject[],
  portId: string,
  mac: string,
): Promise<FixedIp | undefined> {
  for (const subnet of subnets) {
    const ip = await automatic(turn, subnet, portId, mac);
    if (ip) return ip;
  }
  return undefined;
}

function isStateless(subnet: WorldObject): boolean {
  return ['slaac', 'dhcpv6-stateless'].includes(asText(subnet.body.ipv6_address_mode) ?? '');
}

async function automatic(turn: Turn, subnet: WorldObject, portId: string, mac: string): Promise<FixedIp | undefined> {
  return isStateless(subnet) ? takeEui64(turn, subnet, mac, portId) : takeAny(turn, subnet, portId);
}

function exhausted(network: WorldObject): never {
  throw new RejectedError(`No more IP addresses available on network ${network.id}.`, {
    reasonClass: 'IpAddressGenerationFailureClient',
  });
}
