import type { JsonMap } from '../engine/model/value.js';

const flag = { type: 'boolean' };
const text = { type: 'string', minLength: 1 };
/** `10.1.0.0/16`, `fd00::/8`, or one address. */
const network = { type: 'string', pattern: '^[0-9a-fA-F.:]+(/[0-9]{1,3})?$' };
const count = (minimum: number, maximum?: number) => ({
  type: 'integer',
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});
const seconds = { type: 'number', minimum: 0, maximum: 2_000_000 };
const closed = (properties: JsonMap, required: readonly string[] = []): JsonMap => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...(required.length > 0 ? { required: [...required] } : {}),
});
const milliseconds = closed({ min: count(0), max: count(0) }, ['min', 'max']);

/** A rule of the rehearsal plan, as `src/resources/clouds/faults.ts` takes it but with snake-case keys. */
const faultRule = closed({
  type: text,
  resource: text,
  verb: { enum: ['create', 'get', 'find', 'update', 'delete', 'list', 'act'] },
  nth: { type: 'array', items: count(1), minItems: 1 },
  every: count(1),
  probability: { type: 'number', minimum: 0, maximum: 1 },
  fault: { enum: ['rejected', 'quota', 'missing', 'throttle', 'unavailable', 'flaky', 'lost-answer', 'error-state'] },
  message: text,
  latency_ms: milliseconds,
  build_ms: milliseconds,
});

/** The configuration file as a JSON Schema; each key is explained in docs/configuration.md. */
export const CONFIG_SCHEMA: JsonMap = closed({
  host: text,
  port: count(0, 65_535),
  public_url: { type: 'string', pattern: '^https?://[^/?#]+(/[^?#]*)?$' },
  tls: closed({ cert: text, key: text }, ['cert', 'key']),
  shutdown_grace_seconds: seconds,
  log: closed({ level: { enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] } }),
  region: closed({ openstack: text, aws: text }),
  limits: closed({
    body_bytes: count(1024),
    template_bytes: count(1),
    stacks_per_project: count(1),
    resources_per_stack: count(1),
    nested_depth: count(0, 100),
    stack_timeout_minutes: count(1),
  }),
  timeouts: closed({ headers_seconds: seconds, request_seconds: seconds, keep_alive_seconds: seconds }),
  heat: closed({ stack_adopt: flag, stack_abandon: flag, global_index: flag, hidden_stack_tag: text }),
  cfn: closed({
    template_body_bytes: count(1),
    template_url_bytes: count(1),
    clock_skew_seconds: seconds,
  }),
  outbound: closed({ hosts: { type: 'array', items: text }, private_networks: { type: 'array', items: network } }),
  s3: closed({ max_object_bytes: count(1), buckets_per_project: count(1), hosts: { type: 'array', items: text } }),
  engine: closed({
    retry_limit: count(0, 1000),
    retry_base_ms: count(0),
    retry_max_ms: count(0),
    cancel_grace_seconds: seconds,
  }),
  identity: closed({
    token_lifetime_seconds: count(1),
    cache_seconds: seconds,
    admin_password: text,
    demo_password: text,
    login_limits: closed({
      window_seconds: count(1),
      per_user_and_address: count(1),
      per_user: count(1),
      per_address: count(1),
    }),
    keystone: closed(
      {
        auth_url: { type: 'string', pattern: '^https?://' },
        username: text,
        password: text,
        project_name: text,
        user_domain_name: text,
        project_domain_name: text,
        cache_seconds: seconds,
        timeout_seconds: seconds,
      },
      ['auth_url', 'username', 'password', 'project_name'],
    ),
  }),
  cloud: closed({
    concurrency: count(1, 10_000),
    lenient: flag,
    strict_routing: flag,
    quotas: { type: 'object', additionalProperties: count(-1) },
    faults: closed({ seed: text, rules: { type: 'array', items: faultRule } }, ['rules']),
  }),
});

/** The names that a configuration of this schema may have, by their path: `['limits', 'body_bytes']`. */
export function settingPaths(schema: JsonMap = CONFIG_SCHEMA, path: readonly string[] = []): string[][] {
  const properties = schema.properties as { readonly [name: string]: JsonMap } | undefined;
  if (properties === undefined) return [[...path]];
  return Object.entries(properties).flatMap(([name, inner]) => settingPaths(inner, [...path, name]));
}

/** The part of the schema at a path. */
export function schemaAt(path: readonly string[]): JsonMap | undefined {
  let schema: JsonMap | undefined = CONFIG_SCHEMA;
  for (const name of path) schema = (schema?.properties as { readonly [name: string]: JsonMap } | undefined)?.[name];
  return schema;
}
