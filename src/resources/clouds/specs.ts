import type { Json, JsonMap } from '../../engine/model/value.js';
import type { CloudKind } from './cloud.js';

/*
 * What `create` of each kind takes: OpenStack's own words. References are ids or names. Any spec may bring an `id`, the
 * id that CloudFormation would give; a cloud that makes its own ids leaves it aside. `update` takes the same keys, null
 * for what is taken away. The body of an entity is what the service shows (Nova's server, Neutron's port …).
 */

interface Named {
  readonly id?: string;
  readonly name?: string;
}

/** One network of a server: a port, or a network or subnet to make one on. */
export interface NicSpec {
  readonly network?: string;
  readonly port?: string;
  readonly subnet?: string;
  readonly fixed_ip?: string;
  readonly allocate_network?: 'none' | 'auto';
  readonly port_extra_properties?: JsonMap;
}

/** Acts: suspend, resume, stop, start, reboot, resize {flavor}, rebuild {image}, attach_nic, detach_port {port}, set_metadata, change_password. */
export interface ServerSpec extends Named {
  readonly flavor: string;
  readonly image?: string;
  readonly key_name?: string;
  readonly networks?: readonly NicSpec[];
  readonly security_groups?: readonly string[];
  readonly user_data?: string;
  readonly metadata?: JsonMap;
  readonly availability_zone?: string;
  readonly admin_pass?: string;
  readonly config_drive?: boolean;
  readonly scheduler_hints?: JsonMap;
  readonly block_device_mapping_v2?: readonly JsonMap[];
  readonly tags?: readonly string[];
}

/** Made from nothing, or from one of image, snapshot, volume, backup. Acts: extend {size}, retype {volume_type}, restore {backup}. */
export interface VolumeSpec extends Named {
  readonly size?: number;
  readonly image?: string;
  readonly snapshot_id?: string;
  readonly source_volid?: string;
  readonly backup_id?: string;
  readonly volume_type?: string;
  readonly availability_zone?: string;
  readonly metadata?: JsonMap;
  readonly description?: string;
  readonly read_only?: boolean;
}

/** `cidr_block` makes it a VPC. */
export interface NetworkSpec extends Named {
  readonly admin_state_up?: boolean;
  readonly shared?: boolean;
  readonly 'router:external'?: boolean;
  readonly cidr_block?: string;
}

/** An absent gateway is the first address, null or an empty text is none. */
export interface SubnetSpec extends Named {
  readonly network: string;
  readonly cidr?: string;
  readonly gateway_ip?: string | null;
  readonly allocation_pools?: readonly { readonly start: string; readonly end: string }[];
  readonly ip_version?: 4 | 6;
  readonly enable_dhcp?: boolean;
  readonly dns_nameservers?: readonly string[];
  readonly host_routes?: readonly JsonMap[];
}

/** Without `fixed_ips` it gets an address of any subnet; without `network` the subnets tell it. */
export interface PortSpec extends Named {
  readonly network?: string;
  readonly fixed_ips?: readonly { readonly subnet?: string; readonly ip_address?: string }[];
  readonly no_fixed_ips?: boolean;
  readonly security_groups?: readonly string[];
  readonly mac_address?: string;
  readonly device_id?: string;
  readonly device_owner?: string;
  readonly allowed_address_pairs?: readonly JsonMap[];
}

export interface RouterSpec extends Named {
  readonly external_gateway_info?: { readonly network: string; readonly enable_snat?: boolean } | null;
  readonly admin_state_up?: boolean;
}

export interface FloatingIpSpec {
  readonly id?: string;
  readonly floating_network: string;
  readonly port_id?: string | null;
  readonly fixed_ip_address?: string;
  readonly floating_ip_address?: string;
  readonly floating_subnet?: string;
}

export interface SecurityGroupRuleSpec {
  readonly id?: string;
  readonly security_group: string;
  readonly direction?: 'ingress' | 'egress';
  readonly ethertype?: 'IPv4' | 'IPv6';
  readonly protocol?: string;
  readonly port_range_min?: number;
  readonly port_range_max?: number;
  readonly remote_ip_prefix?: string;
  readonly remote_group_id?: string;
}

/** The shape of a spec, by kind. */
export interface CloudSpecs extends Record<CloudKind, object> {
  servers: ServerSpec;
  flavors: Named & { ram: number; vcpus: number; disk?: number; ephemeral?: number; swap?: number; flavorid?: string };
  /** `server`: a snapshot of it. */
  images: Named & { server?: string };
  /** The answer to create brings the private key if no public one was given. */
  keypairs: { name: string; public_key?: string; type?: 'ssh' | 'x509' };
  server_groups: Named & { policies?: readonly string[]; rules?: JsonMap };
  volumes: VolumeSpec;
  volume_snapshots: Named & { volume: string; force?: boolean };
  volume_backups: Named & { volume: string; force?: boolean };
  volume_attachments: { server: string; volume: string; device?: string };
  networks: NetworkSpec;
  subnets: SubnetSpec;
  ports: PortSpec;
  routers: RouterSpec;
  router_interfaces: { router: string; subnet?: string; port?: string };
  floating_ips: FloatingIpSpec;
  security_groups: Named & { description?: string; stateful?: boolean };
  security_group_rules: SecurityGroupRuleSpec;
  load_balancers: Named & {
    vip_subnet?: string;
    vip_network?: string;
    vip_address?: string;
    security_groups?: readonly string[];
  };
  listeners: Named & { loadbalancer: string; protocol: string; protocol_port: number; default_pool?: string };
  pools: Named & { loadbalancer?: string; listener?: string; protocol: string; lb_algorithm: string };
  members: Named & { pool: string; address: string; protocol_port: number; weight?: number; subnet?: string };
  health_monitors: Named & { pool: string; type: string; delay: number; timeout: number; max_retries: number };
  /** Acts: put_object {name, content}, delete_object {name}, purge. `exclusive` refuses a second one of the name. */
  containers: { name: string; headers?: JsonMap; exclusive?: boolean };
  parameters: { name: string; value: string; type?: string };
  secrets: Named & { payload?: string; exclusive?: boolean };
  /** Acts: publish {body}. */
  topics: { name: string };
  /** Acts: post {body}, purge. */
  queues: { name: string; metadata?: Json };
}
