import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { identityRoutes } from '../../src/api-identity/identity-api.js';
import { NATIVE_ROUTES } from '../../src/api-native/native-api.js';
import { Served, type Session } from '../helpers/served.js';
import { deliver } from './client.js';
import { HOSTILE_TEMPLATES } from './hostile-templates.js';
import { type FuzzRequest, fuzzRequests, json, type Surface } from './requests.js';

const IS_LONG = process.env.BATON_LONG !== undefined;
const COUNT = Number(process.env.BATON_FUZZ_COUNT ?? (IS_LONG ? 20_000 : 1500));
const SEED = Number(process.env.BATON_FUZZ_SEED ?? 20_261_122);
const PARALLEL = 8;
/** What caches may take for good: measured 20 MB after 20,000 requests. */
const MAX_GROWTH_BYTES = 60 * 1024 * 1024;
/** No request may keep the one thread longer; the machine may be busy. */
const MAX_MS = 10_000;

const KEPT = {
  template: {
    heat_template_version: '2018-08-31',
    parameters: { p: { type: 'string', default: 'kept' }, s: { type: 'string', hidden: true, default: 'hidden' } },
    resources: {
      a: { type: 'OS::Heat::Value', properties: { value: { get_param: 'p' } } },
      b: { type: 'OS::Heat::RandomString', properties: { length: 20 } },
      h: { type: 'AWS::CloudFormation::WaitConditionHandle' },
    },
    outputs: {
      o: { value: { get_attr: ['a', 'value'] } },
      r: { value: { get_attr: ['b', 'value'] } },
      url: { value: { get_resource: 'h' } },
    },
  },
};
const VICTIM = {
  template: {
    ...KEPT.template,
    resources: {
      ...KEPT.template.resources,
      w: { type: 'OS::Heat::WaitConditionHandle' },
      t: { type: 'OS::Heat::TestResource', properties: { value: 'x' } },
    },
  },
};

let served: Served;
let victim: Session;
let keeper: Session;
let admin: Session;

beforeAll(async () => {
  served = await Served.start({ limits: { stacks_per_project: 40 } }, 'error');
  admin = await served.admin();
  keeper = await served.project('keeper');
  victim = await served.project('victim');
});
afterAll(() => served.end());

const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) gc();
};

