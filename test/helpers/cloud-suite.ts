import { MissingError, RejectedError } from '../../src/engine/model/errors.js';
import type { JsonMap } from '../../src/engine/model/value.js';
import type { Cloud, CloudCall, Entity } from '../../src/resources/clouds/cloud.js';

/** What a cloud must bring to be held against the contract. */
export interface CloudUnderTest {
  cloud(): Promise<Cloud> | Cloud;
  /** Names or ids that exist there. */
  readonly image: string;
  readonly flavor: string;
  readonly externalNetwork: string;
  /** Looks again until the state has settled; a fake clock may simply be moved on. */
  wait?(ms: number): Promise<void>;
}

/** The promises that every cloud keeps; call it inside a `describe`. */
export function cloudContract(under: CloudUnderTest): void {
  let count = 0;
  const call = (token = `token-${++count}`): CloudCall => ({ projectId: 'contract', region: 'RegionOne', token });
  const looking: CloudCall = { projectId: 'contract', region: 'RegionOne' };
  const unique = (name: string): string => `${name}-${++count}`;

  async function settled(cloud: Cloud, kind: 'servers' | 'volumes', entity: Entity): Promise<Entity> {
    let now = entity;
    for (let tries = 0; tries < 100; tries++) {
      if (!/BUILD|creating|downloading|RESIZE|REBUILD|extending/.test(now.status ?? '')) return now;
      await under.wait?.(now.readyInMs ?? 100);
      now = (await cloud.collection(kind).get(looking, now.id)) ?? now;
    }
    return now;
  }

  async function tenantNetwork(cloud: Cloud, cidr = '192.0.2.0/24'): Promise<{ network: Entity; subnet: Entity }> {
    const network = await cloud.collection('networks').create(call(), { name: unique('net') });
    const subnet = await cloud
      .collection('subnets')
      .create(call(), { name: unique('subnet'), network: network.id, cidr });
    return { network, subnet };
  }

  test('the same token gives the same thing, however often it is sent', async () => {
    const cloud = await under.cloud();
    const token = call();
    const first = await cloud.collection('networks').create(token, { name: 'once' });
    const second = await cloud.collection('networks').create(token, { name: 'once' });
    expect(second.id).toBe(first.id);
    expect((await cloud.collection('networks').byToken(looking, token.token ?? ''))?.id).toBe(first.id);
  });

  test('a thing is found by id and by name, and not after it was deleted', async () => {
    const cloud = await under.cloud();
    const name = unique('net');
    const network = await cloud.collection('networks').create(call(), { name });
    expect((await cloud.collection('networks').find(looking, name))?.id).toBe(network.id);
    expect((await cloud.collection('networks').find(looking, network.id))?.name).toBe(name);
    expect(await cloud.collection('networks').delete(call(), network.id)).toBe(true);
    expect(await cloud.collection('networks').get(looking, network.id)).toBeUndefined();
    expect(await cloud.collection('networks').delete(call(), network.id)).toBe(false);
  });

  test('one project does not see what another one has', async () => {
    const cloud = await under.cloud();
    const network = await cloud.collection('networks').create(call(), { name: unique('net') });
    expect(await cloud.collection('networks').get({ ...looking, projectId: 'other' }, network.id)).toBeUndefined();
  });

  test('a port on a network that nobody made is refused', async () => {
    const cloud = await under.cloud();
    await expect(cloud.collection('ports').create(call(), { name: 'p', network: 'no-such-thing' })).rejects.toThrow(
      MissingError,
    );
  });

  test('a network with ports refuses to be deleted', async () => {
    const cloud = await under.cloud();
    const { network } = await tenantNetwork(cloud);
    const port = await cloud.collection('ports').create(call(), { name: unique('port'), network: network.id });
    await expect(cloud.collection('networks').delete(call(), network.id)).rejects.toThrow(RejectedError);
    await cloud.collection('ports').delete(call(), port.id);
    expect(await cloud.collection('networks').delete(call(), network.id)).toBe(true);
  });

  test('a server becomes active with an address of its network', async () => {
    const cloud = await under.cloud();
    const { network } = await tenantNetwork(cloud);
    const spec: JsonMap = {
      name: unique('server'),
      flavor: under.flavor,
      image: under.image,
      networks: [{ network: network.id }],
    };
    const server = await settled(cloud, 'servers', await cloud.collection('servers').create(call(), spec));
    expect(server.status).toBe('ACTIVE');
    const addresses = Object.values(server.body.addresses as { [name: string]: JsonMap[] }).flat();
    expect(addresses[0]?.addr).toMatch(/^192\.0\.2\.\d+$/);
    await cloud.collection('servers').delete(call(), server.id);
    expect(await cloud.collection('networks').delete(call(), network.id)).toBe(true);
  });

  test('a volume on a server refuses to be deleted until it is taken off', async () => {
    const cloud = await under.cloud();
    const { network } = await tenantNetwork(cloud);
    const server = await settled(
      cloud,
      'servers',
      await cloud.collection('servers').create(call(), {
        name: unique('server'),
        flavor: under.flavor,
        image: under.image,
        networks: [{ network: network.id }],
      }),
    );
    const volume = await settled(
      cloud,
      'volumes',
      await cloud.collection('volumes').create(call(), { name: unique('volume'), size: 1 }),
    );
    const attachment = await cloud
      .collection('volume_attachments')
      .create(call(), { server: server.id, volume: volume.id });
    expect((await cloud.collection('volumes').get(looking, volume.id))?.status).toBe('in-use');
    await expect(cloud.collection('volumes').delete(call(), volume.id)).rejects.toThrow(RejectedError);
    await cloud.collection('volume_attachments').delete(call(), attachment.id);
    expect(await cloud.collection('volumes').delete(call(), volume.id)).toBe(true);
    await cloud.collection('servers').delete(call(), server.id);
  });

  test('a floating IP is tied to a port and let go', async () => {
    const cloud = await under.cloud();
    const { network, subnet } = await tenantNetwork(cloud);
    const router = await cloud
      .collection('routers')
      .create(call(), { name: unique('router'), external_gateway_info: { network: under.externalNetwork } });
    const link = await cloud.collection('router_interfaces').create(call(), { router: router.id, subnet: subnet.id });
    const port = await cloud.collection('ports').create(call(), { name: unique('port'), network: network.id });
    const floating = await cloud
      .collection('floating_ips')
      .create(call(), { floating_network: under.externalNetwork, port_id: port.id });
    expect(floating.body.port_id).toBe(port.id);
    expect(floating.body.router_id).toBe(router.id);
    const free = await cloud.collection('floating_ips').update(call(), floating.id, { port_id: null });
    expect(free.body.port_id).toBeNull();
    await expect(cloud.collection('routers').delete(call(), router.id)).rejects.toThrow(RejectedError);
    await cloud.collection('floating_ips').delete(call(), floating.id);
    await cloud.collection('router_interfaces').delete(call(), link.id);
    expect(await cloud.collection('routers').delete(call(), router.id)).toBe(true);
  });

  test('a security group on a port refuses to be deleted', async () => {
    const cloud = await under.cloud();
    const { network } = await tenantNetwork(cloud);
    const group = await cloud.collection('security_groups').create(call(), { name: unique('group') });
    const port = await cloud
      .collection('ports')
      .create(call(), { name: unique('port'), network: network.id, security_groups: [group.id] });
    await expect(cloud.collection('security_groups').delete(call(), group.id)).rejects.toThrow(RejectedError);
    await cloud.collection('ports').delete(call(), port.id);
    expect(await cloud.collection('security_groups').delete(call(), group.id)).toBe(true);
  });
}
