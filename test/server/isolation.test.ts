import { ACTIONS } from '../../src/api-cfn/action-table.js';
import { operationNamed, operationNames, type Shape, shapeNamed } from '../../src/api-cfn/model/service-model.js';
import { NATIVE_ROUTES } from '../../src/api-native/native-api.js';
import { type AccessKey, Served, type Session } from '../helpers/served.js';

/** Stands in names, values and texts of the first project: no other project may ever read it. */
const MARK = 'onlyforowners';

const TEMPLATE = {
  heat_template_version: '2018-08-31',
  description: MARK,
  parameters: { p: { type: 'string', default: MARK } },
  resources: {
    [`r${MARK}`]: { type: 'OS::Heat::Value', properties: { value: MARK } },
    handle: { type: 'OS::Heat::WaitConditionHandle' },
    user: { type: 'AWS::CloudFormation::WaitConditionHandle' },
  },
  outputs: {
    [`o${MARK}`]: { value: { get_attr: [`r${MARK}`, 'value'] } },
    token: { value: { get_attr: ['handle', 'token'] } },
  },
};
const CFN_TEMPLATE = JSON.stringify({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: MARK,
  Resources: { A: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
  Outputs: { O: { Value: MARK, Export: { Name: `export${MARK}` } } },
});

/** What the first project has, by the names of the variables of paths. */
interface Belongings {
  readonly [variable: string]: string;
}

let served: Served;
let owner: Session & AccessKey;
let stranger: Session & AccessKey;
/** A user that another stack of the first project has made. */
let neighbour: Session;
let things: Belongings;
/** Everything that may not come out. */
let forbidden: string[];

beforeAll(async () => {
  served = await Served.start({}, 'error');
  owner = await served.project('owner');
  stranger = await served.project('stranger');
  const name = `web${MARK}`;
  const id = await served.createStack(owner, name, { template: TEMPLATE, tags: MARK });
  const at = `/stacks/${name}/${id}`;
  const get = async (path: string) => JSON.parse((await served.heat(owner, 'GET', path)).text);
  const made = async (path: string, body: object) => JSON.parse((await served.heat(owner, 'POST', path, body)).text);
  const resources = (await get(`${at}/resources`)).resources as { physical_resource_id: string }[];
  const events = (await get(`${at}/events`)).events as { id: string; resource_name: string }[];
  const snapshot = (await made(`${at}/snapshots`, { name: `s${MARK}` })) as { id: string };
  await served.engine.stacks.settled(id);
  const config = (await made('/software_configs', { name: `c${MARK}`, group: 'script', config: MARK })).software_config;
  const deployment = (
    await made('/software_deployments', { config_id: config.id, server_id: `server${MARK}`, input_values: { a: MARK } })
  ).software_deployment;
  const cfnName = `cfn${MARK}`;
  const created = await served.cfn(owner, 'CreateStack', { StackName: cfnName, TemplateBody: CFN_TEMPLATE });
  const arn = /<StackId>([^<]+)</.exec(created.text)?.[1] ?? '';
  await served.engine.stacks.settled(arn.split('/').at(-1) ?? '');
  const changes = await served.cfn(owner, 'CreateChangeSet', {
    StackName: cfnName,
    ChangeSetName: `changes${MARK}`,
    TemplateBody: CFN_TEMPLATE.replace(MARK, `${MARK}2`),
  });
  const changeSetArn = /<Id>([^<]+)</.exec(changes.text)?.[1] ?? '';
  things = {
    stack_name: name,
    stack_id: id,
    resource_name: `r${MARK}`,
    event_id: events.find((event) => event.resource_name === `r${MARK}`)?.id ?? '',
    snapshot_id: snapshot.id,
    output_key: `o${MARK}`,
    config_id: config.id,
    deployment_id: deployment.id,
    server_id: `server${MARK}`,
    cfn_name: cfnName,
    arn,
    change_set: changeSetArn,
    export_name: `export${MARK}`,
  };
  for (const [variable, value] of Object.entries(things)) {
    if (value === '') throw new Error(`the first project has no ${variable}`);
  }
  // The name in a path may be repeated by an error message: it is the caller's own.
  forbidden = [
    ...resources.map((resource) => resource.physical_resource_id).filter((one) => one.length > 8),
    ...events.map((event) => event.id),
    MARK,
    id,
    snapshot.id,
    config.id,
    deployment.id,
    owner.token,
    owner.secret,
    owner.userId,
  ];
  const other = await served.createStack(owner, 'neighbour', { template: { ...TEMPLATE, description: 'x' } });
  const shown = JSON.parse((await served.heat(owner, 'GET', `/stacks/neighbour/${other}/outputs/token`)).text);
  // The handle's token comes as JSON with the user's own token or as the token itself, by the kind of its signals.
  const [user] = await served.server.engine.store.documents.list('stack-user', other);
  const body = user?.body as { token?: { reveal(): unknown } } | undefined;
  neighbour = {
    token: String(body?.token?.reveal() ?? shown.output.output_value),
    projectId: owner.projectId,
    userId: '',
  };
}, 60_000);
afterAll(() => served.end());

/** All that stands in an answer but what the request itself had said. */
function leaks(answer: string, request: string): string[] {
  const own = new Set(forbidden.filter((text) => request.includes(text)));
  let rest = answer;
  // Longest first, so that a name which holds the mark goes as a whole.
  for (const value of Object.values(things).sort((a, b) => b.length - a.length)) {
    if (request.includes(value)) rest = rest.replaceAll(value, '');
  }
  return forbidden.filter((text) => !own.has(text) || text === MARK).filter((text) => rest.includes(text));
}

const BODIES: { readonly [key: string]: object } = {
  stacks: { stack_name: 'mine', template: { heat_template_version: '2018-08-31' } },
  actions: { check: null },
  software_configs: { name: 'mine', config: 'x' },
};

function fill(path: string): string {
  return path.replace(/\{(\w+)\*?(?::([^}|]*)[^}]*)?\}/g, (_, name: string, choice: string | undefined) => {
    if (choice === 'arn:')
      return encodeURIComponent(
        `arn:openstack:heat::${owner.projectId}:stacks/${things.stack_name}/${things.stack_id}`,
      );
    return encodeURIComponent(choice ?? things[name] ?? 'x');
  });
}

