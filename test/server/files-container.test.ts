import { type AccessKey, Served, type Session } from '../helpers/served.js';

let served: Served;
let owner: Session & AccessKey;
let stranger: Session & AccessKey;

const ROOT = {
  heat_template_version: '2018-08-31',
  parameters: { word: { type: 'string', default: 'none' } },
  resources: {
    inner: { type: 'nested/inner.yaml', properties: { word: { get_param: 'word' } } },
    mapped: { type: 'My::Type', properties: { word: 'mapped' } },
    text: { type: 'OS::Heat::Value', properties: { value: { get_file: 'script.sh' } } },
  },
  outputs: {
    said: { value: { get_attr: ['inner', 'said'] } },
    mapped: { value: { get_attr: ['mapped', 'said'] } },
    text: { value: { get_attr: ['text', 'value'] } },
  },
};
const INNER = `heat_template_version: 2018-08-31
parameters: { word: { type: string } }
resources: { v: { type: OS::Heat::Value, properties: { value: { get_param: word } } } }
outputs: { said: { value: { get_attr: [v, value] } } }
`;
const ENVIRONMENT = 'parameters: { word: from-container }\nresource_registry: { "My::Type": nested/inner.yaml }\n';
const OBJECTS = { 'nested/inner.yaml': INNER, 'env.yaml': ENVIRONMENT, 'script.sh': 'echo container' };

beforeAll(async () => {
  served = await Served.start({ limits: { body_bytes: 20_000 } }, 'error');
  owner = await served.project('owner');
  stranger = await served.project('stranger');
  const container = (name: string) => ({ type: 'OS::Swift::Container', properties: { name } });
  const resources = { files: container('templates'), crowd: container('crowd') };
  await served.createStack(owner, 'holder', { template: { heat_template_version: '2018-08-31', resources } });
  for (const [name, text] of Object.entries(OBJECTS))
    expect((await served.putObject(owner, 'templates', name, text)).status).toBe(200);
});
afterAll(() => served.end());

const BODY = { template: ROOT, environment_files: ['env.yaml'], files_container: 'templates' };

async function outputs(id: string, name: string) {
  const { text } = await served.heat(owner, 'GET', `/stacks/${name}/${id}`);
  const { stack } = JSON.parse(text) as { stack: { outputs: { output_key: string; output_value: string }[] } };
  return Object.fromEntries(stack.outputs.map((one) => [one.output_key, one.output_value]));
}

test('a stack takes nested templates, environments and texts from a container', async () => {
  const id = await served.createStack(owner, 'whole', BODY);
  expect(await outputs(id, 'whole')).toEqual({ said: 'from-container', mapped: 'mapped', text: 'echo container' });
  const files = JSON.parse((await served.heat(owner, 'GET', `/stacks/whole/${id}/files`)).text) as object;
  expect(Object.keys(files).sort()).toEqual(['env.yaml', 'nested/inner.yaml', 'script.sh']);
});

test('files of the request go before those of the container', async () => {
  const id = await served.createStack(owner, 'mixed', { ...BODY, files: { 'script.sh': 'echo request' } });
  expect(await outputs(id, 'mixed')).toMatchObject({ said: 'from-container', text: 'echo request' });
});

test('previews, validations and updates take them too', async () => {
  const preview = await served.heat(owner, 'POST', '/stacks/preview', { stack_name: 'p', ...BODY });
  expect([preview.status, preview.text]).toEqual([200, expect.stringContaining('echo container')]);
  const valid = await served.heat(owner, 'POST', '/validate?show_nested=true', BODY);
  expect([valid.status, valid.text]).toEqual([200, expect.stringContaining('NestedParameters')]);
  const id = await served.createStack(owner, 'updated', { template: { heat_template_version: '2018-08-31' } });
  expect((await served.heat(owner, 'PUT', `/stacks/updated/${id}`, BODY)).status).toBe(202);
  await served.engine.stacks.settled(id);
  expect(await outputs(id, 'updated')).toMatchObject({ said: 'from-container' });
});

test.each([
  { who: () => owner, container: 'nothing' },
  // Another project's is as good as none.
  { who: () => stranger, container: 'templates' },
])('a container that the project does not have is not found', async ({ who, container }) => {
  const body = { stack_name: 'none', ...BODY, files_container: container };
  const answer = await served.heat(who(), 'POST', '/stacks', body);
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.text)).toMatchObject({
    error: {
      type: 'NotFound',
      message: `Could not fetch files from container ${container}, reason: the project has no container of this name.`,
    },
  });
});

test('more than a request may carry is refused', async () => {
  await served.putObject(owner, 'crowd', 'large', 'x'.repeat(30_000));
  const body = { ...BODY, files: OBJECTS, files_container: 'crowd' };
  const answer = await served.heat(owner, 'POST', '/stacks', { stack_name: 'large', ...body });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text)).toMatchObject({
    error: {
      type: 'DownloadLimitExceeded',
      message: expect.stringMatching(
        /^Total size of files to download \(30\d+ bytes\) exceeds maximum allowed \(20000 bytes\)\.$/,
      ),
    },
  });
  // What comes along is not fetched.
  const files = { ...OBJECTS, large: 'small' };
  expect((await served.heat(owner, 'POST', '/stacks/preview', { stack_name: 'l', ...body, files })).status).toBe(200);
});
