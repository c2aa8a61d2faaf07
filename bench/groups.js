import { createEngine, localCaller } from '../dist/index.js';

const caller = localCaller();
const MEMBER = 'file:///member.yaml';

/** What a node of a container cluster is made of: 22 resources around one server, with the edges that they really have. */
function memberTemplate() {
  const resources = {
    node_name: {
      type: 'OS::Heat::RandomString',
      properties: { length: 8, character_classes: [{ class: 'lowercase' }] },
    },
    secgroup: {
      type: 'OS::Neutron::SecurityGroup',
      properties: { rules: [{ protocol: 'tcp', port_range_min: 22, port_range_max: 22 }] },
    },
    port: {
      type: 'OS::Neutron::Port',
      properties: { network: { get_param: 'network' }, security_groups: [{ get_resource: 'secgroup' }] },
    },
    node: {
      type: 'OS::Nova::Server',
      properties: {
        flavor: 'm1.small',
        image: 'fedora',
        networks: [{ port: { get_resource: 'port' } }],
        metadata: { role: 'minion', index: { get_param: 'index' }, name: { get_attr: ['node_name', 'value'] } },
      },
    },
    volume: { type: 'OS::Cinder::Volume', properties: { size: 1 } },
    attach: {
      type: 'OS::Cinder::VolumeAttachment',
      properties: { instance_uuid: { get_resource: 'node' }, volume_id: { get_resource: 'volume' } },
    },
  };
  for (let part = 0; part < 8; part++) {
    resources[`config_${part}`] = {
      type: 'OS::Heat::SoftwareConfig',
      properties: {
        group: 'script',
        config: {
          str_replace: {
            template: `#!/bin/sh\necho part ${part} of $NAME\n`,
            params: { $NAME: { get_attr: ['node_name', 'value'] } },
          },
        },
      },
    };
    resources[`setting_${part}`] = {
      type: 'OS::Heat::Value',
      properties: {
        value: {
          config: { get_resource: `config_${part}` },
          port: { get_attr: ['port', 'fixed_ips', 0, 'ip_address'] },
        },
      },
    };
  }
  return {
    heat_template_version: '2018-08-31',
    parameters: { network: { type: 'string' }, index: { type: 'string' } },
    resources,
    outputs: {
      address: { value: { get_attr: ['port', 'fixed_ips', 0, 'ip_address'] } },
      name: { value: { get_attr: ['node_name', 'value'] } },
    },
  };
}

function groupTemplate(count) {
  return {
    heat_template_version: '2018-08-31',
    resources: {
      network: { type: 'OS::Neutron::Net' },
      subnet: {
        type: 'OS::Neutron::Subnet',
        properties: { network: { get_resource: 'network' }, cidr: '10.0.0.0/16' },
      },
      nodes: {
        type: 'OS::Heat::ResourceGroup',
        depends_on: 'subnet',
        properties: {
          count,
          resource_def: { type: MEMBER, properties: { network: { get_resource: 'network' }, index: '%index%' } },
        },
      },
    },
    outputs: {
      refs: { value: { get_attr: ['nodes', 'refs'] } },
      addresses: { value: { get_attr: ['nodes', 'address'] } },
    },
  };
}

/** What an act takes until its stack has settled. */
async function timed(engine, act, expected) {
  const begin = performance.now();
  const { id } = await act();
  const stack = await engine.stacks.settled(id);
  const ms = performance.now() - begin;
  const status = `${stack.action}_${stack.status}`;
  if (status !== expected) throw new Error(`${status}: ${stack.statusReason}`);
  return ms;
}

async function spent(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** A group of nested stacks: made, looked at, grown by one, deleted. */
export function groupOf(count, targets = {}) {
  return {
    name: `group of ${count} nested stacks`,
    n: count * 22,
    target: targets.create,
    // A minute each: the spread of three runs is not worth three minutes.
    runs: 1,
    async run(dataDir) {
      const engine = await createEngine({ dataDir });
      const files = { [MEMBER]: JSON.stringify(memberTemplate()) };
      const input = (size) => ({ template: groupTemplate(size), files });
      const change = async (stack, size) => {
        await engine.stacks.update(caller, stack.id, input(size));
        return stack;
      };
      try {
        const stack = await engine.stacks.create(caller, { name: 'cluster', ...input(1) });
        await engine.stacks.settled(stack.id);
        await engine.stacks.delete(caller, stack.id);
        await engine.stacks.settled(stack.id);
        let made;
        const ms = await timed(
          engine,
          async () => {
            made = await engine.stacks.create(caller, { name: 'cluster', ...input(count) });
            return made;
          },
          'CREATE_COMPLETE',
        );
        const rssAfterCreate = process.resourceUsage().maxRSS / 1024;
        const firstPage = await spent(() => engine.stacks.resources(caller, made.id, { nestedDepth: 2, limit: 20 }));
        const wholeList = await spent(() => engine.stacks.resources(caller, made.id, { nestedDepth: 2 }));
        const outputs = await spent(() => engine.stacks.outputs(caller, made.id));
        const noop = await timed(engine, () => change(made, count), 'UPDATE_COMPLETE');
        const resize = await timed(engine, () => change(made, count + 1), 'UPDATE_COMPLETE');
        const shrink = await timed(engine, () => change(made, count), 'UPDATE_COMPLETE');
        const remove = await timed(
          engine,
          async () => {
            await engine.stacks.delete(caller, made.id);
            return made;
          },
          'DELETE_COMPLETE',
        );
        const round = (value) => Math.round(value);
        return {
          ms,
          extra: {
            rssAfterCreateMb: round(rssAfterCreate),
            firstPageMs: round(firstPage),
            wholeListMs: round(wholeList),
            outputsMs: round(outputs),
            noopMs: round(noop),
            resizeMs: round(resize),
            shrinkMs: round(shrink),
            deleteMs: round(remove),
            ...(targets.create === undefined ? {} : { targets }),
          },
        };
      } finally {
        await engine.close(0);
      }
    },
  };
}
