import type { JsonMap } from '../../../src/engine/model/value.js';
import { parseFaultPlan } from '../../../src/resources/clouds/faults.js';
import { changeBetween, TypeBench } from '../../helpers/type-bench.js';

async function network(bench: TypeBench, cidr = '10.5.0.0/24', name = 'mine') {
  const net = await bench.create('OS::Neutron::Net', { name });
  const subnet = await bench.create('OS::Neutron::Subnet', {
    network: net.referred,
    cidr,
    ip_version: 4,
    enable_dhcp: true,
  });
  return { net, subnet };
}

describe('OS::Nova::Server', () => {
  test('has its addresses under the name and the id of each network', async () => {
    const bench = new TypeBench();
    const { net } = await network(bench);
    const server = await bench.create('OS::Nova::Server', {
      flavor: 'm1.small',
      image: 'cirros',
      networks: [{ network: net.referred }],
    });
    const networks = server.attributes.networks as JsonMap;
    expect(networks.mine).toEqual(networks[net.referred]);
    expect(networks.mine).toEqual(['10.5.0.2']);
    expect(server.attributes.first_address ?? server.attributes.networks).toBeDefined();
    const [first] = (server.attributes.addresses as { [name: string]: JsonMap[] }).mine ?? [];
    expect(first).toMatchObject({ addr: '10.5.0.2', version: 4, 'OS-EXT-IPS:type': 'fixed' });
    expect(first?.port).toMatch(/^[0-9a-f-]{36}$/);
    expect((server.attributes.show as JsonMap).status).toBe('ACTIVE');
    await bench.delete(server);
  });

  test('is polled while it builds, and its id is known from the start', async () => {
    const bench = new TypeBench({ faults: parseFaultPlan([{ type: 'servers', build: 2000 }]) });
    const type = bench.type('OS::Nova::Server');
    const ctx = bench.context('OS::Nova::Server', 'server');
    const progress = await type.create(ctx, { flavor: 'm1.small', image: 'cirros' });
    expect(progress).toMatchObject({ state: 'pending', note: 'BUILD', pollAfterMs: 2000 });
    expect(progress.state === 'pending' && progress.physicalId).toMatch(/^[0-9a-f-]{36}$/);
    const server = await bench.create('OS::Nova::Server', { flavor: 'm1.small', image: 'cirros' });
    expect((server.attributes.show as JsonMap).status).toBe('ACTIVE');
  });

  test('that goes to ERROR fails with Heat words after its id is known', async () => {
    const bench = new TypeBench({
      faults: parseFaultPlan([
        { type: 'OS::Nova::Server', verb: 'create', fault: 'error-state', message: 'No valid host was found.' },
      ]),
    });
    await expect(bench.create('OS::Nova::Server', { flavor: 'm1.small', image: 'cirros' })).rejects.toMatchObject({
      message: 'Went to status ERROR due to "Message: No valid host was found., Code: 500"',
      reasonClass: 'ResourceInError',
    });
  });

  test('is resized and rebuilt in place, and replaced when its policies say so', async () => {
    const bench = new TypeBench();
    const before = { flavor: 'm1.small', image: 'cirros', metadata: { a: 1 } };
    const server = await bench.create('OS::Nova::Server', before);
    const after = await bench.update(server, {
      flavor: 'm1.large',
      image: 'ubuntu',
      metadata: { b: { c: 2 } },
      name: 'other',
    });
    expect(after.physicalId).toBe(server.physicalId);
    const show = after.attributes.show as { flavor: JsonMap; metadata: JsonMap; name: string; status: string };
    expect(show.flavor.original_name).toBe('m1.large');
    expect(show.metadata).toEqual({ b: '{"c":2}' });
    expect(show).toMatchObject({ name: 'other', status: 'ACTIVE' });
    expect(
      server.type.replaces?.(changeBetween(before, { ...before, flavor: 'x', flavor_update_policy: 'REPLACE' })),
    ).toBe(true);
    expect(
      server.type.replaces?.(changeBetween(before, { ...before, flavor: 'x', flavor_update_policy: 'RESIZE' })),
    ).toBeUndefined();
  });

  test('changes its networks: what stays keeps its port', async () => {
    const bench = new TypeBench();
    const { net } = await network(bench);
    const other = await network(bench, '10.6.0.0/24', 'other');
    const common = { flavor: 'm1.small', image: 'cirros' };
    const server = await bench.create('OS::Nova::Server', { ...common, networks: [{ network: net.referred }] });
    const port = await bench.create('OS::Neutron::Port', { network: other.net.referred });
    const after = await bench.update(server, {
      ...common,
      networks: [{ network: net.referred }, { port: port.referred }],
    });
    const networks = after.attributes.networks as JsonMap;
    expect(networks[net.referred]).toEqual(['10.5.0.2']);
    expect(networks[other.net.referred]).toEqual(['10.6.0.2']);
    const last = await bench.update(after, { ...common, networks: [{ port: port.referred }] });
    expect(Object.keys(last.attributes.networks as JsonMap)).not.toContain(net.referred);
    await bench.delete(last);
    expect(bench.left().filter((kind) => kind === 'ports')).toHaveLength(1);
  });

  test('is suspended, resumed, snapshotted and brought back from the snapshot', async () => {
    const bench = new TypeBench({ faults: parseFaultPlan([{ type: 'servers', verb: 'act', build: 100 }]) });
    const server = await bench.create('OS::Nova::Server', { flavor: 'm1.small', image: 'cirros' });
    const { type, ctx, ref } = server;
    const suspend = await type.suspend?.(ctx, ref);
    expect(suspend?.state).toBe('pending');
    const shot = await type.snapshot?.(ctx, ref);
    expect(shot?.state).toBe('done');
    const data = shot?.state === 'done' ? (shot.data ?? {}) : {};
    expect(type.restore?.({ flavor: 'm1.small', image: 'cirros' }, data)).toEqual({
      flavor: 'm1.small',
      image: data.snapshot_image_id,
    });
  });

  test.each([
    {
      reason: 'no image',
      properties: { flavor: 'f' },
      message: 'Neither image nor bootable volume is specified for instance web',
    },
    {
      reason: 'security groups beside a port',
      properties: { image: 'i', networks: [{ port: 'p' }], security_groups: ['g'] },
      message: 'Cannot define the following properties at the same time: security_groups, networks/port.',
    },
    {
      reason: 'an empty network',
      properties: { image: 'i', networks: [{ fixed_ip: '10.0.0.1' }] },
      message:
        'One of the properties "network", "port", "allocate_network" or "subnet" should be set for the specified network of server "web".',
    },
  ])('is refused at validation: $reason', ({ properties, message }) => {
    expect(new TypeBench().type('OS::Nova::Server').validate?.(properties as never, 'web')).toContain(message);
  });
});

