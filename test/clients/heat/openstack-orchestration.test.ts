import { isInstalled } from '../is-installed.js';
import { ClientBench, SIMPLE } from './client-bench.js';

const withClient = (await isInstalled('openstack', ['stack', 'list', '--help'])) ? describe : describe.skip;

withClient('openstack orchestration and software', () => {
  let bench: ClientBench;
  beforeAll(async () => {
    bench = await ClientBench.start();
    bench.file('simple.yaml', SIMPLE);
  });
  afterAll(() => bench.close());

  test('shows types, versions, functions and the build', async () => {
    const types = await bench.json<Record<string, string>[]>(
      'orchestration resource type list --filter name=OS::Heat::Res',
    );
    expect(types.map((row) => row['Resource Type'])).toEqual(['OS::Heat::ResourceChain', 'OS::Heat::ResourceGroup']);
    expect(await bench.text('orchestration resource type show OS::Heat::TestResource')).toContain(
      'update_replace_value',
    );
    const template = await bench.text('orchestration resource type show --template-type hot OS::Heat::RandomString');
    expect(template).toContain('heat_template_version');
    const versions = await bench.json<Record<string, string>[]>('orchestration template version list');
    expect(versions.map((row) => row.Version)).toContain('heat_template_version.2021-04-16');
    const functions = await bench.text('orchestration template function list heat_template_version.2021-04-16');
    expect(functions).toContain('list_concat_unique');
    expect(await bench.json('orchestration build info')).toHaveProperty('engine');
  });

  test('validates templates', async () => {
    const good = await bench.json('orchestration template validate -t simple.yaml');
    expect(good).toMatchObject({ Description: 'one resource' });
    bench.file('bad.yaml', SIMPLE.replace('resources:', 'resourzes:'));
    const bad = await bench.run('openstack', 'orchestration template validate -t bad.yaml');
    expect(bad.code).toBe(1);
    expect(bad.err).toContain('The template section is invalid: resourzes');
  });

  test('keeps software configs and deployments', async () => {
    bench.file('script.sh', '#!/bin/sh\necho one\n');
    bench.file('definition.yaml', 'inputs: [{ name: what, default: it }]\noutputs: [{ name: result }]\n');
    const config = await bench.json(
      'software config create --group script --config-file script.sh --definition-file definition.yaml setup',
    );
    expect(config).toMatchObject({ name: 'setup', group: 'script' });
    const server = '11111111-2222-3333-4444-555555555555';
    const deployment = await bench.json(
      `software deployment create --config ${String(config.id)} --server ${server} --signal-transport NO_SIGNAL --input-value what=that first`,
    );
    expect(deployment).toMatchObject({ server_id: server });
    const listed = await bench.json<Record<string, string>[]>(`software deployment list --server ${server}`);
    expect(listed.map((row) => row.id)).toEqual([deployment.id]);
    const metadata = await bench.text(`software deployment metadata show ${server}`);
    expect(metadata).toContain('that');
    await bench.text(`software deployment delete ${String(deployment.id)}`);
    await bench.text(`software config delete ${String(config.id)}`);
    const gone = await bench.run('openstack', `software config show ${String(config.id)}`);
    expect(gone.code).toBe(1);
  });
});
