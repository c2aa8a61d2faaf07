/** How a simulated cloud behaves where clouds differ. */
export interface SimulatedSettings {
  /**
   * Images, flavors, key pairs and EC2 ids that nobody made are taken to exist, so that other people's templates run;
   * what looks like a UUID is always checked.
   */
  readonly lenient: boolean;
  /** Networks need a subnet to boot on, and floating IPs a router to reach their port. */
  readonly strictRouting: boolean;
  /** How many of each a project may have in a region; -1: any number. */
  readonly quotas: { readonly [name: string]: number };
}

/** OpenStack's quotas under their names, with room for big stacks. */
export const DEFAULT_QUOTAS: { readonly [name: string]: number } = {
  instances: 20_000,
  key_pairs: 10_000,
  server_groups: 10_000,
  volumes: 20_000,
  snapshots: 20_000,
  backups: 20_000,
  network: 10_000,
  subnet: 10_000,
  port: 50_000,
  router: 10_000,
  floatingip: 20_000,
  security_group: 10_000,
  security_group_rule: 100_000,
  load_balancer: 10_000,
  listener: 10_000,
  pool: 10_000,
  member: 50_000,
  health_monitor: 10_000,
};

/** Settings that let most templates run. */
export const DEFAULT_SETTINGS: SimulatedSettings = { lenient: true, strictRouting: false, quotas: DEFAULT_QUOTAS };
