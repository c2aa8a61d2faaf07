/** Starts `baton serve` on a fresh folder and a free port. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOpenrc } from './heat-client.js';

const BATON = process.env.BATON_BIN ?? fileURLToPath(new URL('../../bin/baton.js', import.meta.url));

/** The variables of both accounts and the address, once the server answers; `stop` ends it and removes its folder. */
export async function startBaton(options = []) {
  const directory = mkdtempSync(join(tmpdir(), 'baton-serve-'));
  const child = spawn(process.execPath, [BATON, 'serve', '--data-dir', directory, '--port', '0', ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, BATON_LOG_LEVEL: process.env.BATON_LOG_LEVEL ?? 'error' },
  });
  let log = '';
  child.stderr.on('data', (text) => {
    log = `${log}${text}`.slice(-20_000);
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill();
    await closed;
    rmSync(directory, { recursive: true, force: true });
  };
  const end = Date.now() + 30_000;
  const openrc = join(directory, 'openrc');
  for (;;) {
    if (existsSync(openrc)) {
      const admin = readOpenrc(openrc);
      const isUp = await fetch(admin.OS_AUTH_URL).then(
        () => true,
        () => false,
      );
      if (isUp) {
        const demo = readOpenrc(join(directory, 'demo-openrc'));
        return { admin, demo, directory, pid: child.pid, log: () => log, stop };
      }
    }
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`baton serve did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
