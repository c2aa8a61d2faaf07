import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asNumber, asText, asTexts, compact } from '../../../json-access.js';
import { innerOf, type KindRules, withInner } from '../kind-rules.js';
import { addPort, fixedIpsOf, forgetPort } from '../network/ports.js';
import type { Turn } from '../turn.js';

function missingSentence(noun: string): KindRules['missing'] {
  return (reference) => ({ message: `Unable to find ${noun} with name or id '${reference}'`, reasonClass: 'NotFound' });
}

/** Octavia's load balancers; each has a port for its address. */
export const loadBalancers: KindRules = {
  kind: 'load_balancers',
  noun: 'Load Balancer',
  statusKey: 'provisioning_status',
  quota: 'load_balancer',
  missing: missingSentence('load balancer'),
  async create(turn, spec) {
    const id = asText(spec.id) ?? turn.newId('load_balancers');
    const name = asText(spec.name) ?? '';
    const subnet = asText(spec.vip_subnet) === undefined ? undefined : await turn.require('subnets', spec.vip_subnet);
    const network = await turn.require('networks', subnet?.parentId ?? spec.vip_network ?? 'private');
    const address = asText(spec.vip_address);
    const port = await addPort(turn, {
      id: turn.newId(`vip/${id}`),
      network,
      fixedIps: subnet || address !== undefined ? [compact({ subnet: subnet?.id, ip_address: address })] : undefined,
      deviceId: `lb-${id}`,
      deviceOwner: 'Octavia',
      spec: compact({ name: `octavia-lb-${id}`, security_groups: spec.security_groups }),
    });
    const vip = fixedIpsOf(port)[0];
    const isUp = asBoolean(spec.admin_state_up) ?? true;
    const body: JsonMap = {
      name,
      description: asText(spec.description) ?? '',
      admin_state_up: isUp,
      ...turn.settling('PENDING_CREATE', 'ACTIVE', 'provisioning_status'),
      ...(turn.errorState === undefined ? {} : { provisioning_status: 'ERROR' }),
      operating_status: isUp ? 'ONLINE' : 'OFFLINE',
      provider: asText(spec.provider) ?? 'octavia',
      flavor_id: asText(spec.flavor) ?? null,
      availability_zone: asText(spec.availability_zone) ?? null,
      vip_address: vip?.ip_address ?? address ?? '',
      vip_port_id: port.id,
      vip_subnet_id: vip?.subnet_id ?? subnet?.id ?? '',
      vip_network_id: network.id,
      vip_qos_policy_id: null,
      vip_vnic_type: 'normal',
      additional_vips: [],
      tags: spec.tags ?? [],
      created_at: new Date(turn.now).toISOString().replace(/\.\d+Z$/, ''),
      updated_at: null,
      project_id: asText(spec.tenant_id) ?? turn.call.projectId,
      tenant_id: asText(spec.tenant_id) ?? turn.call.projectId,
      id,
      ...(spec.extra === undefined ? {} : { extra: spec.extra }),
    };
    return { id, name, body: withInner(body, { port: port.id }) };
  },
  async update(_turn, balancer, changes) {
    const { security_groups: _groups, ...rest } = changes;
    const isUp = asBoolean(rest.admin_state_up ?? balancer.body.admin_state_up) ?? true;
    return { ...balancer.body, ...rest, operating_status: isUp ? 'ONLINE' : 'OFFLINE' };
  },
  async remove(turn, balancer) {
    const [listener] = await turn.find('listeners', { parentId: balancer.id, limit: 1 });
    // Target groups outlive the load balancer that uses them; Octavia's pools belong to theirs.
    const own = (await turn.find('pools', { parentId: balancer.id })).filter(({ id }) => !id.startsWith('arn:'));
    if (listener || own.length > 0) {
      throw new RejectedError(`Cannot delete Load Balancer ${balancer.id} - it has children`, {
        reasonClass: 'OctaviaClientException',
      });
    }
    const port = await turn.get('ports', asText(innerOf(balancer.body).port) ?? '');
    if (port) await forgetPort(turn, port);
  },
  async present(turn, balancer) {
    const listeners = await turn.find('listeners', { parentId: balancer.id });
    const pools = await turn.find('pools', { parentId: balancer.id });
    return { listeners: listeners.map(({ id }) => ({ id })), pools: pools.map(({ id }) => ({ id })) };
  },
};