describe('volumes', () => {
  test('are attached, extended while attached, detached and deleted', async () => {
    const bench = new TypeBench();
    const server = await bench.create('OS::Nova::Server', { flavor: 'm1.small', image: 'cirros' });
    const volume = await bench.create('OS::Cinder::Volume', { size: 1 });
    const attachment = await bench.create('OS::Cinder::VolumeAttachment', {
      instance_uuid: server.referred,
      volume_id: volume.referred,
    });
    await expect(bench.delete(volume)).rejects.toThrow(/Volume status must be available or error/);
    const grown = await bench.update(volume, { size: 2 });
    expect(grown.attributes).toMatchObject({ size: '2', status: 'in-use' });
    expect(grown.attributes.attachments_list).toMatchObject([{ server_id: server.referred }]);
    await bench.delete(attachment);
    await bench.delete(grown);
    await bench.delete(server);
    expect(bench.left()).toEqual([]);
  });

  test('do not shrink', async () => {
    const bench = new TypeBench();
    const volume = await bench.create('OS::Cinder::Volume', { size: 2 });
    await expect(bench.update(volume, { size: 1 })).rejects.toMatchObject({
      message: 'Shrinking volume is not supported.',
      reasonClass: 'NotSupported',
    });
  });

  test('without size and source are refused in Heat words', () => {
    expect(new TypeBench().type('OS::Cinder::Volume').validate?.({}, 'v')).toEqual([
      'If neither "backup_id" nor "size" is provided, one and only one of "source_volid", "snapshot_id" must be specified, but currently specified options: [].',
    ]);
  });

  test('come back from their backup', async () => {
    const bench = new TypeBench();
    const volume = await bench.create('OS::Cinder::Volume', { size: 3 });
    const shot = await volume.type.snapshot?.(volume.ctx, volume.ref);
    const data = shot?.state === 'done' ? (shot.data ?? {}) : {};
    const back = volume.type.restore?.({ size: 3, image: 'x' }, data) ?? {};
    expect(back).toEqual({ size: 3, backup_id: data.backup_id });
    const restored = await bench.update(volume, back);
    expect(restored.attributes.status).toBe('available');
    await volume.type.deleteSnapshot?.(volume.ctx, data);
  });
});

