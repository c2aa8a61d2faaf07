import { isInstalled } from '../is-installed.js';
import { ClientBench, SIMPLE } from './client-bench.js';

const withClient = (await isInstalled('heat')) ? describe : describe.skip;

withClient('the old heat command', () => {
  let bench: ClientBench;
  beforeAll(async () => {
    bench = await ClientBench.start();
    bench.file('simple.yaml', SIMPLE);
  });
  afterAll(() => bench.close());

  const heat = (line: string) => bench.text(line, 'heat');

  test('creates, updates, looks at and deletes a stack', async () => {
    expect(await heat('stack-create -f simple.yaml -P value=first --poll 1 old')).toContain('CREATE_COMPLETE');
    expect(await heat('stack-list')).toContain('old');
    expect(await heat('stack-show old')).toContain('one resource');
    expect(await heat('output-show old result')).toContain('first-x');
    expect(await heat('output-list old')).toContain('what came of it');
    expect(await heat('resource-list old')).toContain('OS::Heat::TestResource');
    expect(await heat('event-list old')).toContain('CREATE_IN_PROGRESS');
    await heat('stack-update -f simple.yaml -P value=second old');
    const end = Date.now() + 20_000;
    while (!(await heat('stack-list')).includes('UPDATE_COMPLETE') && Date.now() < end);
    expect(await heat('output-show old result')).toContain('second-x');
    expect(await heat('template-show old')).toContain('TestResource');
    await heat('action-suspend old');
    while (!(await heat('stack-list')).includes('SUSPEND_COMPLETE') && Date.now() < end);
    await heat('stack-delete -y old');
    const deadline = Date.now() + 20_000;
    while ((await heat('stack-list')).includes('old') && Date.now() < deadline);
    const gone = await bench.run('heat', 'stack-show old');
    expect(gone.code).toBe(1);
    expect(gone.err).toContain('Stack not found: old');
  });

  test('tells what a template and a type are made of', async () => {
    expect(await heat('template-validate -f simple.yaml')).toContain('one resource');
    expect(await heat('resource-type-list')).toContain('OS::Heat::RandomString');
    expect(await heat('resource-type-template OS::Heat::RandomString')).toContain('HeatTemplateFormatVersion');
    expect(await heat('build-info')).toContain('api');
    expect(await heat('template-version-list')).toContain('heat_template_version.2021-04-16');
  });
});