/** Octavia's listeners. */
export const listeners: KindRules = {
  kind: 'listeners',
  noun: 'Listener',
  statusKey: 'provisioning_status',
  quota: 'listener',
  missing: missingSentence('listener'),
  links: (body) => [asText(body.default_pool_id)].filter((id) => id !== undefined),
  async create(turn, spec) {
    const balancer = await turn.require('load_balancers', spec.loadbalancer);
    const port = asNumber(spec.protocol_port) ?? 0;
    const isDatagram = asText(spec.protocol) === 'UDP';
    for (const other of await turn.find('listeners', { parentId: balancer.id })) {
      if (asNumber(other.body.protocol_port) === port && (asText(other.body.protocol) === 'UDP') === isDatagram) {
        throw new RejectedError(`Another Listener on this Load Balancer is already using protocol_port ${port}`, {
          reasonClass: 'OctaviaClientException',
        });
      }
    }
    const id = asText(spec.id) ?? turn.newId('listeners');
    const name = asText(spec.name) ?? '';
    const pool = asText(spec.default_pool) === undefined ? undefined : await turn.require('pools', spec.default_pool);
    if (pool) await adopt(turn, pool, balancer.id);
    const { id: _id, loadbalancer: _balancer, default_pool: _pool, tenant_id, ...given } = spec;
    return {
      id,
      name,
      parentId: balancer.id,
      body: {
        description: '',
        admin_state_up: true,
        connection_limit: -1,
        default_tls_container_ref: null,
        sni_container_refs: [],
        allowed_cidrs: null,
        insert_headers: {},
        l7policies: [],
        tags: [],
        ...compact(given),
        protocol_port: port,
        provisioning_status: 'ACTIVE',
        operating_status: asBoolean(spec.admin_state_up) === false ? 'OFFLINE' : 'ONLINE',
        loadbalancers: [{ id: balancer.id }],
        default_pool_id: pool?.id ?? null,
        project_id: asText(tenant_id) ?? turn.call.projectId,
        tenant_id: asText(tenant_id) ?? turn.call.projectId,
        name,
        id,
      },
    };
  },
  async update(turn, listener, changes) {
    const { default_pool, ...rest } = changes;
    if (default_pool === undefined) return { ...listener.body, ...rest };
    const pool = asText(default_pool) === undefined ? undefined : await turn.require('pools', default_pool);
    if (pool) await adopt(turn, pool, listener.parentId ?? '');
    return { ...listener.body, ...rest, default_pool_id: pool?.id ?? null };
  },
};

/** Octavia's pools; one may stand alone until a listener takes it (target groups do). */
export const pools: KindRules = {
  kind: 'pools',
  noun: 'Pool',
  statusKey: 'provisioning_status',
  quota: 'pool',
  missing: missingSentence('pool'),
  async create(turn, spec) {
    const listener = asText(spec.listener) === undefined ? undefined : await turn.require('listeners', spec.listener);
    const balancer =
      asText(spec.loadbalancer) === undefined ? undefined : await turn.require('load_balancers', spec.loadbalancer);
    if (listener && asText(listener.body.default_pool_id) !== undefined) {
      throw new RejectedError(`Listener ${listener.id} already has a default pool.`, {
        reasonClass: 'OctaviaClientException',
      });
    }
    const id = asText(spec.id) ?? turn.newId('pools');
    const name = asText(spec.name) ?? '';
    if (listener) turn.patch(listener, { ...listener.body, default_pool_id: id });
    const parentId = balancer?.id ?? listener?.parentId;
    const { id: _id, listener: _listener, loadbalancer: _balancer, ...given } = spec;
    return {
      id,
      name,
      ...(parentId === undefined ? {} : { parentId }),
      body: {
        description: '',
        admin_state_up: true,
        session_persistence: null,
        tls_enabled: false,
        tags: [],
        ...compact(given),
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        healthmonitor_id: null,
        project_id: turn.call.projectId,
        tenant_id: turn.call.projectId,
        name,
        id,
      },
    };
  },
  async remove(turn, pool) {
    for (const listener of await turn.usersOf('listeners', pool.id))
      turn.patch(listener, { ...listener.body, default_pool_id: null });
    for (const kind of ['members', 'health_monitors']) {
      for (const child of await turn.find(kind, { parentId: pool.id })) {
        turn.drop(child);
        turn.record('delete', child);
      }
    }
  },
  async present(turn, pool) {
    const members = await turn.find('members', { parentId: pool.id });
    const [monitor] = await turn.find('health_monitors', { parentId: pool.id, limit: 1 });
    const users = await turn.usersOf('listeners', pool.id);
    const isDown = members.length > 0 && members.every(({ body }) => asBoolean(body.admin_state_up) === false);
    return {
      members: members.map(({ id }) => ({ id })),
      healthmonitor_id: monitor?.id ?? null,
      health_monitor_id: monitor?.id ?? null,
      listeners: users.map(({ id }) => ({ id })),
      loadbalancers: pool.parentId === undefined ? [] : [{ id: pool.parentId }],
      operating_status: isDown ? 'OFFLINE' : (asText(pool.body.operating_status) ?? 'ONLINE'),
    };
  },
};

