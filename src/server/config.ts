import { InvalidRequestError } from '../engine/model/errors.js';
import type { AllowedHosts } from '../outside/allowed-hosts.js';
import { networksOf } from '../outside/private-addresses.js';
import type { CallVerb, FaultKind, FaultPlan, FaultRule } from '../resources/clouds/faults.js';

interface MsRange {
  readonly min: number;
  readonly max: number;
}

/** A rule of the rehearsal plan as the file writes it. */
export interface FaultRuleConfig {
  readonly type?: string;
  readonly resource?: string;
  readonly verb?: CallVerb;
  readonly nth?: readonly number[];
  readonly every?: number;
  readonly probability?: number;
  readonly fault?: FaultKind;
  readonly message?: string;
  readonly latency_ms?: MsRange;
  readonly build_ms?: MsRange;
}

/** An outside Keystone instead of our own identity service. */
export interface KeystoneConfig {
  readonly auth_url: string;
  readonly username: string;
  readonly password: string;
  readonly project_name: string;
  readonly user_domain_name?: string;
  readonly project_domain_name?: string;
  readonly cache_seconds?: number;
  readonly timeout_seconds?: number;
}

/** The configuration as the file writes it: everything has a default. docs/configuration.md explains each key. */
export interface ServerConfig {
  readonly host?: string;
  readonly port?: number;
  readonly public_url?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly shutdown_grace_seconds?: number;
  readonly log?: { readonly level?: string };
  readonly region?: { readonly openstack?: string; readonly aws?: string };
  readonly limits?: {
    readonly body_bytes?: number;
    readonly template_bytes?: number;
    readonly stacks_per_project?: number;
    readonly resources_per_stack?: number;
    readonly nested_depth?: number;
    readonly stack_timeout_minutes?: number;
  };
  readonly timeouts?: {
    readonly headers_seconds?: number;
    readonly request_seconds?: number;
    readonly keep_alive_seconds?: number;
  };
  readonly heat?: {
    readonly stack_adopt?: boolean;
    readonly stack_abandon?: boolean;
    readonly global_index?: boolean;
    readonly hidden_stack_tag?: string;
  };
  readonly cfn?: {
    readonly template_body_bytes?: number;
    readonly template_url_bytes?: number;
    readonly clock_skew_seconds?: number;
  };
  readonly outbound?: {
    /** Hosts that templates may name: for templates by their address, custom resources, macros, web hooks. */
    readonly hosts?: readonly string[];
    /** Private networks among them; without, none is reached. */
    readonly private_networks?: readonly string[];
  };
  readonly s3?: {
    readonly max_object_bytes?: number;
    readonly buckets_per_project?: number;
    /** Names of this server that a bucket's name may stand before: `bucket.<name>`. */
    readonly hosts?: readonly string[];
  };
  readonly engine?: {
    readonly retry_limit?: number;
    readonly retry_base_ms?: number;
    readonly retry_max_ms?: number;
    readonly cancel_grace_seconds?: number;
  };
  readonly identity?: {
    readonly token_lifetime_seconds?: number;
    readonly cache_seconds?: number;
    readonly admin_password?: string;
    readonly demo_password?: string;
    readonly login_limits?: {
      readonly window_seconds?: number;
      readonly per_user_and_address?: number;
      readonly per_user?: number;
      readonly per_address?: number;
    };
    readonly keystone?: KeystoneConfig;
  };
  readonly cloud?: {
    readonly concurrency?: number;
    readonly lenient?: boolean;
    readonly strict_routing?: boolean;
    readonly quotas?: { readonly [name: string]: number };
    readonly faults?: { readonly seed?: string; readonly rules: readonly FaultRuleConfig[] };
  };
}

/** Heat's own port. */
export const DEFAULT_PORT = 8004;
/** Only this machine, unless told otherwise. */
export const DEFAULT_HOST = '127.0.0.1';
/** The region that CloudFormation's clients take when none is named. */
export const DEFAULT_AWS_REGION = 'us-east-1';
/** How long a stopping server lets running calls end. */
export const DEFAULT_SHUTDOWN_GRACE_SECONDS = 10;

/** An object without its undefined entries, as exact optional properties want it. */
export function given<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Seconds of the file as milliseconds. */
export const inMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1000);

/** Which hosts templates may name; throws if a network is none. */
export function allowedHosts({ outbound = {} }: ServerConfig): AllowedHosts {
  try {
    networksOf(outbound.private_networks ?? []);
  } catch (cause) {
    throw new InvalidRequestError(`outbound.private_networks: ${(cause as Error).message}`, undefined, {});
  }
  return { hosts: outbound.hosts ?? [], ...given({ privateNetworks: outbound.private_networks }) };
}

/** The rehearsal plan of the file in the form that the simulated cloud takes. */
export function faultPlan(faults: NonNullable<NonNullable<ServerConfig['cloud']>['faults']>): FaultPlan {
  return {
    seed: faults.seed ?? 'rehearsal',
    rules: faults.rules.map(
      ({ latency_ms: latencyMs, build_ms: buildMs, ...rule }): FaultRule => ({
        ...rule,
        ...given({ latencyMs, buildMs }),
      }),
    ),
  };
}