const routes = NATIVE_ROUTES.flatMap((route) =>
  route.methods.map((method) => ({ ...route, method, name: `${method} ${route.path}` })),
);

test.each(routes)("$name gives nothing of another project's", async ({ method, path }) => {
  const filled = fill(path);
  const isOfOwner = filled !== path;
  const body =
    method === 'GET' || method === 'DELETE' ? undefined : (BODIES[path.split('/').at(-1) ?? ''] ?? BODIES.stacks);
  const request = `${filled} ${JSON.stringify(body ?? {})}`;
  // In the stranger's own project, where the ids of others must not be found.
  const inOwn = await served.heat(stranger, method, filled, body);
  expect({ status: inOwn.status, leaks: leaks(inOwn.text + String(inOwn.headers.location ?? ''), request) }).toEqual({
    status: expect.any(Number),
    leaks: [],
  });
  // Types and template versions are everybody's; a server without deployments has an empty list, an ARN is only rewritten.
  const isEverybodys = /resource_types|template_versions|metadata\/\{server_id\}|arn:/.test(path);
  if (isOfOwner && !isEverybodys) expect([400, 403, 404]).toContain(inOwn.status);
  // In the first project's path, which is refused whatever follows.
  const inTheirs = await served.heat({ ...stranger, projectId: owner.projectId }, method, filled, body);
  expect(inTheirs.status).toBe(403);
  expect(leaks(inTheirs.text, request)).toEqual([]);
});

test.each(routes)('$name gives nothing to a user of another stack', async ({ method, path, access }) => {
  const filled = fill(path);
  const body =
    method === 'GET' || method === 'DELETE' ? undefined : (BODIES[path.split('/').at(-1) ?? ''] ?? BODIES.stacks);
  const answer = await served.heat(neighbour, method, filled, body);
  const request = `${filled} ${JSON.stringify(body ?? {})}`;
  expect({ leaks: leaks(answer.text + String(answer.headers.location ?? ''), request) }).toEqual({ leaks: [] });
  expect(access === 'stack-user' ? [200, 302, 400, 403, 404, 405] : [403]).toContain(answer.status);
});

/** Values for the members of an action's input that name what the first project has. */
function fieldsOf(name: string): { [field: string]: string } {
  const input = operationNamed(name)?.input;
  const shape: Shape | undefined = input === undefined ? undefined : shapeNamed(input);
  const fields: { [field: string]: string } = {};
  for (const member of Object.keys(shape?.members ?? {})) {
    if (member === 'ChangeSetName') fields[member] = things.change_set ?? '';
    else if (member === 'StackName') fields[member] = things.arn ?? '';
    else if (member === 'LogicalResourceId') fields[member] = 'A';
    else if (member === 'UniqueId') fields[member] = 'x';
    else if (member === 'Status') fields[member] = 'SUCCESS';
    else if (member === 'ExportName') fields[member] = `export${MARK}`;
    else if (shape?.required?.includes(member)) fields[member] = 'x';
  }
  return fields;
}

test.each(operationNames().map((name) => ({ name, isKnown: ACTIONS.some((action) => action.name === name) })))(
  "CloudFormation's $name gives nothing of another project's",
  async ({ name }) => {
    const fields = fieldsOf(name);
    const byArn = await served.cfn(stranger, name, fields);
    const byName = await served.cfn(stranger, name, {
      ...fields,
      ...('StackName' in fields ? { StackName: things.cfn_name ?? '' } : {}),
    });
    for (const answer of [byArn, byName]) {
      expect({ name, leaks: leaks(answer.text, `${JSON.stringify(fields)} ${things.cfn_name}`) }).toEqual({
        name,
        leaks: [],
      });
      expect(answer.status).toBeLessThan(500);
    }
  },
);

test('after all that the first project has what it had', async () => {
  const at = `/stacks/${things.stack_name}/${things.stack_id}`;
  const shown = JSON.parse((await served.heat(owner, 'GET', at)).text) as {
    stack: { stack_status: string; tags: string[] };
  };
  expect(shown.stack).toMatchObject({ stack_status: 'SNAPSHOT_COMPLETE', tags: [MARK] });
  expect((await served.heat(owner, 'GET', `${at}/snapshots/${things.snapshot_id}`)).status).toBe(200);
  expect((await served.heat(owner, 'GET', `/software_configs/${things.config_id}`)).status).toBe(200);
  expect((await served.heat(owner, 'GET', `/software_deployments/${things.deployment_id}`)).status).toBe(200);
  expect((await served.cfn(owner, 'DescribeChangeSet', { ChangeSetName: things.change_set ?? '' })).status).toBe(200);
});
