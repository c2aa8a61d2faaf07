/**
 * A process to be killed: `victim <folder> <create|delete|resume> <n>` runs an engine on the folder and kills itself, as
 * hard as can be, after its n-th commit (0: never). Prints one line of JSON when it comes to its end.
 */
import { createEngine } from '../../src/create-engine.js';
import { localCaller } from '../../src/local-caller.js';

const [dataDir = '', what = '', at = '0'] = process.argv.slice(2);
const caller = localCaller();

const inner = JSON.stringify({
  heat_template_version: '2018-08-31',
  parameters: { network: { type: 'string' } },
  resources: {
    disk: { type: 'OS::Cinder::Volume', properties: { size: 1 } },
    port: { type: 'OS::Neutron::Port', properties: { network: { get_param: 'network' } } },
    text: { type: 'OS::Heat::RandomString', properties: { length: 8 } },
  },
  outputs: { port: { value: { get_resource: 'port' } } },
});

/** Thirty resources, nested ones included, of the simulated cloud. */
function template() {
  const resources: { [name: string]: unknown } = {
    net: { type: 'OS::Neutron::Net', properties: { name: 'net' } },
    subnet: { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'net' }, cidr: '10.0.0.0/24' } },
    router: { type: 'OS::Neutron::Router' },
    interface: {
      type: 'OS::Neutron::RouterInterface',
      properties: { router: { get_resource: 'router' }, subnet: { get_resource: 'subnet' } },
    },
    group: {
      type: 'OS::Neutron::SecurityGroup',
      properties: { rules: [{ protocol: 'tcp', port_range_min: 80, port_range_max: 80 }] },
    },
  };
  for (const number of [1, 2, 3, 4, 5]) {
    resources[`port${number}`] = {
      type: 'OS::Neutron::Port',
      depends_on: 'subnet',
      properties: { network: { get_resource: 'net' }, security_groups: [{ get_resource: 'group' }] },
    };
    resources[`server${number}`] = {
      type: 'OS::Nova::Server',
      properties: { flavor: 'm1.small', image: 'cirros', networks: [{ port: { get_resource: `port${number}` } }] },
    };
    resources[`volume${number}`] = { type: 'OS::Cinder::Volume', properties: { size: number } };
  }
  for (const number of [1, 2]) {
    resources[`attachment${number}`] = {
      type: 'OS::Cinder::VolumeAttachment',
      properties: {
        instance_uuid: { get_resource: `server${number}` },
        volume_id: { get_resource: `volume${number}` },
      },
    };
    resources[`nested${number}`] = {
      type: 'inner.yaml',
      depends_on: 'subnet',
      properties: { network: { get_resource: 'net' } },
    };
  }
  return { heat_template_version: '2018-08-31', resources } as never;
}

const engine = await createEngine({
  dataDir,
  recover: what === 'resume',
  faults: { seed: '1', rules: [{ type: 'servers', verb: 'create', buildMs: { min: 1, max: 3 } }] },
});
let left = Number(at);
engine.store.commits.onCommit = () => {
  if (--left === 0) process.kill(process.pid, 'SIGKILL');
};
let id: string | undefined;
if (what === 'create')
  id = (await engine.stacks.create(caller, { name: 'web', template: template(), files: { 'inner.yaml': inner } })).id;
const [known] = await engine.store.lists.stacks({ deleted: true }, { sort: [] });
id ??= known?.id ?? '';
if (what === 'delete') await engine.stacks.delete(caller, id);
const stack = id === '' ? undefined : await engine.stacks.settled(id);
const commits = Number(at) === 0 ? -left : 0;
const all = id === '' ? [] : await engine.store.reads.resources(id);
const objects = await engine.store.db.selectFrom('world_objects').select(['collection', 'token']).execute();
const ledger = await engine.store.world.ledger();
const open = await engine.store.reads.runningOperations();
await engine.close();
console.log(
  JSON.stringify({
    commits,
    state: stack && `${stack.action}_${stack.status} ${stack.statusReason}`,
    resources: all.map(({ name, action, status }) => `${name} ${action}_${status}`).sort(),
    objects: objects
      .filter(({ token }) => token !== null)
      .map(({ collection }) => collection)
      .sort(),
    creates: ledger.filter(({ verb }) => verb === 'create').map(({ token, collection }) => `${collection} ${token}`),
    left: whatIsLeft(ledger),
    open: open.length,
  }),
);

/** What the ledger says is still there, by collection. */
function whatIsLeft(ledger: readonly { verb: string; collection: string; id: string }[]): string[] {
  const there = new Map<string, string>();
  for (const { verb, collection, id: object } of ledger) {
    if (verb === 'create') there.set(`${collection} ${object}`, collection);
    if (verb === 'delete') there.delete(`${collection} ${object}`);
  }
  return [...there.values()].sort();
}
