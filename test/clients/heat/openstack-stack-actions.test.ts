import { isInstalled } from '../is-installed.js';
import { ClientBench, SIMPLE } from './client-bench.js';

const withClient = (await isInstalled('openstack', ['stack', 'list', '--help'])) ? describe : describe.skip;

withClient('openstack stack, what is done to stacks', () => {
  let bench: ClientBench;
  beforeAll(async () => {
    bench = await ClientBench.start();
    bench.file('simple.yaml', SIMPLE);
  });
  afterAll(() => bench.close());

  const create = (name: string) => bench.json(`stack create --wait --poll 1 -t simple.yaml ${name}`);

  test('tells its events, one by one and as they come', async () => {
    await create('events');
    const rows = await bench.json<Record<string, string>[]>('stack event list events');
    expect(rows.map((row) => `${row.resource_name} ${row.resource_status}`)).toEqual([
      'events CREATE_IN_PROGRESS',
      'thing CREATE_IN_PROGRESS',
      'thing CREATE_COMPLETE',
      'events CREATE_COMPLETE',
    ]);
    const id = rows[1]?.id ?? '';
    const shown = await bench.json(`stack event show events thing ${id}`);
    expect(shown).toMatchObject({ resource_name: 'thing', resource_status: 'CREATE_IN_PROGRESS' });
    const log = await bench.text('stack event list --resource thing --limit 1 -f log events');
    expect(log).toMatch(/\[thing\]: CREATE_IN_PROGRESS {2}state changed/);
    const following = bench.follow('openstack', 'stack event list --follow events', 'Stack UPDATE completed');
    await bench.text('stack update --wait -t simple.yaml --parameter value=two events');
    expect(await following).toContain('[events.thing]: UPDATE_COMPLETE');
    await bench.text('stack delete --yes --wait events');
  });

  test('is suspended, resumed, checked and cancelled', async () => {
    await create('acted');
    expect(await bench.text('stack suspend --wait acted -f value -c "Stack Status"')).toContain('SUSPEND_COMPLETE');
    const refused = await bench.run('openstack', 'stack update --existing acted');
    expect(refused.err).toContain('Updating a stack when it is suspended is not supported');
    expect(await bench.text('stack resume --wait acted')).toContain('RESUME_COMPLETE');
    expect(await bench.text('stack check --wait acted')).toContain('CHECK_COMPLETE');
    const idle = await bench.run('openstack', 'stack cancel acted');
    expect(idle.code).toBe(1);
    expect(idle.err).toContain("with status 'check_complete' not in cancelable state");
    bench.file('slow.yaml', SIMPLE.replace('properties: {', 'properties: { action_wait_secs: { update: 30 },'));
    await bench.text('stack update -t slow.yaml --parameter value=two acted');
    expect(await bench.text('stack cancel --wait acted')).toContain('ROLLBACK_COMPLETE');
    await bench.text('stack delete --yes --wait acted');
  });

  test('stops at hooks until they are cleared', async () => {
    bench.file('hooked.yaml', 'resource_registry: { resources: { thing: { hooks: pre-create } } }\n');
    await bench.text('stack create -t simple.yaml -e hooked.yaml hooked');
    let polled: Record<string, string>[] = [];
    const end = Date.now() + 20_000;
    while (polled.length === 0 && Date.now() < end) polled = await bench.json('stack hook poll hooked');
    expect(polled[0]).toMatchObject({ 'Resource Name': 'thing', 'Resource Status': 'INIT_COMPLETE' });
    await bench.text('stack hook clear hooked thing');
    expect(await bench.follow('openstack', 'stack event list --follow hooked', 'CREATE completed')).toContain(
      'Hook pre-create is cleared',
    );
    await bench.text('stack delete --yes --wait hooked');
  });

  test('shows, marks and signals resources', async () => {
    bench.file(
      'waiting.yaml',
      `heat_template_version: 2021-04-16
resources:
  handle: { type: OS::Heat::WaitConditionHandle }
  condition: { type: OS::Heat::WaitCondition, properties: { handle: { get_resource: handle }, timeout: 60 } }
  thing: { type: OS::Heat::TestResource, metadata: { known: here } }
`,
    );
    await bench.text('stack create -t waiting.yaml waiting');
    await bench.follow('openstack', 'stack event list --follow waiting', '[waiting.condition]: CREATE_IN_PROGRESS');
    const data = bench.file('signal.json', '{"status": "SUCCESS", "data": "done", "id": "one"}');
    await bench.text(`stack resource signal --data-file ${data} waiting handle`);
    await bench.follow('openstack', 'stack event list --follow waiting', 'Stack CREATE completed');
    const shown = await bench.json('stack resource show --with-attr data waiting condition');
    expect(JSON.stringify(shown.attributes)).toContain('done');
    expect(JSON.parse(await bench.text('stack resource metadata waiting thing'))).toEqual({ known: 'here' });
    await bench.text('stack resource mark unhealthy waiting thing "it smokes"');
    const marked = await bench.json('stack resource show waiting thing');
    expect(marked).toMatchObject({ resource_status: 'CHECK_FAILED', resource_status_reason: 'it smokes' });
    await bench.text('stack update --wait --existing waiting');
    const mended = await bench.json('stack resource show waiting thing');
    expect(mended.physical_resource_id).not.toBe(marked.physical_resource_id);
    const failed = await bench.run('openstack', 'stack resource signal waiting thing');
    expect(failed.code).toBe(1);
    await bench.text('stack delete --yes --wait waiting');
  });
});
