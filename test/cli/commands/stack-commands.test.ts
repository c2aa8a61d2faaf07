import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { event, FakeHeat, resource, STACK_ID } from '../fake-heat.js';
import { FakeTerminal } from '../fake-terminal.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'baton-cli-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function run(args: string[], heat: FakeHeat, terminal = new FakeTerminal()) {
  const code = await runCli(args, { terminal, transport: heat, env: {}, cwd });
  return { code, ...terminal.written };
}

function template(text = 'heat_template_version: 2018-08-31\nresources:\n  a:\n    type: OS::Heat::None\n'): string {
  writeFileSync(join(cwd, 't.yaml'), text);
  return 't.yaml';
}

describe('stack create', () => {
  test('without --wait it sends the template and prints the stack as a table', async () => {
    const heat = new FakeHeat();
    const { code, out } = await run(
      ['stack', 'create', '-t', template(), '--parameter', 'a=1;b=2', '--tags', 'x,y', 'web'],
      heat,
    );
    expect(code).toBe(0);
    expect(heat.requests[0]?.body).toMatchObject({
      stack_name: 'web',
      disable_rollback: true,
      parameters: { a: '1', b: '2' },
      tags: 'x,y',
      files: {},
    });
    expect(out).toContain('| stack_status        | CREATE_IN_PROGRESS');
    expect(out).toMatch(/^\+-+\+-+\+\n\| Field +\| Value/);
    expect(heat.closed).toBe(true);
  });

  test('with --wait it prints events as lines when piped, and ends with the outputs', async () => {
    const heat = new FakeHeat();
    heat.outputs = [
      { output_key: 'url', output_value: 'http://1.2.3.4' },
      { output_key: 'n', output_value: 3 },
    ];
    heat.script = [
      [event('web', 'CREATE_IN_PROGRESS', { reason: 'Stack CREATE started' })],
      [event('a', 'CREATE_IN_PROGRESS'), event('a', 'CREATE_COMPLETE')],
      [event('web', 'CREATE_COMPLETE', { reason: 'Stack CREATE completed successfully' })],
    ];
    const { code, out } = await run(['stack', 'create', '-t', template(), '--wait', 'web'], heat);
    expect(code).toBe(0);
    expect(out).toContain('2026-01-01 00:00:00Z [web]: CREATE_IN_PROGRESS  Stack CREATE started\n');
    expect(out).toContain('[web.a]: CREATE_COMPLETE  state changed\n');
    expect(out.trimEnd().split('\n').slice(-3)).toEqual(['Outputs:', '  url  http://1.2.3.4', '  n    3']);
  });

  test('with another format than a table the progress goes to the error stream', async () => {
    const heat = new FakeHeat();
    heat.script = [[event('web', 'CREATE_COMPLETE')]];
    const { out, err } = await run(['stack', 'create', '-t', template(), '--wait', '-f', 'json', 'web'], heat);
    expect(JSON.parse(out)).toMatchObject({ id: STACK_ID, stack_status: 'CREATE_COMPLETE' });
    expect(err).toContain('[web]: CREATE_COMPLETE');
  });

  test('a failed stack gives exit code 1 and the failed resources', async () => {
    const heat = new FakeHeat();
    heat.finalStatus = 'CREATE_FAILED';
    heat.resources = [{ ...resource('a', 'CREATE_FAILED'), resource_status_reason: 'no more room' }];
    heat.script = [[event('a', 'CREATE_FAILED'), event('web', 'CREATE_FAILED')]];
    const { code, err } = await run(['stack', 'create', '-t', template(), '--wait', 'web'], heat);
    expect(code).toBe(1);
    expect(err).toBe('Stack web CREATE_FAILED: Stack went on\n  a: no more room\n');
  });

  test('with the engine in this process it waits without being asked to', async () => {
    const heat = new FakeHeat(true);
    heat.script = [[event('web', 'CREATE_COMPLETE')]];
    const { out } = await run(['stack', 'create', '-t', template(), 'web'], heat);
    expect(out).toContain('CREATE_COMPLETE');
  });

  test('Ctrl-C lets go, says how to go on, and gives exit code 130', async () => {
    const heat = new FakeHeat(true);
    const terminal = new FakeTerminal();
    terminal.onSleep = (sleeps) => {
      if (sleeps === 3) terminal.interrupt();
    };
    const { code, err } = await run(['stack', 'create', '-t', template(), 'web'], heat, terminal);
    expect(code).toBe(130);
    expect(err).toContain('To follow it: baton stack wait web');
    expect(err).toContain('goes on with the next one on /data');
    expect(terminal.listening).toBe(0);
    expect(heat.closed).toBe(true);
  });

  test('every mistake that the API tells is shown with its source line and a caret', async () => {
    const heat = new FakeHeat();
    heat.reply(
      'POST /stacks',
      {
        error: {
          type: 'StackValidationFailed',
          message: 'first',
          diagnostics: [
            {
              severity: 'error',
              message: 'unknown type',
              path: 'resources.a.type',
              line: 4,
              column: 5,
              hint: 'did you mean x?',
            },
            { severity: 'error', message: 'second', path: 'resources.a' },
          ],
        },
      },
      400,
    );
    const { code, err } = await run(['stack', 'create', '-t', template(), 'web'], heat);
    expect(code).toBe(1);
    expect(err).toContain(
      't.yaml:4:5: error: unknown type\n  4 |     type: OS::Heat::None\n    |     ^\n  hint: did you mean x?\n',
    );
    expect(err).toContain('second');
    expect(err).toContain('2 errors');
  });

  test('a template that cannot be read never reaches the server', async () => {
    const heat = new FakeHeat();
    const { code, err } = await run(['stack', 'create', '-t', template('a: [1\nb: 2\n'), 'web'], heat);
    expect(code).toBe(1);
    expect(err).toMatch(/^t\.yaml:\d+:\d+: error: /);
    expect(heat.requests).toEqual([]);
  });

  test('on a terminal it draws a tree and redraws it in place', async () => {
    const heat = new FakeHeat();
    heat.resources = [resource('a'), resource('b')];
    heat.script = [
      [event('a', 'CREATE_IN_PROGRESS')],
      [event('a', 'CREATE_COMPLETE'), event('web', 'CREATE_COMPLETE')],
    ];
    const { out } = await run(
      ['--no-color', 'stack', 'create', '-t', template(), '--wait', 'web'],
      heat,
      new FakeTerminal(true),
    );
    expect(out).toContain('web  CREATE_COMPLETE  1/2 done');
    expect(out).toContain('· b  OS::Heat::None');
    expect(out).toContain('\u001b[J');
  });
});

