import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asMap, asMaps, asText, asTexts, compact } from '../../../json-access.js';
import { derivedHex, looksLikeEc2Id } from '../../identifiers.js';
import { inner, innerOf, type KindRules, withInner } from '../kind-rules.js';
import { bindPort, forgetPort } from '../network/ports.js';
import type { Turn } from '../turn.js';
import { addressesOf } from './server-addresses.js';
import { attachNics } from './server-nics.js';
import { detachVolumes, mapBlockDevices } from './server-volumes.js';

/** Nova's servers. */
export const servers: KindRules = {
  kind: 'servers',
  hasOwnIds: true,
  noun: 'Server',
  quota: 'instances',
  missing: (reference) =>
    looksLikeEc2Id(reference) && reference.startsWith('i-')
      ? { message: `The instance ID '${reference}' does not exist`, reasonClass: 'InvalidInstanceID.NotFound' }
      : { message: `The Server (${reference}) could not be found.`, reasonClass: 'EntityNotFound' },
  links: (body) =>
    [asText(innerOf(body).group), asText(innerOf(body).imageId), asText(innerOf(body).flavorId)].filter(
      (id) => id !== undefined,
    ),
  async create(turn, spec) {
    const id = asText(spec.id) ?? turn.newId('servers');
    const flavor = await turn.require('flavors', spec.flavor);
    const image = asText(spec.image) === undefined ? undefined : await turn.require('images', spec.image);
    const key = asText(spec.key_name) === undefined ? undefined : await turn.require('keypairs', spec.key_name);
    const hints = asMap(spec.scheduler_hints);
    const group = asText(hints.group) === undefined ? undefined : await turn.require('server_groups', hints.group);
    const volumes = await mapBlockDevices(
      turn,
      id,
      asMaps(spec.block_device_mapping_v2),
      asMaps(spec.block_device_mapping),
    );
    if (!image && !volumes.isBootable) {
      throw new RejectedError('Invalid imageRef provided.', { reasonClass: 'BadRequest' });
    }
    await attachNics(turn, id, spec);
    const time = new Date(turn.now).toISOString().replace(/\.\d+Z$/, 'Z');
    const name = asText(spec.name) ?? '';
    const failed = turn.errorState;
    const body: JsonMap = {
      name,
      ...turn.settling('BUILD', 'ACTIVE'),
      ...(failed === undefined ? {} : { status: 'ERROR', fault: { message: failed, code: 500, created: time } }),
      metadata: spec.metadata ?? {},
      tags: spec.tags ?? [],
      flavor: flavorView(flavor),
      image: image ? { id: image.id } : '',
      key_name: key?.name ?? null,
      accessIPv4: '',
      accessIPv6: '',
      config_drive: asBoolean(spec.config_drive) ? 'True' : '',
      hostId: derivedHex(56, 'host', id),
      created: time,
      updated: time,
      user_id: 'simulated',
      tenant_id: turn.call.projectId,
      'OS-DCF:diskConfig': asText(spec.disk_config) ?? 'MANUAL',
      'OS-EXT-AZ:availability_zone': asText(spec.availability_zone) ?? 'nova',
      'OS-EXT-SRV-ATTR:instance_name': `instance-${derivedHex(8, 'instance', id)}`,
      'OS-EXT-SRV-ATTR:hostname': name.toLowerCase(),
      'OS-EXT-SRV-ATTR:host': 'simulated',
      'OS-EXT-STS:power_state': 1,
      'OS-EXT-STS:task_state': null,
      'OS-EXT-STS:vm_state': 'active',
      'OS-SRV-USG:launched_at': time.replace('Z', '.000000'),
      'OS-SRV-USG:terminated_at': null,
      'os-extended-volumes:volumes_attached': [],
      security_groups: groupNames(spec),
      progress: 0,
      id,
    };
    const own = compact({
      user_data: spec.user_data,
      admin_pass: spec.admin_pass,
      personality: spec.personality,
      group: group?.id,
      flavorId: flavor.id,
      imageId: image?.id,
      once: { adminPass: asText(spec.admin_pass) ?? derivedHex(12, 'password', id) },
    });
    return { id, name, body: withInner(body, own) };
  },
  async update(_turn, server, changes) {
    const { user_data, ...rest } = changes;
    const body = { ...server.body, ...compact(rest) };
    return user_data === undefined ? body : withInner(body, { user_data });
  },
  async remove(turn, server) {
    for (const port of await turn.usersOf('ports', server.id)) {
      if (inner(port).owner === 'server') {
        await forgetPort(turn, port);
        turn.record('delete', port);
      } else bindPort(turn, port, '', '');
    }
    await detachVolumes(turn, server);
  },
  async present(turn, server) {
    const attachments = await turn.find('volume_attachments', { parentId: server.id });
    return {
      addresses: await addressesOf(turn, server),
      'os-extended-volumes:volumes_attached': attachments.map(({ body }) => ({
        id: body.volume_id ?? null,
        delete_on_termination: false,
      })),
    };
  },
  async invent(turn, reference) {
    if (!/^i-[0-9a-zA-Z]+$/.test(reference) || !turn.setting.settings.lenient) return undefined;
    const draft = await servers.create(turn, { id: reference, name: reference, flavor: 'm1.small', image: 'cirros' });
    return turn.add('servers', { id: reference, name: reference, body: withInner(draft.body, { origin: 'seed' }) });
  },
  actions: {
    suspend: (turn, server) => changeState(turn, server, 'SUSPENDED', 'suspended', 4),
    resume: (turn, server) => changeState(turn, server, 'ACTIVE', 'active', 1),
    stop: (turn, server) => changeState(turn, server, 'SHUTOFF', 'stopped', 4),
    start: (turn, server) => changeState(turn, server, 'ACTIVE', 'active', 1),
    reboot: (turn, server) => changeState(turn, server, 'ACTIVE', 'active', 1),
    /** For rehearsals: the server breaks by itself. */
    async fail(turn, server, details) {
      const message = asText(details.message) ?? 'rehearsed fault';
      return {
        ...settled(server),
        status: 'ERROR',
        'OS-EXT-STS:vm_state': 'error',
        fault: { message, code: 500, created: new Date(turn.now).toISOString() },
      };
    },
    async resize(turn, server, details) {
      const flavor = await turn.require('flavors', details.flavor);
      const state = turn.settling('RESIZE', 'ACTIVE');
      return withInner(
        { ...settled(server), ...merge(server, state), flavor: flavorView(flavor) },
        { flavorId: flavor.id, ...settlesOf(state) },
      );
    },
    async rebuild(turn, server, details) {
      const image = await turn.require('images', details.image);
      const state = turn.settling('REBUILD', 'ACTIVE');
      const own = compact({
        imageId: image.id,
        user_data: details.user_data,
        admin_pass: details.admin_pass,
        ...settlesOf(state),
      });
      return withInner({ ...settled(server), ...merge(server, state), image: { id: image.id } }, own);
    },
    async change_password(_turn, server, details) {
      return withInner(server.body, { admin_pass: asText(details.admin_pass) ?? '' });
    },
    async set_metadata(_turn, server, details) {
      return { ...server.body, metadata: details.metadata ?? {} };
    },
    async attach_nic(turn, server, details) {
      await attachNics(turn, server.id, { networks: [details], security_groups: details.security_groups ?? [] });
      return server.body;
    },
    async detach_port(turn, server, details) {
      const port = await turn.get('ports', asText(details.port) ?? '');
      if (!port || asText(port.body.device_id) !== server.id) return server.body;
      if (inner(port).owner === 'server') {
        await forgetPort(turn, port);
        turn.record('delete', port);
      } else bindPort(turn, port, '', '');
      return server.body;
    },
  },
};

