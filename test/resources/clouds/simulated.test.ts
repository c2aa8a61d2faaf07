import {
  FlakyError,
  InvalidRequestError,
  QuotaError,
  RejectedError,
  ThrottledError,
  UncertainError,
} from '../../../src/engine/model/errors.js';
import { parseFaultPlan } from '../../../src/resources/clouds/faults.js';
import {
  createSimulatedCloud,
  type SimulatedCloudOptions,
} from '../../../src/resources/clouds/simulated/simulated-cloud.js';
import { cloudContract } from '../../helpers/cloud-suite.js';
import { MemoryWorld } from '../../helpers/memory-world.js';
import { StepClock } from '../../helpers/step-clock.js';

const looking = { projectId: 'p', region: 'r' };
let count = 0;
const call = (token = `t-${++count}`) => ({ ...looking, token });

function setUp(options: Partial<SimulatedCloudOptions> = {}) {
  const world = new MemoryWorld();
  const clock = new StepClock();
  return { world, clock, cloud: createSimulatedCloud({ world, clock, ...options }) };
}

describe('the simulated cloud keeps the contract of clouds', () => {
  cloudContract({ cloud: () => setUp().cloud, image: 'cirros', flavor: 'm1.small', externalNetwork: 'public' });
});

describe('the simulated cloud with slow services keeps the contract of clouds', () => {
  const clock = new StepClock();
  const faults = parseFaultPlan([{ build: { min: 10, max: 500 } }]);
  cloudContract({
    cloud: () => createSimulatedCloud({ world: new MemoryWorld(), clock, faults }),
    image: 'cirros',
    flavor: 'm1.small',
    externalNetwork: 'public',
    wait: async (ms) => clock.move(ms),
  });
});

describe('the world of the simulated cloud', () => {
  test('is there for the next process', async () => {
    const { world, clock, cloud } = setUp();
    const network = await cloud.collection('networks').create(call(), { name: 'n' });
    const next = createSimulatedCloud({ world, clock });
    expect((await next.collection('networks').get(looking, network.id))?.name).toBe('n');
  });

  test('has one line in its ledger for a create that was sent twice', async () => {
    const { world, cloud } = setUp();
    const again = call();
    await Promise.all([
      cloud.collection('networks').create(again, { name: 'n' }),
      cloud.collection('networks').create(again, { name: 'n' }),
    ]);
    expect(world.entries.filter(({ verb, collection }) => verb === 'create' && collection === 'networks')).toHaveLength(
      1,
    );
  });

  test('gives each of many ports that come at once an address of its own', async () => {
    const { cloud } = setUp();
    const network = await cloud.collection('networks').create(call(), { name: 'n' });
    await cloud.collection('subnets').create(call(), { network: network.id, cidr: '10.1.0.0/24' });
    const ports = await Promise.all(
      Array.from({ length: 100 }, () => cloud.collection('ports').create(call(), { network: network.id })),
    );
    const ips = ports.map(({ body }) => JSON.stringify(body.fixed_ips));
    expect(new Set(ips).size).toBe(100);
  });

  test('refuses a port when the pool of addresses is used up, and takes it when one is given back', async () => {
    const { cloud } = setUp();
    const network = await cloud.collection('networks').create(call(), { name: 'n' });
    await cloud.collection('subnets').create(call(), {
      network: network.id,
      cidr: '10.1.0.0/24',
      allocation_pools: [{ start: '10.1.0.10', end: '10.1.0.11' }],
    });
    const create = () => cloud.collection('ports').create(call(), { network: network.id });
    const first = await create();
    await create();
    await expect(create()).rejects.toThrow(`No more IP addresses available on network ${network.id}.`);
    await cloud.collection('ports').delete(call(), first.id);
    expect((await create()).body.fixed_ips).toMatchObject([{ ip_address: '10.1.0.10' }]);
  });

  test('makes addresses of IPv6 subnets from MAC addresses where they are stateless', async () => {
    const { cloud } = setUp();
    const network = await cloud.collection('networks').create(call(), { name: 'n' });
    await cloud.collection('subnets').create(call(), {
      network: network.id,
      cidr: '2001:db8::/64',
      ip_version: 6,
      ipv6_address_mode: 'slaac',
    });
    const port = await cloud
      .collection('ports')
      .create(call(), { network: network.id, mac_address: 'fa:16:3e:01:02:03' });
    expect(port.body.fixed_ips).toMatchObject([{ ip_address: '2001:db8::f816:3eff:fe01:203' }]);
  });

  test('refuses overlapping subnets of one network', async () => {
    const { cloud } = setUp();
    const network = await cloud.collection('networks').create(call(), { name: 'n' });
    await cloud.collection('subnets').create(call(), { network: network.id, cidr: '10.1.0.0/16' });
    await expect(
      cloud.collection('subnets').create(call(), { network: network.id, cidr: '10.1.4.0/24' }),
    ).rejects.toThrow(/overlaps/);
  });

  test('counts quotas', async () => {
    const { cloud } = setUp({ quotas: { network: 1 } });
    const first = await cloud.collection('networks').create(call(), { name: 'a' });
    await expect(cloud.collection('networks').create(call(), { name: 'b' })).rejects.toThrow(QuotaError);
    await cloud.collection('networks').delete(call(), first.id);
    await cloud.collection('networks').create(call(), { name: 'b' });
  });

  test('invents images by name when it is lenient, never by UUID', async () => {
    const { cloud } = setUp();
    expect(await cloud.collection('images').find(looking, 'fedora-software-config')).toBeDefined();
    expect(await cloud.collection('images').find(looking, '3f2504e0-4f89-41d3-9a0c-0305e82c3301')).toBeUndefined();
    const strict = setUp({ lenient: false }).cloud;
    expect(await strict.collection('images').find(looking, 'fedora-software-config')).toBeUndefined();
  });

  test('writes nothing of a request that is refused half way', async () => {
    const { world, cloud } = setUp();
    const network = await cloud.collection('networks').create(call(), { name: 'n' });
    await cloud.collection('subnets').create(call(), { network: network.id, cidr: '10.1.0.0/24' });
    const before = world.objects.size;
    await expect(
      cloud.collection('servers').create(call(), {
        name: 's',
        flavor: 'm1.small',
        image: 'cirros',
        networks: [{ network: network.id }, { port: 'no-such-port' }],
      }),
    ).rejects.toThrow("Unable to find port with name or id 'no-such-port'");
    expect(
      [...world.objects.keys()].filter((key) => key.startsWith('ports\0') || key.startsWith('allocations\0')),
    ).toEqual([]);
    expect(world.objects.size).toBe(before);
  });
});