describe('other stack commands', () => {
  test('update sends PUT, or PATCH with --existing, and follows only what is new', async () => {
    const heat = new FakeHeat();
    heat.events = [event('web', 'CREATE_COMPLETE')];
    heat.script = [[event('web', 'UPDATE_COMPLETE')]];
    heat.finalStatus = 'UPDATE_COMPLETE';
    const { code, out } = await run(['stack', 'update', 'web', '--existing', '--clear-parameter', 'a', '--wait'], heat);
    expect(code).toBe(0);
    expect(out).not.toContain('[web]: CREATE_COMPLETE');
    const update = heat.requests.find((request) => request.method === 'PATCH');
    expect(update?.body).toMatchObject({ clear_parameters: ['a'] });
    expect(update?.body).not.toHaveProperty('template');
  });

  test('an update without a template and without --existing is wrong usage', async () => {
    expect((await run(['stack', 'update', 'web'], new FakeHeat())).code).toBe(2);
  });

  test('delete asks on a terminal, and does nothing without a yes', async () => {
    const heat = new FakeHeat();
    const terminal = new FakeTerminal();
    terminal.isInputTty = true;
    terminal.answers = ['n'];
    const { code } = await run(['stack', 'delete', 'web'], heat, terminal);
    expect(code).toBe(0);
    expect(heat.requests).toEqual([]);
  });

  test('delete goes on after a missing stack and says how many were not deleted', async () => {
    const heat = new FakeHeat();
    heat.script = [[event('web', 'DELETE_COMPLETE')]];
    heat.finalStatus = 'DELETE_COMPLETE';
    const { code, err } = await run(['stack', 'delete', '--yes', '--wait', 'gone', 'web'], heat);
    expect(code).toBe(1);
    expect(err).toBe('Stack not found: gone\nUnable to delete 1 of the 2 stacks.\n');
    expect(heat.requests.some((request) => request.method === 'DELETE')).toBe(true);
  });

  test('list has openstackclient’s columns and turns filters into a query', async () => {
    const heat = new FakeHeat();
    heat.reply('GET /stacks', {
      stacks: [
        { id: '2', stack_name: 'b', stack_status: 'CREATE_COMPLETE', creation_time: 't', updated_time: null },
        { id: '1', stack_name: 'a', stack_status: 'CREATE_FAILED', creation_time: 't', updated_time: null },
      ],
    });
    const args = [
      'stack',
      'list',
      '--property',
      'status=COMPLETE',
      '--tags',
      'x',
      '--tag-mode',
      'not-any',
      '--sort',
      'stack_name',
      '-f',
      'csv',
    ];
    const { out } = await run(args, heat);
    expect(out).toBe(
      '"ID","Stack Name","Stack Status","Creation Time","Updated Time"\n"1","a","CREATE_FAILED","t",""\n"2","b","CREATE_COMPLETE","t",""\n',
    );
    expect(heat.requests[0]?.query).toEqual({ status: 'COMPLETE', not_tags_any: 'x' });
  });

  test('an empty list is an empty line, as openstackclient prints it', async () => {
    const heat = new FakeHeat();
    heat.reply('GET /stacks', { stacks: [] });
    expect((await run(['stack', 'list'], heat)).out).toBe('\n');
  });

  test('show of an unknown stack gives exit code 3', async () => {
    const { code, err } = await run(['stack', 'show', 'nope'], new FakeHeat());
    expect({ code, err }).toEqual({ code: 3, err: 'Stack not found: nope\n' });
  });

  test('show -f value -c picks a single field', async () => {
    expect((await run(['stack', 'show', 'web', '-f', 'value', '-c', 'stack_status'], new FakeHeat())).out).toBe(
      'CREATE_COMPLETE\n',
    );
  });

  test('the old client’s words and options still work', async () => {
    const heat = new FakeHeat();
    expect((await run(['stack-create', '-f', template(), '-P', 'a=1', '-r', 'web'], heat)).code).toBe(0);
    expect(heat.requests[0]?.body).toMatchObject({ parameters: { a: '1' }, disable_rollback: false });
    expect((await run(['stack-show', 'web', '-f', 'json'], heat)).out).toContain('"stack_name": "web"');
  });

  test('cancel refuses a stack on which nothing runs', async () => {
    const { code, err } = await run(['stack', 'cancel', 'web'], new FakeHeat());
    expect(code).toBe(1);
    expect(err).toBe("Stack web with status 'create_complete' not in cancelable state\n");
  });

  test('wait takes up the running operation, from its beginning on', async () => {
    const heat = new FakeHeat();
    heat.status = 'UPDATE_IN_PROGRESS';
    heat.finalStatus = 'UPDATE_COMPLETE';
    heat.events = [
      event('web', 'CREATE_COMPLETE'),
      event('web', 'UPDATE_IN_PROGRESS'),
      event('a', 'UPDATE_IN_PROGRESS'),
    ];
    heat.script = [[], [event('a', 'UPDATE_COMPLETE'), event('web', 'UPDATE_COMPLETE')]];
    heat.status = 'UPDATE_IN_PROGRESS';
    const { code, out } = await run(['stack', 'wait', 'web'], heat);
    expect(code).toBe(0);
    expect(out).not.toContain('CREATE_COMPLETE');
    expect(out).toContain('[web.a]: UPDATE_IN_PROGRESS');
  });

  test('wait on a stack that has failed is a failure at once', async () => {
    const heat = new FakeHeat();
    heat.status = 'CREATE_FAILED';
    const { code, err } = await run(['stack', 'wait', 'web'], heat);
    expect(code).toBe(1);
    expect(err).toContain('Stack web CREATE_FAILED');
  });

  test('a deleted stack may be gone for good, with its events', async () => {
    const heat = new FakeHeat();
    const send = heat.request.bind(heat);
    heat.request = async (request) => {
      if (heat.status !== 'DELETE_IN_PROGRESS' || request.method !== 'GET') return send(request);
      return { status: 404, headers: {}, body: { error: { type: 'EntityNotFound', message: 'gone' } } };
    };
    const { code, out } = await run(['stack', 'delete', '--yes', '--wait', 'web'], heat);
    expect({ code, out }).toEqual({ code: 0, out: 'Stack web DELETE_COMPLETE\n' });
  });

  test('events are log lines by default and a table if asked for', async () => {
    const heat = new FakeHeat();
    heat.events = [event('a', 'CREATE_COMPLETE', { physicalId: 'p' })];
    expect((await run(['stack', 'event', 'list', 'web'], heat)).out).toBe(
      '2026-01-01 00:00:00Z [web.a]: CREATE_COMPLETE  state changed\n',
    );
    expect((await run(['event-list', 'web', '-f', 'table'], heat)).out).toContain('| resource_name | id');
  });

  test('following events ends at Ctrl-C without an error', async () => {
    const heat = new FakeHeat();
    heat.script = [[event('a', 'CREATE_IN_PROGRESS')], [event('a', 'CREATE_COMPLETE')]];
    const terminal = new FakeTerminal();
    terminal.onSleep = (sleeps) => {
      if (sleeps === 15) terminal.interrupt();
    };
    const { code, out } = await run(['stack', 'event', 'list', '--follow', 'web'], heat, terminal);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });

  test('a graph is drawn in three languages', async () => {
    const heat = new FakeHeat();
    heat.reply(`GET /stacks/web/${STACK_ID}/graph`, {
      nodes: [
        { name: 'a', type: 'T', status: 'CREATE_COMPLETE' },
        { name: 'b', type: 'T', status: null },
      ],
      edges: [{ from: 'b', to: 'a', reason: 'get_resource' }],
    });
    expect((await run(['stack', 'graph', 'web'], heat)).out).toContain('"b" -> "a"');
    expect((await run(['stack', 'graph', 'web', '-f', 'mermaid'], heat)).out).toContain('n1 --> n0');
    expect((await run(['stack', 'graph', 'web', '-f', 'svg'], heat)).out).toMatch(/^<svg /);
  });
});