async function adopt(turn: Turn, pool: WorldObject, balancerId: string): Promise<void> {
  if (pool.parentId === undefined) turn.patch(pool, pool.body, { parentId: balancerId });
}

/** Servers behind a pool. */
export const members: KindRules = {
  kind: 'members',
  noun: 'Member',
  statusKey: 'provisioning_status',
  quota: 'member',
  missing: missingSentence('member'),
  async create(turn, spec) {
    const pool = await turn.require('pools', spec.pool);
    const subnet = asText(spec.subnet) === undefined ? undefined : await turn.require('subnets', spec.subnet);
    const address = asText(spec.address) ?? '';
    const port = asNumber(spec.protocol_port) ?? 0;
    const siblings = await turn.find('members', { parentId: pool.id });
    if (siblings.some(({ body }) => body.address === address && body.protocol_port === port)) {
      throw new RejectedError(`Another member on this pool is already using ip ${address} on protocol_port ${port}`, {
        reasonClass: 'OctaviaClientException',
      });
    }
    const id = asText(spec.id) ?? turn.newId('members');
    const { id: _id, pool: _pool, subnet: _subnet, ...given } = spec;
    return {
      id,
      name: asText(spec.name) ?? '',
      parentId: pool.id,
      body: {
        name: '',
        admin_state_up: true,
        weight: 1,
        backup: false,
        monitor_address: null,
        monitor_port: null,
        tags: [],
        ...compact(given),
        protocol_port: port,
        provisioning_status: 'ACTIVE',
        subnet_id: subnet?.id ?? null,
        project_id: turn.call.projectId,
        tenant_id: turn.call.projectId,
        id,
      },
    };
  },
  async present(turn, member) {
    const [monitor] = await turn.find('health_monitors', { parentId: member.parentId ?? '', limit: 1 });
    const isUp = asBoolean(member.body.admin_state_up) ?? true;
    const monitored = asText(member.body.rehearsed_status) ?? 'ONLINE';
    return { operating_status: isUp ? (monitor ? monitored : 'NO_MONITOR') : 'OFFLINE' };
  },
  actions: {
    /** For rehearsals: what the health monitor finds. */
    async set_health(_turn, member, details) {
      return { ...member.body, rehearsed_status: asText(details.status) ?? 'ONLINE' };
    },
  },
};

/** Octavia's health monitors, one a pool. */
export const healthMonitors: KindRules = {
  kind: 'health_monitors',
  noun: 'Health Monitor',
  statusKey: 'provisioning_status',
  quota: 'health_monitor',
  missing: missingSentence('health monitor'),
  async create(turn, spec) {
    const pool = asTexts(spec.pool)[0] === undefined ? undefined : await turn.require('pools', spec.pool);
    if (pool && (await turn.find('health_monitors', { parentId: pool.id, limit: 1 })).length > 0) {
      throw new RejectedError('This pool already has a health monitor', { reasonClass: 'OctaviaClientException' });
    }
    const id = asText(spec.id) ?? turn.newId('health_monitors');
    const { id: _id, pool: _pool, tenant_id, ...given } = spec;
    const isHttp = ['HTTP', 'HTTPS'].includes(asText(spec.type) ?? '');
    return {
      id,
      name: asText(spec.name) ?? '',
      ...(pool ? { parentId: pool.id } : {}),
      body: {
        name: '',
        admin_state_up: true,
        ...(isHttp ? { http_method: 'GET', url_path: '/', expected_codes: '200' } : {}),
        ...compact(given),
        provisioning_status: 'ACTIVE',
        operating_status: 'ONLINE',
        pools: pool ? [{ id: pool.id }] : [],
        project_id: asText(tenant_id) ?? turn.call.projectId,
        tenant_id: asText(tenant_id) ?? turn.call.projectId,
        id,
      },
    };
  },
};
