import type { Json } from '../../engine/model/value.js';
import { asText } from '../json-access.js';
import type { Cloud, CloudCall, CloudKind } from './cloud.js';

/** Where the thing is that a custom constraint speaks of, and the sentence if it is not there. */
const LOOKUPS: { readonly [constraint: string]: readonly [kind: CloudKind, sentence: (value: string) => string] } = {
  'nova.flavor': ['flavors', entity('Flavor')],
  'nova.server': ['servers', entity('Server')],
  'nova.keypair': ['keypairs', entity('Key')],
  'nova.network': ['networks', unable('network')],
  'glance.image': ['images', (value) => `No images matching {'name': '${value}'}.`],
  'neutron.network': ['networks', unable('network')],
  'neutron.subnet': ['subnets', unable('subnet')],
  'neutron.port': ['ports', unable('port')],
  'neutron.router': ['routers', unable('router')],
  'neutron.security_group': ['security_groups', unable('security_group')],
  'cinder.volume': ['volumes', entity('Volume')],
  'cinder.snapshot': ['volume_snapshots', entity('VolumeSnapshot')],
  'cinder.backup': ['volume_backups', entity('VolumeBackup')],
  'octavia.loadbalancer': ['load_balancers', unable('load balancer')],
  'octavia.listener': ['listeners', unable('listener')],
  'octavia.pool': ['pools', unable('pool')],
};

function entity(noun: string): (value: string) => string {
  return (value) => `The ${noun} (${value}) could not be found.`;
}

function unable(noun: string): (value: string) => string {
  return (value) => `Unable to find ${noun} with name or id '${value}'`;
}

/**
 * Answers a service's custom constraint (`nova.flavor`) against a cloud: undefined if the value is good or nobody can
 * tell, else Heat's reason.
 */
export function cloudConstraintLookup(
  cloud: Cloud,
  call: CloudCall,
): (name: string, value: Json) => Promise<string | undefined> {
  return async (name, value) => {
    const lookup = LOOKUPS[name];
    const text = asText(value);
    if (!lookup || text === undefined || text === '') return undefined;
    const [kind, sentence] = lookup;
    return (await cloud.collection(kind).find(call, text)) ? undefined : sentence(text);
  };
}