async function surfaceOf(
  victimIds: readonly string[],
  keptIds: readonly string[],
  signalUrl: string,
): Promise<Surface> {
  const own = served.server.identity.own;
  if (!own) throw new Error('no identity');
  const heat = NATIVE_ROUTES.map(({ path, methods }) => ({
    path: `/v1/${victim.projectId}${path.replace(/\{\w+\*:(\w+:)\}/, '$1openstack:heat::p:stacks/{a}/{b}').replace(/\{\w+:([^}|]+)[^}]*\}/, '$1')}`,
    methods,
    api: 'heat' as const,
  }));
  const stackRoutes = heat
    .filter(({ path }) => path.includes('{stack_id}'))
    .flatMap((route) =>
      victimIds.map((id, index) => ({
        ...route,
        path: route.path.replace('{stack_name}', `victim${index}`).replace('{stack_id}', id),
      })),
    );
  const foreign = stackRoutes.map((route) => ({
    ...route,
    path: route.path.replace(/victim0\/[^/]+/, `kept0/${keptIds[0]}`),
  }));
  const identity = identityRoutes(own, Date.now).flatMap((table) =>
    Object.entries(table).map(([path, methods]) => ({
      path: `/identity${path === '/' ? '' : path}`,
      methods: Object.keys(methods),
      api: 'identity' as const,
    })),
  );
  const signal = new URL(signalUrl);
  const cfn = [
    { path: `${signal.pathname}{!}`.replace('{!}', ''), methods: ['PUT'], api: 'cfn' as const },
    { path: '/cfn/v1/waitcondition/{arn}/{stack}/{id}/resources/{name}', methods: ['PUT'], api: 'cfn' as const },
    { path: '/cfn/v1/signal/{arn}/{stack}/{id}/resources/{name}', methods: ['POST'], api: 'cfn' as const },
    { path: '/cfn/{x}', methods: ['GET', 'POST'], api: 'cfn' as const },
    { path: '/swift/v1/{account}/{container}/{object}', methods: ['GET', 'PUT'], api: 'cfn' as const },
    { path: '/answers/{resource}/{request}', methods: ['PUT'], api: 'cfn' as const },
    { path: '/messaging/v2/queues/{queue}', methods: ['PUT', 'GET', 'DELETE'], api: 'cfn' as const },
    { path: '/messaging/v2/queues/{queue}/messages', methods: ['POST', 'GET'], api: 'cfn' as const },
    { path: '/messaging/v2/queues/{queue}/{part}/{id}', methods: ['GET', 'DELETE', 'PATCH'], api: 'cfn' as const },
    { path: '/s3/{bucket}/{key}', methods: ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'], api: 'cfn' as const },
    { path: '/healthcheck', methods: ['GET'], api: 'cfn' as const },
    { path: '/v1/{project}', methods: ['GET'], api: 'heat' as const },
  ];
  return {
    routes: [
      ...heat,
      ...stackRoutes,
      ...stackRoutes,
      ...foreign,
      ...identity,
      ...cfn,
      ...Array.from({ length: 40 }, () =>
        heat.filter(({ path }) => /\/(stacks|stacks\/preview|validate)$/.test(path)),
      ).flat(),
    ],
    words: [
      'victim0',
      ...victimIds,
      'kept0',
      ...keptIds,
      victim.projectId,
      victim.userId,
      keeper.projectId,
      'a',
      'b',
      'h',
      'w',
      't',
      'o',
      'r',
      'p',
      'OS::Heat::Value',
      'OS::Nova::Server',
      'AWS::EC2::Instance',
      'heat_template_version.2018-08-31',
      'default',
      'RegionOne',
      'member',
      'preview',
      'detail',
    ],
    fields: [
      'auth',
      'identity',
      'methods',
      'password',
      'scope',
      'user',
      'project',
      'domain',
      'name',
      'id',
      'token',
      'group',
      'role',
      'credential',
      'blob',
      'type',
      'application_credential',
      'trust',
      'service',
      'endpoint',
      'region',
      'tags',
      'tenant_id',
      'enabled',
      'email',
      'description',
      'parent_id',
      'options',
      'expires_at',
      'roles',
      'impersonation',
      'trustor_user_id',
      'trustee_user_id',
      'access',
      'secret',
      'signature',
      'params',
      'url',
      'interface',
      'region_id',
      'service_id',
      'default_project_id',
      'original_password',
      'unrestricted',
      'system',
      'stack_name',
      'template',
      'parameters',
      'environment',
      'suspend',
      'resume',
      'check',
      'cancel_update',
      'mark_unhealthy',
      'resource_status_reason',
      'config',
      'inputs',
      'outputs',
      'config_id',
      'server_id',
      'input_values',
      'output_values',
      'action',
      'status',
      'status_reason',
      'unset_hook',
      'Data',
      'Id',
      'UniqueId',
      'Reason',
      'Status',
      'data',
      'reason',
      '__proto__',
      'constructor',
    ],
    queryKeys: [
      'limit',
      'marker',
      'sort_keys',
      'sort_dir',
      'status',
      'tags',
      'tags-any',
      'not-tags',
      'not_tags',
      'with_count',
      'nested_depth',
      'name',
      'show_deleted',
      'show_nested',
      'show_hidden',
      'resolve_outputs',
      'with_attr',
      'with_detail',
      'global_tenant',
      'template_type',
      'ignore_errors',
      'timeout_mins',
      'type',
      'id',
      'action',
      'version',
      'support_status',
      'owner_id',
      'username',
      'domain_id',
      'user.id',
      'scope.project.id',
      'effective',
      'include_names',
      'enabled',
      'nocatalog',
      'parent_id',
      'resource_status',
      'resource_name',
      'server_id',
      'AWSAccessKeyId',
      'Signature',
      'SignatureVersion',
      'SignatureMethod',
      'Action',
      'Version',
      'ContentType',
      'temp_url_sig',
      'temp_url_expires',
      'expires',
      'signature',
      'baton_limit',
      'baton_marker',
      'is_domain',
      'name__contains',
    ],
    tokens: [victim.token, victim.token, victim.token, admin.token],
  };
}

function hostileRequests(stackId: string): FuzzRequest[] {
  const headers = { 'x-auth-token': victim.token, 'content-type': 'application/json', accept: 'application/json' };
  const heat = `/v1/${victim.projectId}`;
  return HOSTILE_TEMPLATES.flatMap((template, index) =>
    [
      { method: 'POST', target: `${heat}/validate?show_nested=true` },
      { method: 'POST', target: `${heat}/stacks/preview` },
      { method: 'POST', target: `${heat}/stacks` },
      { method: 'PUT', target: `${heat}/stacks/victim0/${stackId}/preview?show_nested=true` },
    ].map((where) => {
      const body = Buffer.from(json({ stack_name: `hostile${index}`, template }));
      return { ...where, headers, body, delivery: 'whole' as const };
    }),
  );
}

async function snapshot(ids: readonly string[]) {
  return Promise.all(
    ids.map(
      async (id, index) => JSON.parse((await served.heat(keeper, 'GET', `/stacks/kept${index}/${id}`)).text) as unknown,
    ),
  );
}

/** Requests by the administrator are kept from what the run itself stands on. */
function isHarmless({ method, target, headers }: FuzzRequest): boolean {
  return (
    headers['x-auth-token'] !== admin.token ||
    method === 'GET' ||
    method === 'HEAD' ||
    target.startsWith('/identity/v3/auth') ||
    target.includes(victim.userId)
  );
}

test(
  `${COUNT} bad requests leave no 5xx, no growth of memory and all earlier stacks as they were`,
  async () => {
    const keptIds: string[] = [];
    for (let index = 0; index < 3; index++) keptIds.push(await served.createStack(keeper, `kept${index}`, KEPT));
    const victimIds: string[] = [];
    for (let index = 0; index < 3; index++) victimIds.push(await served.createStack(victim, `victim${index}`, VICTIM));
    const before = await snapshot(keptIds);
    const signalUrl = String(
      (
        await served.engine.stacks.outputs(
          {
            projectId: victim.projectId,
            projectName: '',
            userId: '',
            userName: '',
            roles: ['member'],
            isAdmin: false,
            region: 'us-east-1',
            origin: 'heat',
          },
          victimIds[0] ?? '',
        )
      ).find(({ name }) => name === 'url')?.value,
    );
    const requests = fc
      .sample(fuzzRequests(await surfaceOf(victimIds, keptIds, signalUrl)), {
        numRuns: Math.ceil(COUNT * 1.2),
        seed: SEED,
      })
      .filter(isHarmless)
      .slice(0, COUNT);
    // All hostile templates in the long run, and as bodies of every kind; some of the ordinary requests bring them too.
    if (IS_LONG) requests.unshift(...hostileRequests(victimIds[0] ?? ''));
    const counts = new Map<number, number>();
    const failures = new Map<string, string>();
    const slow: string[] = [];
    let memory = 0;
    let next = 0;
    let pauseMs = 0;
    let ticked = performance.now();
    const ticker = setInterval(() => {
      pauseMs = Math.max(pauseMs, performance.now() - ticked - 50);
      ticked = performance.now();
    }, 50);
    const worker = async () => {
      for (let request = requests[next++]; request; request = requests[next++]) {
        // Caches and compiled code have filled by then: what comes on top would be a leak.
        if (next === Math.floor(requests.length / 3)) {
          collectGarbage();
          memory = process.memoryUsage().rss;
        }
        const from = served.logged.length;
        const { status, ms, text } = await deliver(served.server.port, request);
        counts.set(status, (counts.get(status) ?? 0) + 1);
        const what = () =>
          `${status} ${Math.round(ms)} ms ${request.delivery} ${request.method} ${request.target.slice(0, 300)} ${request.body?.toString().slice(0, 600) ?? ''}`;
        if (status >= 500 || status === -1) {
          const log = served.logged.slice(from).find((line) => line.includes('"err"')) ?? '';
          const { err } = log === '' ? { err: {} } : (JSON.parse(log) as { err?: { stack?: string } });
          const stack = (err as { stack?: string } | undefined)?.stack ?? '';
          failures.set(
            `${status} ${stack.split('\n').slice(0, 2).join(' ').slice(0, 300) || text.slice(0, 200)}`,
            `${what()}\n${stack.slice(0, 1500) || text.slice(-500)}`,
          );
        }
        if (ms > 1000 && request.delivery !== 'slow') slow.push(what().slice(0, 250));
        if (status === 201 && /\/stacks\/?(\?|$)/.test(request.target)) await forget(text);
      }
    };
    try {
      await Promise.all(Array.from({ length: PARALLEL }, worker));
    } finally {
      clearInterval(ticker);
    }
    collectGarbage();
    const growth = process.memoryUsage().rss - memory;
    if (IS_LONG) {
      const sorted = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      console.info(
        `${requests.length} requests, seed ${SEED}; ${sorted.join(', ')}; RSS grew by ${Math.round(growth / 1024 / 1024)} MB in the last two thirds; longest pause ${Math.round(pauseMs)} ms; over 1 s: ${slow.length}`,
      );
      if (slow.length > 0) console.info(slow.slice(0, 10).join('\n'));
    }
    expect([...failures.values()].join('\n\n')).toBe('');
    expect(slow.filter((line) => Number(line.split(' ')[1]) > MAX_MS)).toEqual([]);
    expect(await snapshot(keptIds)).toEqual(before);
    expect((await served.send({ method: 'GET', target: '/healthcheck' })).text).toBe('OK');
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  },
  IS_LONG ? 1_800_000 : 60_000,
);

/** A stack that a request made goes again, or the project would soon be full. */
async function forget(text: string): Promise<void> {
  const id = /"id":"([0-9a-f-]{36})"/.exec(text)?.[1];
  const name = /\/stacks\/([^/"]+)\//.exec(text)?.[1];
  if (id && name) await served.heat(victim, 'DELETE', `/stacks/${name}/${id}`);
}