describe('the command line', () => {
  test.each([
    { reason: 'an unknown command', args: ['stack', 'crate'], code: 2 },
    { reason: 'an unknown option', args: ['stack', 'list', '--nope'], code: 2 },
    { reason: 'a missing operand', args: ['stack', 'show'], code: 2 },
    { reason: 'a missing mandatory option', args: ['stack', 'create', 'web'], code: 2 },
    { reason: 'a group without a command', args: ['stack'], code: 2 },
    { reason: 'a format that a list does not have', args: ['stack', 'list', '-f', 'shell'], code: 2 },
    { reason: 'a number that is none', args: ['stack', 'list', '--limit', 'x'], code: 2 },
    { reason: 'help', args: ['--help'], code: 0 },
    { reason: 'help of a command', args: ['help', 'stack'], code: 0 },
    { reason: 'the version', args: ['--version'], code: 0 },
  ])('$reason gives exit code $code', async ({ args, code }) => {
    expect((await run(args, new FakeHeat())).code).toBe(code);
  });

  test('no command is broken: the help of each prints', async () => {
    const { ALL_COMMANDS } = await import('../../../src/cli/definitions/all-commands.js');
    for (const spec of ALL_COMMANDS) {
      const { code, out } = await run([...spec.path.split(' '), '--help'], new FakeHeat());
      expect({ path: spec.path, code, shown: out.includes(spec.summary.slice(0, 20)) }).toEqual({
        path: spec.path,
        code: 0,
        shown: true,
      });
    }
  });
});