function groupNames(spec: JsonMap): JsonMap[] {
  const names = asTexts(spec.security_groups);
  return (names.length > 0 ? names : ['default']).map((name) => ({ name }));
}

function flavorView(flavor: WorldObject): JsonMap {
  const { ram, vcpus, disk, swap, extra_specs } = flavor.body;
  return compact({ id: flavor.id, original_name: flavor.name, ram, vcpus, disk, swap, ephemeral: 0, extra_specs });
}

/** The body without a passing state that is over. */
function settled(server: WorldObject): JsonMap {
  const { settles: _settles, ...rest } = inner(server);
  return { ...server.body, _: rest };
}

function settlesOf(state: JsonMap): JsonMap {
  const own = asMap(state._);
  return own.settles === undefined ? {} : { settles: own.settles };
}

function merge(server: WorldObject, state: JsonMap): JsonMap {
  const { settles: _settles, ...rest } = inner(server);
  return { ...state, _: { ...rest, ...asMap(state._) } };
}

async function changeState(
  turn: Turn,
  server: WorldObject,
  status: string,
  vmState: string,
  power: number,
): Promise<JsonMap> {
  const now = turn.stateOf(server).status;
  if (now === status && status !== 'ACTIVE') return server.body;
  if (now === 'ERROR') {
    throw new RejectedError(`Cannot change instance ${server.id} while it is in vm_state error`, {
      reasonClass: 'Conflict',
    });
  }
  const passing = now ?? 'ACTIVE';
  const state = turn.settling(passing, status);
  return {
    ...settled(server),
    ...merge(server, state),
    'OS-EXT-STS:vm_state': vmState,
    'OS-EXT-STS:power_state': power,
  };
}