describe('networks', () => {
  test('router, interface, floating IP and association live and go', async () => {
    const bench = new TypeBench({ strictRouting: true });
    const { net, subnet } = await network(bench);
    const router = await bench.create('OS::Neutron::Router', { external_gateway_info: { network: 'public' } });
    expect((router.attributes.external_gateway_info as JsonMap).enable_snat).toBe(true);
    const port = await bench.create('OS::Neutron::Port', {
      network: net.referred,
      fixed_ips: [{ subnet: subnet.referred }],
    });
    const floating = await bench.create('OS::Neutron::FloatingIP', { floating_network: 'public' });
    const association = { floatingip_id: floating.referred, port_id: port.referred };
    await expect(bench.create('OS::Neutron::FloatingIPAssociation', association)).rejects.toThrow(
      /is not reachable from subnet/,
    );
    const link = await bench.create('OS::Neutron::RouterInterface', {
      router: router.referred,
      subnet: subnet.referred,
    });
    expect(link.physicalId).toBe(`${router.referred}:subnet_id=${subnet.referred}`);
    const tied = await bench.create('OS::Neutron::FloatingIPAssociation', association);
    await expect(bench.delete(link)).rejects.toThrow(/is required by one or more floating IPs/);
    await expect(bench.delete(router)).rejects.toThrow(`Router ${router.referred} still has ports`);
    for (const made of [tied, floating, link, router, port, subnet, net]) await bench.delete(made);
    expect(bench.left()).toEqual([]);
  });

  test('a subnet without a gateway has all of its addresses', async () => {
    const bench = new TypeBench();
    const net = await bench.create('OS::Neutron::Net', {});
    const subnet = await bench.create('OS::Neutron::Subnet', {
      network: net.referred,
      cidr: '10.9.0.0/29',
      gateway_ip: '',
    });
    expect(subnet.attributes).toMatchObject({
      gateway_ip: null,
      allocation_pools: [{ start: '10.9.0.1', end: '10.9.0.6' }],
    });
  });

  test('a port tells of its network and subnets, and frees its address for its replacement', async () => {
    const bench = new TypeBench();
    const { net, subnet } = await network(bench);
    const wanted = { network: net.referred, fixed_ips: [{ subnet: subnet.referred, ip_address: '10.5.0.77' }] };
    const port = await bench.create('OS::Neutron::Port', wanted);
    expect(port.attributes).toMatchObject({
      network: { mtu: 1450 },
      subnets: [{ cidr: '10.5.0.0/24' }],
      status: 'DOWN',
    });
    await expect(bench.create('OS::Neutron::Port', wanted)).rejects.toThrow(
      'IP address 10.5.0.77 already allocated in subnet',
    );
    await port.type.prepareReplace?.(port.ctx, port.ref);
    await bench.create('OS::Neutron::Port', wanted);
  });

  test('a security group has exactly its rules; a rule for the way out takes the place of the default ones', async () => {
    const bench = new TypeBench();
    const ssh = {
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: 22,
      port_range_max: 22,
      remote_mode: 'remote_ip_prefix',
    };
    const group = await bench.create('OS::Neutron::SecurityGroup', { rules: [ssh] });
    const rules = (made: typeof group) =>
      (made.attributes.show as { security_group_rules: JsonMap[] }).security_group_rules;
    expect(rules(group)).toHaveLength(3);
    const after = await bench.update(group, { rules: [{ direction: 'egress', protocol: 'udp' }] });
    expect(rules(after)).toMatchObject([{ direction: 'egress', protocol: 'udp' }]);
  });

  test('the group that is called default is refused', () => {
    expect(new TypeBench().type('OS::Neutron::SecurityGroup').validate?.({ name: 'default' }, 'g')).toEqual([
      'Security groups cannot be assigned the name "default".',
    ]);
  });
});

