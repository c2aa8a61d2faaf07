import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../src/server.js';

test('the address is printed, and SIGTERM ends the server in order', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'baton-serve-'));
  const write = process.stdout.write;
  const printed: string[] = [];
  const ready = new Promise<string>((resolve) => {
    process.stdout.write = ((text: string) => {
      printed.push(text);
      resolve(text);
      return true;
    }) as typeof write;
  });
  try {
    const ended = serve({ dataDir, port: 0, env: { BATON_LOG_LEVEL: 'silent' } });
    const line = await Promise.race([ready, ended]);
    expect(line).toMatch(/^baton serves at http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(existsSync(join(dataDir, 'server.json'))).toBe(true);
    process.emit('SIGTERM', 'SIGTERM');
    await ended;
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false);
    expect(process.listenerCount('SIGTERM')).toBe(0);
  } finally {
    process.stdout.write = write;
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a mistake in the configuration ends it before anything is opened', async () => {
  const dataDir = join(tmpdir(), 'baton-never-made');
  await expect(serve({ dataDir, env: { BATON_PORT: 'x' } })).rejects.toThrow(/BATON_PORT is "x"/);
  expect(existsSync(dataDir)).toBe(false);
});