describe('rehearsed faults', () => {
  test('fail the second create and no other', async () => {
    const { cloud } = setUp({
      faults: parseFaultPlan([{ type: 'servers', verb: 'create', nth: 2, fault: 'throttle' }]),
    });
    const spec = { flavor: 'm1.small', image: 'cirros' };
    await cloud.collection('servers').create(call(), spec);
    const second = call();
    await expect(cloud.collection('servers').create(second, spec)).rejects.toThrow(ThrottledError);
    await cloud.collection('servers').create(second, spec);
  });

  test('lose the answer after the effect: the same token finds what was made', async () => {
    const { cloud, world } = setUp({
      faults: parseFaultPlan([{ type: 'networks', verb: 'create', nth: 1, fault: 'lost-answer' }]),
    });
    const token = call();
    await expect(cloud.collection('networks').create(token, { name: 'n' })).rejects.toThrow(UncertainError);
    expect(await cloud.collection('networks').byToken(looking, token.token)).toBeDefined();
    await cloud.collection('networks').create(token, { name: 'n' });
    expect(world.entries).toHaveLength(1);
  });

  test('are aimed at a resource type or a logical id', async () => {
    const { cloud } = setUp({ faults: parseFaultPlan([{ type: 'OS::Neutron::*', resource: 'bad*', fault: 'flaky' }]) });
    const networks = cloud.collection('networks');
    await networks.create({ ...call(), type: 'OS::Neutron::Net', resource: 'good' }, {});
    await expect(networks.create({ ...call(), type: 'OS::Neutron::Net', resource: 'bad1' }, {})).rejects.toThrow(
      FlakyError,
    );
  });

  test('delay a call by a time that the seed decides', async () => {
    const run = async (seed: string) => {
      const { cloud, clock } = setUp({
        faults: parseFaultPlan({ seed, rules: [{ verb: 'create', latency: { min: 10, max: 1000 } }] }),
      });
      for (let index = 0; index < 5; index++) await cloud.collection('networks').create(call(), {});
      return clock.slept;
    };
    expect(await run('a')).toEqual(await run('a'));
    expect(await run('a')).not.toEqual(await run('b'));
  });

  test.each([
    { reason: 'not a list', plan: 'x' },
    { reason: 'an unknown key', plan: [{ kind: 'servers' }] },
    { reason: 'an unknown fault', plan: [{ fault: 'explode' }] },
    { reason: 'a bad range', plan: [{ latency: { min: 5, max: 1 } }] },
  ])('are refused with the place that is wrong: $reason', ({ plan }) => {
    expect(() => parseFaultPlan(plan as never)).toThrow(InvalidRequestError);
  });

  test('let a server end in ERROR', async () => {
    const { cloud } = setUp({
      faults: parseFaultPlan([
        { type: 'servers', verb: 'create', fault: 'error-state', message: 'No valid host was found.' },
      ]),
    });
    const server = await cloud.collection('servers').create(call(), { flavor: 'm1.small', image: 'cirros' });
    expect(server.status).toBe('ERROR');
    expect(server.body.fault).toMatchObject({ message: 'No valid host was found.', code: 500 });
    await expect(cloud.collection('servers').act(call(), server.id, 'suspend', {})).rejects.toThrow(RejectedError);
  });
});