describe('load balancers', () => {
  test('are built and taken down part by part', async () => {
    const bench = new TypeBench();
    const { subnet } = await network(bench);
    const balancer = await bench.create('OS::Octavia::LoadBalancer', { vip_subnet: subnet.referred });
    const listener = await bench.create('OS::Octavia::Listener', {
      loadbalancer: balancer.referred,
      protocol: 'HTTP',
      protocol_port: 80,
    });
    const pool = await bench.create('OS::Octavia::Pool', {
      listener: listener.referred,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
    });
    const member = await bench.create('OS::Octavia::PoolMember', {
      pool: pool.referred,
      address: '10.5.0.9',
      protocol_port: 80,
    });
    expect((member.attributes.show as JsonMap).operating_status).toBe('NO_MONITOR');
    const monitor = await bench.create('OS::Octavia::HealthMonitor', {
      pool: pool.referred,
      type: 'HTTP',
      delay: 5,
      timeout: 5,
      max_retries: 3,
    });
    const seen = await member.type.read?.(member.ctx, member.ref);
    expect(seen?.attributes.show).toMatchObject({ operating_status: 'ONLINE' });
    await expect(bench.delete(balancer)).rejects.toThrow(/it has children/);
    for (const made of [monitor, member, pool, listener, balancer]) await bench.delete(made);
    expect(bench.left().filter((kind) => !['networks', 'subnets'].includes(kind))).toEqual([]);
  });
});

describe('stores', () => {
  test('a container with objects stays unless it is to be purged', async () => {
    const bench = new TypeBench();
    const container = await bench.create('OS::Swift::Container', { name: 'box', 'X-Container-Meta': { Owner: 'me' } });
    expect(container.attributes).toMatchObject({ ObjectCount: 0, HeadContainer: { 'x-container-meta-owner': 'me' } });
    await bench.cloud
      .collection('containers')
      .act({ projectId: 'project', region: 'us-east-1' }, 'box', 'put_object', { name: 'a', content: 'b' });
    await expect(bench.delete(container)).rejects.toMatchObject({ reasonClass: 'ResourceActionNotSupported' });
    await bench.delete({ ...container, ref: { ...container.ref, properties: { name: 'box', PurgeOnDelete: true } } });
    expect(bench.left()).toEqual([]);
  });

  test('a key pair keeps its private key only when it is asked to', async () => {
    const bench = new TypeBench();
    const kept = await bench.create('OS::Nova::KeyPair', { name: 'kept', save_private_key: true });
    expect(kept.attributes.private_key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    const other = await bench.create('OS::Nova::KeyPair', { name: 'other' });
    expect(other.attributes.private_key).toBe('');
    expect(other.referred).toBe('other');
    await expect(bench.create('OS::Nova::KeyPair', { name: 'other' })).rejects.toThrow(
      "Key pair 'other' already exists.",
    );
  });

  test('a secret is known by its address and gives its payload back', async () => {
    const bench = new TypeBench();
    const secret = await bench.create('OS::Barbican::Secret', {
      name: 's',
      payload: 'hush',
      payload_content_type: 'text/plain',
    });
    expect(secret.physicalId).toMatch(/^http.*\/v1\/secrets\/[0-9a-f-]{36}$/);
    expect(secret.attributes).toMatchObject({ decrypted_payload: 'hush', status: 'ACTIVE' });
    await bench.delete(secret);
    expect(bench.left()).toEqual([]);
  });
});
