import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import { derivedId } from '../../../../engine/model/ids.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asText, compact } from '../../../json-access.js';
import { looksLikeEc2Id } from '../../identifiers.js';
import { inner, type KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';
import { addDefaultSubnet } from './subnets.js';

/** Names under which installations have their external network, and those that tenants are given. */
const EXTERNAL =
  /^(public\d*|ext[-_]?net\w*|external\d*|ext|nova|provider\w*|floating\w*|public[-_]net\w*|external[-_]net\w*|net0[45]_ext|ext[-_]public)$/i;
const TENANT =
  /^(private\d*|internal\d*|net\d+|default|shared|demo-net|tenant\w*|admin|private[-_]net\w*|internal[-_]net\w*|selfservice|net0[45])$/i;

/** Neutron's networks; a VPC is a network with a `cidr_block`. */
export const networks: KindRules = {
  kind: 'networks',
  hasOwnIds: true,
  noun: 'network',
  quota: 'network',
  defaults: ['public', 'private'],
  missing: (reference) =>
    looksLikeEc2Id(reference) && reference.startsWith('vpc-')
      ? { message: `The vpc ID '${reference}' does not exist`, reasonClass: 'InvalidVpcID.NotFound' }
      : { message: `Unable to find network with name or id '${reference}'`, reasonClass: 'NotFound' },
  async create(turn, spec) {
    const id = asText(spec.id) ?? turn.newId('networks');
    return { id, ...named(spec), body: bodyOf(turn, id, spec) };
  },
  async update(_turn, object, changes) {
    return { ...object.body, ...changes };
  },
  async remove(turn, network) {
    const [port] = await turn.find('ports', { parentId: network.id, limit: 1 });
    const subnets = await turn.find('subnets', { parentId: network.id });
    if (asText(network.body.cidr_block) !== undefined && (port || subnets.length > 0)) {
      throw new RejectedError(`The vpc '${network.id}' has dependencies and cannot be deleted.`, {
        reasonClass: 'DependencyViolation',
      });
    }
    if (port) {
      throw new RejectedError(
        `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network.`,
        { reasonClass: 'NetworkInUseClient' },
      );
    }
    for (const subnet of subnets) {
      turn.drop(subnet);
      turn.record('delete', subnet);
    }
  },
  async present(turn, network) {
    const subnets = await turn.find('subnets', { parentId: network.id });
    return { subnets: subnets.map(({ id }) => id) };
  },
  async invent(turn, reference) {
    if (reference.startsWith('vpc-') && turn.setting.settings.lenient) {
      return seed(turn, reference, { name: reference, cidr_block: '172.31.0.0/16' }, '172.31.0.0/16');
    }
    if (EXTERNAL.test(reference)) {
      return seed(
        turn,
        seedId(turn, reference),
        { name: reference, 'router:external': true, shared: true },
        '172.24.0.0/16',
      );
    }
    if (TENANT.test(reference)) return seed(turn, seedId(turn, reference), { name: reference }, '10.0.0.0/16');
    return undefined;
  },
};

/** True for networks that floating IPs and gateways may come from. */
export function isExternal(network: WorldObject): boolean {
  return asBoolean(network.body['router:external']) === true || inner(network).origin === 'seed';
}

function seedId(turn: Turn, name: string): string {
  return derivedId('seed', turn.call.projectId, turn.call.region, 'networks', name);
}

function seed(turn: Turn, id: string, spec: JsonMap, cidr: string): WorldObject {
  const body = { ...bodyOf(turn, id, spec), _: { origin: 'seed' } };
  const network = turn.add('networks', { id, name: asText(spec.name), body });
  addDefaultSubnet(turn, network, cidr);
  return network;
}

function named(spec: JsonMap): { name?: string } {
  const name = asText(spec.name);
  return name === undefined ? {} : { name };
}

function bodyOf(turn: Turn, id: string, spec: JsonMap): JsonMap {
  const { id: _id, ...given } = spec;
  const time = new Date(turn.now).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    name: '',
    admin_state_up: true,
    status: 'ACTIVE',
    shared: false,
    mtu: 1450,
    port_security_enabled: true,
    'router:external': false,
    'provider:network_type': 'vxlan',
    qos_policy_id: null,
    description: '',
    availability_zone_hints: [],
    availability_zones: ['nova'],
    ipv4_address_scope: null,
    ipv6_address_scope: null,
    l2_adjacency: true,
    segments: [],
    tags: [],
    created_at: time,
    updated_at: time,
    revision_number: 1,
    ...compact(given),
    tenant_id: asText(spec.tenant_id) ?? turn.call.projectId,
    project_id: asText(spec.tenant_id) ?? turn.call.projectId,
    id,
  };
}
