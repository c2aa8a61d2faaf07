import { spawnSync } from 'node:child_process';
import { runCli } from '../../../src/cli/main.js';
import { FakeHeat } from '../fake-heat.js';
import { FakeTerminal } from '../fake-terminal.js';

async function script(shell: string) {
  const terminal = new FakeTerminal();
  const code = await runCli(['completion', shell], { terminal, transport: new FakeHeat(), env: {} });
  return { code, ...terminal.written };
}

test('the bash script completes commands, options and file names', async () => {
  const { out } = await script('bash');
  const ask = (words: string[]): string[] => {
    const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _baton; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', `${out}\n${line}`], { encoding: 'utf8' });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.trim().split('\n');
  };
  expect(ask(['baton', 'sta'])).toEqual(['stack']);
  expect(ask(['baton', 'stack', 'event', ''])).toEqual(expect.arrayContaining(['list', 'show']));
  expect(ask(['baton', '--quiet', 'stack', 'create', '--enable'])).toEqual(['--enable-rollback']);
  expect(ask(['baton', 'stack', 'create', '-t', 'package.j'])).toEqual(['package.json']);
});

test.each(['zsh', 'fish'])('the %s script names every command', async (shell) => {
  const { out, code } = await script(shell);
  expect(code).toBe(0);
  for (const word of ['failures', 'metadata', 'unhealthy', 'completion']) expect(out).toContain(word);
});

test('another shell is wrong usage', async () => {
  expect(await script('csh')).toMatchObject({ code: 2, err: 'completion: csh is not known; bash, zsh and fish are\n' });
});
