import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Served } from '../helpers/served.js';

let templates: Server;
let url: string;
let asked: number;

beforeEach(async () => {
  asked = 0;
  templates = createServer((_request, response) => {
    asked += 1;
    response.end('heat_template_version: 2021-04-16\nresources: { a: { type: OS::Heat::None } }\n');
  });
  await new Promise<void>((done) => templates.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(templates.address() as AddressInfo).port}/t`;
});
afterEach(() => new Promise((done) => templates.close(done)));

test.each([
  { where: 'that the configuration does not name', outbound: {}, status: 400, times: 0 },
  { where: 'in a private network', outbound: { hosts: ['*'] }, status: 400, times: 0 },
  {
    where: 'that it names',
    outbound: { hosts: ['127.0.0.1'], private_networks: ['127.0.0.1'] },
    status: 201,
    times: 1,
  },
])('a template_url $where: $status', async ({ outbound, status, times }) => {
  const served = await Served.start({ outbound });
  try {
    const session = await served.member();
    const answer = await served.heat(session, 'POST', '/stacks', { stack_name: 'a', template_url: url });
    expect([answer.status, asked]).toEqual([status, times]);
    if (status === 400) expect(answer.text).toContain(`Failed to retrieve template from ${url}`);
  } finally {
    await served.end();
  }
});
