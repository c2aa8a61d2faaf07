import type { CloudKind } from '../cloud.js';
import { healthMonitors, listeners, loadBalancers, members, pools } from './balancing/load-balancers.js';
import { flavors, images, keypairs, serverGroups } from './compute/catalogue.js';
import { servers } from './compute/servers.js';
import type { KindRules } from './kind-rules.js';
import { parameters, queues, secrets, topics } from './messaging/stores.js';
import { floatingIps } from './network/floating-ips.js';
import { networks } from './network/networks.js';
import { ports } from './network/ports.js';
import { routerInterfaces, routers } from './network/routers.js';
import { securityGroupRules, securityGroups } from './network/security-groups.js';
import { subnets } from './network/subnets.js';
import { volumeAttachments } from './storage/attachments.js';
import { containers } from './storage/containers.js';
import { volumeBackups, volumeSnapshots } from './storage/snapshots.js';
import { volumes } from './storage/volumes.js';

/** The rules of every kind of the cloud contract. */
export const KINDS: { readonly [kind in CloudKind]: KindRules } = {
  servers,
  flavors,
  images,
  keypairs,
  server_groups: serverGroups,
  volumes,
  volume_snapshots: volumeSnapshots,
  volume_backups: volumeBackups,
  volume_attachments: volumeAttachments,
  networks,
  subnets,
  ports,
  routers,
  router_interfaces: routerInterfaces,
  floating_ips: floatingIps,
  security_groups: securityGroups,
  security_group_rules: securityGroupRules,
  load_balancers: loadBalancers,
  listeners,
  pools,
  members,
  health_monitors: healthMonitors,
  containers,
  parameters,
  secrets,
  topics,
  queues,
};
