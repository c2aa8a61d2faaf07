import { isInstalled } from '../is-installed.js';
import { ClientBench, SIMPLE } from './client-bench.js';

const withClient = (await isInstalled('openstack', ['stack', 'list', '--help'])) ? describe : describe.skip;

withClient('openstack stack', () => {
  let bench: ClientBench;
  beforeAll(async () => {
    bench = await ClientBench.start();
    bench.file('simple.yaml', SIMPLE);
    bench.file('env.yaml', 'parameters: { value: from-file }\n');
    bench.file('second.yaml', 'parameter_defaults: { other: from-second }\n');
  });
  afterAll(() => bench.close());

  const create = (name: string, rest = '-t simple.yaml') => bench.json(`stack create --wait --poll 1 ${rest} ${name}`);

  test('lives from its creation with files and environments to its deletion', async () => {
    bench.file('sub/script.sh', '#!/bin/sh\necho hello\n');
    bench.file(
      'sub/nested.yaml',
      `heat_template_version: 2021-04-16
parameters: { word: { type: string } }
resources:
  inner: { type: OS::Heat::TestResource, properties: { value: { get_param: word } } }
  text: { type: OS::Heat::Value, properties: { value: { get_file: script.sh } } }
outputs:
  said: { value: { get_attr: [inner, output] } }
  text: { value: { get_attr: [text, value] } }
`,
    );
    bench.file(
      'outer.yaml',
      `heat_template_version: 2021-04-16
parameters: { word: { type: string, default: none } }
resources:
  direct: { type: sub/nested.yaml, properties: { word: { get_param: word } } }
  mapped: { type: My::Type, properties: { word: mapped } }
outputs:
  said: { value: { get_attr: [direct, said] } }
  text: { value: { get_attr: [mapped, text] } }
`,
    );
    bench.file('types.yaml', 'resource_registry: { "My::Type": sub/nested.yaml }\nparameters: { word: typed }\n');
    const made = await create('whole', '-t outer.yaml -e types.yaml --parameter word=given --tags a,b --timeout 10');
    expect(made).toMatchObject({ stack_name: 'whole', stack_status: 'CREATE_COMPLETE' });
    const shown = await bench.json<Record<string, unknown>>('stack show whole');
    expect(shown).toMatchObject({ stack_status: 'CREATE_COMPLETE', timeout_mins: 10, tags: expect.anything() });
    expect(await bench.text('stack output show whole said -c output_value -f value')).toBe('given\n');
    expect(await bench.text('stack output show whole text -c output_value -f value')).toContain('echo hello');
    const resources = await bench.json<Record<string, string>[]>('stack resource list -n 2 whole');
    expect(resources.map((row) => `${row.resource_name} ${row.resource_status}`).sort()).toEqual([
      'direct CREATE_COMPLETE',
      'inner CREATE_COMPLETE',
      'inner CREATE_COMPLETE',
      'mapped CREATE_COMPLETE',
      'text CREATE_COMPLETE',
      'text CREATE_COMPLETE',
    ]);
    expect(Object.keys(await bench.json('stack file list whole')).length).toBeGreaterThan(0);
    expect(await bench.text('stack environment show whole')).toContain('word: given');
    expect(await bench.text('stack template show whole')).toContain('My::Type');
    await bench.text('stack delete --wait --yes whole');
    const gone = await bench.run('openstack', 'stack show whole');
    expect(gone.code).toBe(1);
    expect(gone.err).toContain('Stack not found: whole');
  });

  test('is updated, and a PATCH keeps what it does not name', async () => {
    await create('patched', '-t simple.yaml -e env.yaml -e second.yaml');
    const value = () => bench.text('stack output show patched result -c output_value -f value');
    expect(await value()).toBe('from-file-from-second\n');
    await bench.text('stack update --wait --existing --parameter other=changed patched');
    expect(await value()).toBe('from-file-changed\n');
    await bench.text('stack update --wait --existing --clear-parameter value patched');
    expect(await value()).toBe('one-changed\n');
    await bench.text('stack update --wait -t simple.yaml --parameter value=two patched');
    expect(await value()).toBe('two-x\n');
    const dry = await bench.text('stack update --dry-run -t simple.yaml --parameter value=three patched');
    expect(dry).toContain('updated');
    expect(await value()).toBe('two-x\n');
    await bench.text('stack delete --yes --wait patched');
  });

  test('shows what a creation would do without doing it', async () => {
    const dry = await bench.run('openstack', 'stack create --dry-run -t simple.yaml preview');
    expect(dry.code).toBe(0);
    expect(dry.out).toContain('OS::Heat::TestResource');
    expect(await bench.json<unknown[]>('stack list --property name=preview')).toEqual([]);
  });

  test('is snapshot, restored, exported, abandoned and adopted', async () => {
    await create('saved', '-t simple.yaml --parameter value=first');
    const snapshot = await bench.json('stack snapshot create --name before saved');
    expect(snapshot).toMatchObject({ name: 'before' });
    const end = Date.now() + 20_000;
    while (Date.now() < end) {
      const [row] = await bench.json<Record<string, string>[]>('stack snapshot list saved');
      if (row?.status === 'COMPLETE') break;
    }
    await bench.text('stack update --wait -t simple.yaml --parameter value=second saved');
    await bench.text(`stack snapshot restore saved ${String(snapshot.ID)}`);
    await bench.follow('openstack', 'stack event list --follow saved', 'Stack RESTORE completed');
    expect(await bench.text('stack output show saved result -c output_value -f value')).toBe('first-x\n');
    await bench.text(`stack snapshot delete --yes saved ${String(snapshot.ID)}`);
    expect(await bench.json('stack snapshot list saved')).toEqual([]);
    const exported = JSON.parse(await bench.text('stack export saved'));
    expect(exported).toMatchObject({ name: 'saved', resources: { thing: { type: 'OS::Heat::TestResource' } } });
    const abandoned = JSON.parse(await bench.text('stack abandon saved'));
    expect(abandoned.resources.thing.resource_id).toBe(exported.resources.thing.resource_id);
    const file = bench.file('abandoned.json', JSON.stringify(abandoned));
    const adopted = await bench.json(`stack adopt --wait --adopt-file ${file} adopted`);
    expect(adopted).toMatchObject({ stack_status: 'ADOPT_COMPLETE' });
    const thing = await bench.json('stack resource show adopted thing');
    expect(thing.physical_resource_id).toBe(exported.resources.thing.resource_id);
    await bench.text('stack delete --yes --wait adopted');
  });

  test('lists with filters, sorting and pages', async () => {
    for (const name of ['list-a', 'list-b', 'list-c']) await create(name, `-t simple.yaml --tags listed,${name}`);
    const names = async (rest: string) =>
      (await bench.json<Record<string, string>[]>(`stack list --tags listed${rest}`)).map((row) => row['Stack Name']);
    expect(await names(' --sort stack_name:desc')).toEqual(['list-c', 'list-b', 'list-a']);
    // The client sorts what the server gave it: the two newest.
    expect(await names(' --sort stack_name:asc --limit 2')).toEqual(['list-b', 'list-c']);
    expect(await names(',list-b')).toEqual(['list-b']);
    expect(await names(' --property name=list-c')).toEqual(['list-c']);
    expect(await names(' --property status=FAILED')).toEqual([]);
    await bench.text('stack delete --yes --wait list-a list-b list-c');
    expect(await names('')).toEqual([]);
  });

  test('fails with a code and a sentence', async () => {
    bench.file('bad.yaml', SIMPLE.replace('OS::Heat::TestResource', 'OS::Heat::TestResourze'));
    const unknown = await bench.run('openstack', 'stack create -t bad.yaml bad');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('The Resource Type (OS::Heat::TestResourze) could not be found.');
    bench.file('failing.yaml', SIMPLE.replace('properties: {', 'properties: { fail: true,'));
    const failing = await bench.run('openstack', 'stack create --wait -t failing.yaml failing');
    expect(failing.code).toBe(1);
    expect(failing.err + failing.out).toContain('CREATE_FAILED');
    const failures = await bench.text('stack failures list failing');
    expect(failures).toContain('failing.thing');
    expect(failures).toContain('ValueError: resources.thing: Test Resource failed thing');
    const twice = await bench.run('openstack', 'stack create -t simple.yaml failing');
    expect(twice.err).toContain('The Stack (failing) already exists.');
    const parameter = await bench.run('openstack', 'stack create -t simple.yaml --parameter nope=1 other');
    expect(parameter.err).toContain('The Parameter (nope) was not defined in template.');
    const missing = await bench.run('openstack', 'stack delete --yes nothing');
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('Unable to delete 1 of the 1 stacks.');
    await bench.text('stack delete --yes --wait failing');
  });
});
