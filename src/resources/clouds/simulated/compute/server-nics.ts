import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asMap, asMaps, asText, compact } from '../../../json-access.js';
import { withInner } from '../kind-rules.js';
import { addPort, bindPort } from '../network/ports.js';
import type { Turn } from '../turn.js';

/** Gives a server its ports: those named, and new ones on the named networks; without any, one on the tenant's network. */
export async function attachNics(turn: Turn, serverId: string, spec: JsonMap): Promise<void> {
  const wanted = asMaps(spec.networks);
  if (wanted.some((nic) => asText(nic.allocate_network) === 'none')) return;
  const nics: JsonMap[] = wanted.length > 0 ? wanted : [{ network: 'private' }];
  for (const [index, nic] of nics.entries()) {
    const given = asText(nic.port);
    if (given !== undefined) await plug(turn, serverId, given);
    else await makeNic(turn, serverId, index, nic, spec);
  }
}

async function plug(turn: Turn, serverId: string, reference: string): Promise<void> {
  const port = await turn.require('ports', reference);
  const device = asText(port.body.device_id) ?? '';
  if (device !== '' && device !== serverId && (await turn.get('servers', device))) {
    throw new RejectedError(`Port ${port.id} is still in use.`, { reasonClass: 'Conflict' });
  }
  bindPort(turn, port, serverId, 'compute:nova');
}

async function makeNic(turn: Turn, serverId: string, index: number, nic: JsonMap, spec: JsonMap): Promise<void> {
  const subnet = asText(nic.subnet) === undefined ? undefined : await turn.require('subnets', nic.subnet);
  const reference = asText(nic.network) ?? asText(nic.uuid) ?? subnet?.parentId ?? 'private';
  const network = await turn.require('networks', reference);
  if (turn.setting.settings.strictRouting) await refuseBare(turn, network);
  const ip = asText(nic.fixed_ip);
  const fixedIps = subnet || ip !== undefined ? [compact({ subnet: subnet?.id, ip_address: ip })] : undefined;
  const extra = asMap(nic.port_extra_properties);
  const { value_specs, ...rest } = extra;
  const groups = spec.security_groups;
  const hasGroups = Array.isArray(groups) && groups.length > 0;
  const port = await addPort(turn, {
    id: turn.newId(`nic/${serverId}/${index}/${turn.call.token ?? turn.now}`),
    network,
    fixedIps: extra.no_fixed_ips === true ? [] : fixedIps,
    deviceId: serverId,
    deviceOwner: 'compute:nova',
    spec: compact({ ...rest, ...asMap(value_specs), security_groups: hasGroups ? groups : undefined }),
  });
  turn.patch(port, withInner(port.body, { owner: 'server' }));
  turn.record('create', port);
}

async function refuseBare(turn: Turn, network: WorldObject): Promise<void> {
  const [subnet] = await turn.find('subnets', { parentId: network.id, limit: 1 });
  if (!subnet) {
    throw new RejectedError(`Network ${network.id} requires a subnet in order to boot instances on.`, {
      reasonClass: 'BadRequest',
    });
  }
}
