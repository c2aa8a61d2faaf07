import type { DeclaredResource, ImplicitDependency } from '../engine/drivers/implicit-dependencies.js';
import { isMap, Unknown, type Value, type ValueMap } from '../engine/model/value.js';

/** What two resources of one template both speak of: the same text, or the same source of an unknown. */
function keyOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string' && value !== '') return `= ${value}`;
  if (value instanceof Unknown && value.sources.length > 0) return `< ${[...value.sources].sort().join(' ')}`;
  return undefined;
}

function first(properties: ValueMap, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const key = keyOf(properties[name]);
    if (key !== undefined) return key;
  }
  return undefined;
}

function maps(value: Value | undefined): ValueMap[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}

class Index {
  readonly #names = new Map<string, string[]>();

  add(key: string | undefined, name: string): void {
    if (key === undefined) return;
    const known = this.#names.get(key);
    if (known) known.push(name);
    else this.#names.set(key, [name]);
  }

  get(key: string | undefined): readonly string[] {
    return key === undefined ? [] : (this.#names.get(key) ?? []);
  }
}

interface World {
  readonly subnetsOfNetwork: Index;
  readonly interfacesOfSubnet: Index;
  readonly interfacesOfRouter: Index;
  readonly gatewaysOfNetwork: Index;
  /** Subnets of the network of a port, or those that its addresses name, by the port's name. */
  readonly subnetKeysOfPort: Map<string, readonly string[]>;
  readonly attachments: readonly string[];
}

type Finder = (resource: DeclaredResource, world: World) => Iterable<readonly [needs: string, why: string]>;

const nets = ['network', 'network_id', 'uuid'] as const;

function* subnetsFor(key: string | undefined, world: World): Iterable<readonly [string, string]> {
  for (const subnet of world.subnetsOfNetwork.get(key))
    yield [subnet, `its network gets addresses from subnet "${subnet}"`];
}

function* interfacesFor(portKey: string | undefined, world: World): Iterable<readonly [string, string]> {
  const port = portKey?.startsWith('< ') ? portKey.slice(2) : undefined;
  for (const subnet of (port === undefined ? undefined : world.subnetKeysOfPort.get(port)) ?? []) {
    for (const name of world.interfacesOfSubnet.get(subnet))
      yield [name, `router interface "${name}" makes its port reachable`];
  }
}

const FINDERS: { readonly [type: string]: Finder } = {
  *'OS::Nova::Server'({ properties }, world) {
    for (const nic of maps(properties.networks)) yield* subnetsFor(first(nic, ...nets), world);
  },
  *'OS::Neutron::Port'({ properties }, world) {
    yield* subnetsFor(first(properties, ...nets), world);
  },
  *'OS::Neutron::Router'({ properties }, world) {
    const gateway = properties.external_gateway_info;
    if (isMap(gateway)) yield* subnetsFor(first(gateway, 'network'), world);
  },
  *'OS::Neutron::RouterGateway'({ properties }, world) {
    yield* subnetsFor(first(properties, 'network', 'network_id'), world);
    for (const name of world.interfacesOfRouter.get(first(properties, 'router_id')))
      yield [name, `its router gets interface "${name}"`];
  },
  *'OS::Neutron::FloatingIP'({ properties }, world) {
    const network = first(properties, 'floating_network', 'floating_network_id');
    for (const name of world.gatewaysOfNetwork.get(network)) yield [name, `"${name}" leads to its network`];
    yield* subnetsFor(network, world);
    yield* interfacesFor(first(properties, 'port_id'), world);
  },
  *'OS::Neutron::FloatingIPAssociation'({ properties }, world) {
    yield* interfacesFor(first(properties, 'port_id'), world);
  },
  *'AWS::EC2::EIP'(_resource, world) {
    for (const name of world.attachments) yield [name, `gateway attachment "${name}" leads to the internet`];
  },
};

/** Pure: the dependencies that OpenStack's types have without saying so, as in Heat's own type code. */
export function implicitDependencies(resources: readonly DeclaredResource[]): readonly ImplicitDependency[] {
  const world = survey(resources);
  const found: ImplicitDependency[] = [];
  for (const resource of resources) {
    const finder = FINDERS[resource.type];
    if (!finder) continue;
    const seen = new Set<string>();
    for (const [needs, why] of finder(resource, world)) {
      if (needs === resource.name || seen.has(needs)) continue;
      seen.add(needs);
      found.push({ resource: resource.name, needs, why: `"${resource.name}": ${why}` });
    }
  }
  return found;
}

function survey(resources: readonly DeclaredResource[]): World {
  const subnetsOfNetwork = new Index();
  const interfacesOfSubnet = new Index();
  const interfacesOfRouter = new Index();
  const gatewaysOfNetwork = new Index();
  const attachments: string[] = [];
  for (const { name, type, properties } of resources) {
    if (type === 'OS::Neutron::Subnet') subnetsOfNetwork.add(first(properties, ...nets), name);
    else if (type === 'OS::Neutron::RouterInterface') {
      interfacesOfSubnet.add(first(properties, 'subnet', 'subnet_id'), name);
      interfacesOfRouter.add(first(properties, 'router', 'router_id'), name);
    } else if (type === 'OS::Neutron::RouterGateway')
      gatewaysOfNetwork.add(first(properties, 'network', 'network_id'), name);
    else if (type === 'OS::Neutron::Router' && isMap(properties.external_gateway_info)) {
      gatewaysOfNetwork.add(first(properties.external_gateway_info, 'network'), name);
    } else if (type === 'AWS::EC2::VPCGatewayAttachment') {
      attachments.push(name);
    }
  }
  const subnetKeysOfPort = new Map<string, readonly string[]>();
  for (const { name, type, properties } of resources) {
    if (type !== 'OS::Neutron::Port') continue;
    const named = maps(properties.fixed_ips).flatMap((ip) => first(ip, 'subnet', 'subnet_id') ?? []);
    const all = subnetKeys(subnetsOfNetwork, first(properties, ...nets));
    subnetKeysOfPort.set(name, named.length > 0 ? named : all);
  }
  return { subnetsOfNetwork, interfacesOfSubnet, interfacesOfRouter, gatewaysOfNetwork, subnetKeysOfPort, attachments };
}

/** References to the subnets of a network, as other resources of the template make them. */
function subnetKeys(subnetsOfNetwork: Index, network: string | undefined): string[] {
  return subnetsOfNetwork.get(network).map((subnet) => `< ${subnet}`);
}
