/** All measurements of the server, one after the other: `npm run bench:serve`. Each prints JSON lines. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

for (const name of ['startup', 'get-stack', 'during-create', 'lists', 'parallel']) {
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(`./${name}.js`, import.meta.url))], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
