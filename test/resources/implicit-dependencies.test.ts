import { Unknown } from '../../src/engine/model/value.js';
import { implicitDependencies } from '../../src/resources/implicit-dependencies.js';

const ref = (name: string) => new Unknown([name]);

describe('implicit dependencies', () => {
  test('a server waits for the subnets of its network', () => {
    const edges = implicitDependencies([
      { name: 'server', type: 'OS::Nova::Server', properties: { networks: [{ network: ref('net') }] } },
      { name: 'subnet', type: 'OS::Neutron::Subnet', properties: { network: ref('net') } },
      { name: 'other', type: 'OS::Neutron::Subnet', properties: { network: ref('net2') } },
    ]);
    expect(edges.map(({ resource, needs }) => [resource, needs])).toEqual([['server', 'subnet']]);
  });

  test('a floating IP waits for the router that leads to its network and for the interface that its port is behind', () => {
    const edges = implicitDependencies([
      {
        name: 'fip',
        type: 'OS::Neutron::FloatingIP',
        properties: { floating_network: 'public', port_id: ref('port') },
      },
      { name: 'port', type: 'OS::Neutron::Port', properties: { network: ref('net') } },
      { name: 'subnet', type: 'OS::Neutron::Subnet', properties: { network: ref('net') } },
      { name: 'router', type: 'OS::Neutron::Router', properties: { external_gateway_info: { network: 'public' } } },
      {
        name: 'link',
        type: 'OS::Neutron::RouterInterface',
        properties: { router: ref('router'), subnet: ref('subnet') },
      },
    ]);
    expect(
      edges
        .filter(({ resource }) => resource === 'fip')
        .map(({ needs }) => needs)
        .sort(),
    ).toEqual(['link', 'router']);
    expect(edges.filter(({ resource }) => resource === 'port').map(({ needs }) => needs)).toEqual(['subnet']);
  });

  test('nothing waits for itself, and properties that nobody knows say nothing', () => {
    expect(
      implicitDependencies([{ name: 'a', type: 'OS::Nova::Server', properties: { networks: new Unknown([]) } }]),
    ).toEqual([]);
  });
});
