import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asMap, asMaps, asText, compact } from '../../../json-access.js';
import type { KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';
import { isExternal } from './networks.js';
import { addPort, bindPort, fixedIpsOf, forgetPort } from './ports.js';

/** Neutron's routers, with their gateway. */
export const routers: KindRules = {
  kind: 'routers',
  hasOwnIds: true,
  noun: 'router',
  quota: 'router',
  missing: (reference) => ({
    message: `Unable to find router with name or id '${reference}'`,
    reasonClass: 'NotFound',
  }),
  async create(turn, spec) {
    const { id: _id, external_gateway_info, ...given } = spec;
    const id = asText(spec.id) ?? turn.newId('routers');
    const name = asText(spec.name) ?? '';
    return {
      id,
      name,
      body: {
        admin_state_up: true,
        status: 'ACTIVE',
        distributed: false,
        ha: false,
        description: '',
        routes: [],
        tags: [],
        availability_zone_hints: [],
        availability_zones: ['nova'],
        flavor_id: null,
        ...compact(given),
        external_gateway_info: await openGateway(turn, id, external_gateway_info),
        tenant_id: asText(spec.tenant_id) ?? turn.call.projectId,
        project_id: asText(spec.tenant_id) ?? turn.call.projectId,
        name,
        id,
      },
    };
  },
  async update(turn, router, changes) {
    const { external_gateway_info, ...rest } = changes;
    const body: JsonMap = { ...router.body, ...rest };
    if (external_gateway_info !== undefined) {
      await closeGateway(turn, router, true);
      body.external_gateway_info = await openGateway(turn, router.id, external_gateway_info);
    }
    return body;
  },
  async remove(turn, router) {
    const [interfaceOf] = await turn.find('router_interfaces', { parentId: router.id, limit: 1 });
    if (interfaceOf) {
      throw new RejectedError(`Router ${router.id} still has ports`, { reasonClass: 'Conflict' });
    }
    await closeGateway(turn, router, false);
  },
};

async function openGateway(turn: Turn, routerId: string, wanted: Json | undefined): Promise<JsonMap | null> {
  const info = asMap(wanted);
  const reference = asText(info.network) ?? asText(info.network_id);
  if (reference === undefined) return null;
  const network = await turn.require('networks', reference);
  if (!isExternal(network)) {
    throw new RejectedError(`Bad router request: Network ${network.id} is not an external network.`, {
      reasonClass: 'BadRequest',
    });
  }
  const fixedIps = asMaps(info.external_fixed_ips);
  const port = await addPort(turn, {
    id: turn.newId(`gateway/${routerId}/${network.id}`),
    network,
    fixedIps: fixedIps.length > 0 ? fixedIps : undefined,
    deviceId: routerId,
    deviceOwner: 'network:router_gateway',
  });
  return {
    network_id: network.id,
    enable_snat: asBoolean(info.enable_snat) ?? true,
    external_fixed_ips: fixedIpsOf(port).map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
  };
}

async function closeGateway(turn: Turn, router: WorldObject, isUpdate: boolean): Promise<void> {
  const network = asText(asMap(router.body.external_gateway_info).network_id);
  if (network === undefined) return;
  if (
    isUpdate &&
    turn.setting.settings.strictRouting &&
    (await turn.usersOf('floating_ips', router.id, 1)).length > 0
  ) {
    throw new RejectedError(
      `Gateway cannot be updated for router ${router.id}, since a gateway to external network ${network} is required by one or more floating IPs.`,
      { reasonClass: 'Conflict' },
    );
  }
  for (const port of await turn.usersOf('ports', router.id)) {
    if (asText(port.body.device_owner) === 'network:router_gateway') await forgetPort(turn, port);
  }
}

/** What ties a router to a subnet; its id is Heat's: `<router>:subnet_id=<subnet>`. */
export const routerInterfaces: KindRules = {
  kind: 'router_interfaces',
  noun: 'router interface',
  missing: (reference) => ({ message: `Unable to find router interface '${reference}'`, reasonClass: 'NotFound' }),
  links: (body) => [asText(body.subnet_id) ?? '', asText(body.port_id) ?? ''].filter((id) => id !== ''),
  async create(turn, spec) {
    const router = await turn.require('routers', spec.router);
    const given = asText(spec.port);
    const port =
      given === undefined ? await portOnSubnet(turn, router, spec.subnet) : await portOfUser(turn, router, given);
    const subnetId = fixedIpsOf(port)[0]?.subnet_id ?? '';
    const id = given === undefined ? `${router.id}:subnet_id=${subnetId}` : `${router.id}:port_id=${port.id}`;
    return {
      id,
      parentId: router.id,
      body: {
        id: router.id,
        subnet_id: subnetId,
        subnet_ids: [subnetId],
        port_id: port.id,
        tenant_id: turn.call.projectId,
      },
    };
  },
  async remove(turn, object) {
    const subnetId = asText(object.body.subnet_id) ?? '';
    const routerId = object.parentId ?? '';
    if (turn.setting.settings.strictRouting) {
      for (const floating of await turn.usersOf('floating_ips', routerId)) {
        const port = await turn.get('ports', asText(floating.body.port_id) ?? '');
        if (port && fixedIpsOf(port).some((ip) => ip.subnet_id === subnetId)) {
          throw new RejectedError(
            `Router interface for subnet ${subnetId} on router ${routerId} cannot be deleted, as it is required by one or more floating IPs.`,
            { reasonClass: 'Conflict' },
          );
        }
      }
    }
    const port = await turn.get('ports', asText(object.body.port_id) ?? '');
    if (port) await forgetPort(turn, port);
  },
};

async function portOnSubnet(turn: Turn, router: WorldObject, reference: Json | undefined): Promise<WorldObject> {
  const subnet = await turn.require('subnets', reference);
  const [other] = (await turn.usersOf('router_interfaces', subnet.id)).filter(({ parentId }) => parentId === router.id);
  if (other) {
    throw new RejectedError(`Bad router request: Router already has a port on subnet ${subnet.id}.`, {
      reasonClass: 'BadRequest',
    });
  }
  const gateway = asText(subnet.body.gateway_ip);
  if (gateway === undefined) {
    throw new RejectedError('Bad router request: Subnet for router interface must have a gateway IP.', {
      reasonClass: 'BadRequest',
    });
  }
  const network = await turn.require('networks', subnet.parentId ?? '');
  return addPort(turn, {
    id: turn.newId(`interface/${router.id}/${subnet.id}`),
    network,
    fixedIps: [{ subnet: subnet.id, ip_address: gateway }],
    deviceId: router.id,
    deviceOwner: 'network:router_interface',
  });
}

async function portOfUser(turn: Turn, router: WorldObject, reference: string): Promise<WorldObject> {
  const port = await turn.require('ports', reference);
  const device = asText(port.body.device_id) ?? '';
  if (device !== '' && device !== router.id) {
    throw new RejectedError(
      `Unable to complete operation on port ${port.id} for network ${port.parentId}. Port already has an attached device ${device}.`,
      { reasonClass: 'PortInUseClient' },
    );
  }
  return bindPort(turn, port, router.id, 'network:router_interface');
}
