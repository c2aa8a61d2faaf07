import fc from 'fast-check';
import { parseQuery } from '../../src/api-native/query.js';
import { fakeEvent, fakeStack, MEMBER } from '../helpers/fake-stacks.js';
import { fakeApi } from '../helpers/native-client.js';

const ID = '11111111-1111-4111-8111-111111111111';

const segment = fc.oneof(
  fc.constantFrom(
    'stacks',
    'web',
    ID,
    'resources',
    'server',
    'events',
    'preview',
    'detail',
    'template',
    'outputs',
    'o',
    'snapshots',
    's1',
    'restore',
    'actions',
    'signal',
    'metadata',
    'validate',
    'resource_types',
    'OS::Heat::TestResource',
    'software_configs',
    'software_deployments',
    'template_versions',
    'functions',
    'build_info',
    'abandon',
    'export',
    `arn:openstack:heat::p1:stacks/web/${ID}`,
    `arn:openstack:heat::p1:stacks/web/${ID}%0a%c3%a9`,
    '%zz',
    '%ff',
    '..',
    '',
    '%00',
    '%2F',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const queryPart = fc.tuple(
  fc.constantFrom(
    'limit',
    'marker',
    'sort_keys',
    'sort_dir',
    'status',
    'tags',
    'not_tags',
    'with_count',
    'nested_depth',
    'name',
    'show_deleted',
    'resolve_outputs',
    'with_attr',
    'global_tenant',
    'template_type',
    'ignore_errors',
    'timeout_mins',
  ),
  fc.oneof(
    fc.constantFrom('', '0', '1', '-1', '99999999999999999999', 'true', 'x', '[', '%', '1e9'),
    fc.string({ unit: 'binary' }),
  ),
);
const field = fc.constantFrom(
  'stack_name',
  'template',
  'template_url',
  'parameters',
  'environment',
  'environment_files',
  'files',
  'timeout_mins',
  'disable_rollback',
  'tags',
  'adopt_stack_data',
  'converge',
  'clear_parameters',
  'suspend',
  'mark_unhealthy',
  'resource_status_reason',
  'name',
  'inputs',
  'outputs',
  'options',
  'config_id',
  'server_id',
  'input_values',
  'unset_hook',
  '__proto__',
  'constructor',
);
const json = fc.dictionary(field, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }).map((value) => JSON.stringify(value));
const body = fc.oneof(
  json,
  json.chain((text) => fc.nat(text.length).map((end) => text.slice(0, end))),
  fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.concat([Buffer.from('{'), bytes])),
  fc.constantFrom('', '{', `{"a":${'['.repeat(5000)}`, '{"a":1e999}', '{"template":"\\ud800"}', 'null', '[]'),
);

test('no request makes the API fail or forget its stacks', async () => {
  const bugs: unknown[] = [];
  const { api, stacks } = fakeApi({ reportBug: (bug) => bugs.push(bug) });
  const stack = fakeStack();
  stacks.stacks.push(stack);
  stacks.eventViews.push({ event: fakeEvent(), stack });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'BREW'),
      fc.array(segment, { maxLength: 6 }),
      fc.array(queryPart, { maxLength: 4 }),
      fc.option(body, { nil: undefined }),
      fc.constantFrom('application/json', '', 'text/plain', 'text/html', 'application/vnd.openstack.orchestration-v1'),
      async (method, segments, query, sent, accept) => {
        const answer = await api.handle({
          method,
          path: `/v1/p1/${segments.join('/')}`,
          query: parseQuery(query.map((pair) => pair.join('=')).join('&')),
          headers: { accept },
          baseUrl: 'http://heat:8004',
          caller: MEMBER,
          ...(sent === undefined ? {} : { body: sent }),
        });
        expect(bugs).toEqual([]);
        expect(answer.status).toBeLessThan(500);
        for (const text of Object.values(answer.headers)) expect(text).toMatch(/^[\x20-\x7e]*$/);
        if (answer.headers['content-type'] === 'application/json') JSON.parse(answer.body ?? '');
      },
    ),
    { numRuns: 3000 },
  );
  expect(stacks.stacks).toContain(stack);
});
