import { appendFileSync } from 'node:fs';
import { Served } from '../helpers/served.js';
import { deliver } from './client.js';
import { HOSTILE_TEMPLATES } from './hostile-templates.js';
import { json } from './requests.js';

test('x', async () => {
  const served = await Served.start({}, 'error');
  const victim = await served.project('victim');
  const headers = { 'x-auth-token': victim.token, 'content-type': 'application/json', accept: 'application/json' };
  const from = Number(process.env.FROM ?? 0);
  for (const [index, template] of HOSTILE_TEMPLATES.entries()) {
    if (index < from) continue;
    for (const path of ['validate', 'stacks/preview', 'stacks']) {
      const text = json({ stack_name: `h${index}`, template });
      appendFileSync('/tmp/hostile.log', `${index} ${path} ${text.slice(0, 200)}`);
      const at = served.logged.length;
      const answer = await deliver(served.server.port, {
        method: 'POST',
        target: `/v1/${victim.projectId}/${path}`,
        headers,
        body: Buffer.from(text),
        delivery: 'whole',
      });
      let took = 0;
      if (answer.status === 201) {
        const start = performance.now();
        const id = /"id":"([0-9a-f-]{36})"/.exec(answer.text)?.[1] ?? '';
        await Promise.race([served.engine.stacks.settled(id), new Promise((r) => setTimeout(r, 3000))]);
        took = performance.now() - start;
        await served.heat(victim, 'DELETE', `/stacks/h${index}/${id}`);
      }
      appendFileSync(
        '/tmp/hostile.log',
        `\n    => ${answer.status} ${Math.round(answer.ms)} settled ${Math.round(took)} rss ${Math.round(process.memoryUsage().rss / 1e6)} ${answer.status >= 500 || answer.status < 200 ? answer.text.slice(-300) + served.logged.slice(at).join('').slice(0, 1500) : answer.text.slice(-150)}\n`,
      );
    }
  }
  await served.end();
}, 900_000);
