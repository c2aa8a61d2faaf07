import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { MissingError, RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asMap, asText, compact } from '../../../json-access.js';
import { looksLikeEc2Id } from '../../identifiers.js';
import { type KindRules, withInner } from '../kind-rules.js';
import type { Turn } from '../turn.js';
import { contains, release, takeAny, takeGiven, versionOf } from './allocation.js';
import { isExternal } from './networks.js';
import { fixedIpsOf } from './ports.js';

/** Neutron's floating IPs; the object's name is the address, so that it is found by it. */
export const floatingIps: KindRules = {
  kind: 'floating_ips',
  hasOwnIds: true,
  noun: 'floatingip',
  quota: 'floatingip',
  missing: (reference) =>
    looksLikeEc2Id(reference)
      ? { message: `The allocation ID '${reference}' does not exist`, reasonClass: 'InvalidAllocationID.NotFound' }
      : { message: `Unable to find floatingip with name or id '${reference}'`, reasonClass: 'NotFound' },
  links: (body) => [asText(body.port_id), asText(body.router_id)].filter((id) => id !== undefined),
  async create(turn, spec) {
    const network = await turn.require('networks', spec.floating_network ?? spec.floating_network_id);
    if (!isExternal(network)) {
      throw new RejectedError(`Bad floatingip request: Network ${network.id} is not a valid external network.`, {
        reasonClass: 'BadRequest',
      });
    }
    const id = asText(spec.id) ?? turn.newId('floating_ips');
    const held = await hold(turn, network, id, spec);
    const body: JsonMap = {
      description: '',
      dns_name: '',
      dns_domain: '',
      tags: [],
      ...compact({ dns_name: spec.dns_name, dns_domain: spec.dns_domain }),
      floating_ip_address: held.ip_address,
      floating_network_id: network.id,
      subnet_id: held.subnet_id,
      port_id: null,
      router_id: null,
      fixed_ip_address: null,
      status: 'DOWN',
      tenant_id: turn.call.projectId,
      project_id: turn.call.projectId,
      id,
    };
    const port = asText(spec.port_id);
    const associated =
      port === undefined
        ? body
        : { ...body, ...(await associate(turn, id, body, port, asText(spec.fixed_ip_address))) };
    return { id, name: held.ip_address, parentId: network.id, body: withInner(associated, { subnet: held.subnet_id }) };
  },
  async update(turn, floating, changes) {
    const body: JsonMap = {
      ...floating.body,
      ...compact({ dns_name: changes.dns_name, dns_domain: changes.dns_domain, description: changes.description }),
    };
    if (!('port_id' in changes) && !('fixed_ip_address' in changes)) return body;
    const port = 'port_id' in changes ? asText(changes.port_id) : asText(body.port_id);
    if (port === undefined) return { ...body, port_id: null, router_id: null, fixed_ip_address: null, status: 'DOWN' };
    return { ...body, ...(await associate(turn, floating.id, body, port, asText(changes.fixed_ip_address))) };
  },
  async remove(turn, floating) {
    await release(turn, [{ subnet_id: asText(asMap(floating.body._).subnet) ?? '', ip_address: floating.name ?? '' }]);
  },
  async invent(turn, reference) {
    if (!reference.startsWith('eipalloc-') || !turn.setting.settings.lenient) return undefined;
    const network = await turn.require('networks', 'public');
    const held = await hold(turn, network, reference, {});
    const body: JsonMap = {
      floating_ip_address: held.ip_address,
      floating_network_id: network.id,
      port_id: null,
      status: 'DOWN',
      id: reference,
    };
    return turn.add('floating_ips', {
      id: reference,
      name: held.ip_address,
      parentId: network.id,
      body: withInner(body, { subnet: held.subnet_id }),
    });
  },
};

async function hold(
  turn: Turn,
  network: WorldObject,
  owner: string,
  spec: JsonMap,
): Promise<{ subnet_id: string; ip_address: string }> {
  const wanted = asText(spec.floating_subnet);
  const subnets =
    wanted === undefined
      ? await turn.find('subnets', { parentId: network.id })
      : [await turn.require('subnets', wanted)];
  const given = asText(spec.floating_ip_address);
  for (const subnet of subnets) {
    if (versionOf(subnet) !== 4) continue;
    if (given !== undefined) {
      if (contains(subnet, given)) return takeGiven(turn, subnet, given, owner);
      continue;
    }
    const ip = await takeAny(turn, subnet, owner);
    if (ip) return ip;
  }
  if (given !== undefined) {
    throw new RejectedError(
      `Invalid input for operation: IP address ${given} is not a valid IP for any of the subnets on the specified network.`,
      {
        reasonClass: 'BadRequest',
      },
    );
  }
  if (subnets.length === 0) {
    throw new RejectedError(`Bad floatingip request: Network ${network.id} does not contain any IPv4 subnet.`, {
      reasonClass: 'BadRequest',
    });
  }
  throw new RejectedError(`No more IP addresses available on network ${network.id}.`, {
    reasonClass: 'ExternalIpAddressExhaustedClient',
  });
}

async function associate(
  turn: Turn,
  id: string,
  body: JsonMap,
  reference: string,
  wanted: string | undefined,
): Promise<JsonMap> {
  const port = await turn.require('ports', reference);
  const fixed = fixedIpsOf(port);
  const ip =
    wanted === undefined
      ? fixed.find(({ ip_address }) => ip_address.includes('.'))
      : fixed.find(({ ip_address }) => ip_address === wanted);
  if (!ip) {
    throw new RejectedError(
      wanted === undefined
        ? `Bad floatingip request: Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses.`
        : `Bad floatingip request: Port ${port.id} does not have fixed ip ${wanted}.`,
      { reasonClass: 'BadRequest' },
    );
  }
  const address = asText(body.floating_ip_address) ?? '';
  const network = asText(body.floating_network_id) ?? '';
  for (const other of await turn.usersOf('floating_ips', port.id)) {
    if (other.id !== id && asText(other.body.fixed_ip_address) === ip.ip_address) {
      throw new RejectedError(
        `Cannot associate floating IP ${address} (${id}) with port ${port.id} using fixed IP ${ip.ip_address}, as that fixed IP already has a floating IP on external network ${network}.`,
        { reasonClass: 'Conflict' },
      );
    }
  }
  const router = await routerTowards(turn, ip.subnet_id, network);
  if (router === undefined && turn.setting.settings.strictRouting) {
    throw new MissingError(
      `External network ${network} is not reachable from subnet ${ip.subnet_id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
      { reasonClass: 'NotFound' },
    );
  }
  return { port_id: port.id, fixed_ip_address: ip.ip_address, router_id: router ?? null, status: 'ACTIVE' };
}

async function routerTowards(turn: Turn, subnetId: string, networkId: string): Promise<string | undefined> {
  for (const link of await turn.usersOf('router_interfaces', subnetId)) {
    const router = await turn.get('routers', link.parentId ?? '');
    if (router && asText(asMap(router.body.external_gateway_info).network_id) === networkId) return router.id;
  }
  return undefined;
}
