import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIP, type LookupFunction } from 'node:net';
import { type AllowedHosts, ANY_HOST } from '../../src/outside/allowed-hosts.js';
import { fetchAllowed } from '../../src/outside/fetch-allowed.js';
import { postAllowed } from '../../src/outside/post-allowed.js';
import { isPrivateAddress, isWithin, networksOf } from '../../src/outside/private-addresses.js';

let service: Server;
let port: number;
/** What came to the service. */
let seen: string[];
let answer: { status: number; headers?: { [name: string]: string }; body: string };

beforeEach(async () => {
  seen = [];
  answer = { status: 200, body: 'a text' };
  service = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => {
      text += piece;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${text}`.trim());
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  port = (service.address() as AddressInfo).port;
});
afterEach(() => new Promise((resolve) => service.close(resolve)));

/** A world in which each name is this machine. */
const everythingIsHere: LookupFunction = (_name, options, callback) => {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};
const here: AllowedHosts = { hosts: ['127.0.0.1'], privateNetworks: ['127.0.0.0/8'] };
const post = (url: string, allowed: AllowedHosts) => postAllowed(url, '{"a":1}', allowed, AbortSignal.timeout(5000));
const get = (url: string, allowed: AllowedHosts, maxBytes = 100) => fetchAllowed(url, { ...allowed, maxBytes });

test('what the list and the networks allow is asked', async () => {
  expect(await post(`http://127.0.0.1:${port}/p`, here)).toEqual({ status: 200, body: 'a text' });
  expect(await get(`http://127.0.0.1:${port}/g`, here)).toBe('a text');
  const named = { ...here, hosts: ['*.example.com'], lookup: everythingIsHere };
  expect(await get(`http://a.b.example.com:${port}/n`, named)).toBe('a text');
  expect(await post(`http://127.0.0.1:${port}/`, ANY_HOST)).toMatchObject({ status: 200 });
  expect(seen).toEqual(['POST /p {"a":1}', 'GET /g', 'GET /n', 'POST / {"a":1}']);
});

test.each([
  ['a host that is not in the list', () => `http://localhost:${port}/`, here, /outbound\.hosts/],
  ['nobody without a list', () => `http://127.0.0.1:${port}/`, { hosts: [] }, /outbound\.hosts/],
  ['another port than the listed one', () => `http://127.0.0.1:${port}/`, { ...here, hosts: ['127.0.0.1:1'] }, /hosts/],
  [
    'a private address that is listed as a host only',
    () => `http://127.0.0.1:${port}/`,
    { hosts: ['127.0.0.1'] },
    /private/,
  ],
  ['a private address in other words', () => `http://2130706433:${port}/`, { hosts: ['*'] }, /private/],
  ['one of version 6', () => `http://[::1]:${port}/`, { hosts: ['*'] }, /private/],
  ['one of version 4 in one of version 6', () => `http://[::ffff:127.0.0.1]:${port}/`, { hosts: ['*'] }, /private/],
  [
    'a name that means a private address',
    () => `http://good.example.com:${port}/`,
    { hosts: ['good.example.com'], lookup: everythingIsHere },
    /private/,
  ],
  [
    'a listed name as the end of another',
    () => `http://evilexample.com:${port}/`,
    { ...here, hosts: ['*.example.com'] },
    /hosts/,
  ],
  ['a user and a password', () => `http://a:b@127.0.0.1:${port}/`, here, /not an http or https URL/],
  ['files', () => 'file:///etc/passwd', here, /not an http or https URL/],
])('%s: refused, and nothing is sent', async (_what, url, allowed: AllowedHosts, why) => {
  await expect(post(url(), allowed)).rejects.toMatchObject({ code: 'rejected', message: expect.stringMatching(why) });
  await expect(get(url(), allowed)).rejects.toThrow('TemplateURL must be a supported URL.');
  expect(seen).toEqual([]);
});

test('redirections are not followed, wherever they lead', async () => {
  answer = { status: 302, headers: { location: `http://127.0.0.1:${port}/secret` }, body: '' };
  expect(await post(`http://127.0.0.1:${port}/r`, here)).toMatchObject({ status: 302 });
  await expect(get(`http://127.0.0.1:${port}/r`, here)).rejects.toThrow('status 302');
  expect(seen).toEqual(['POST /r {"a":1}', 'GET /r']);
});

test('long answers are cut, and services that are not there are told of', async () => {
  answer = { status: 200, body: 'x'.repeat(101) };
  await expect(get(`http://127.0.0.1:${port}/`, here)).rejects.toThrow('maximum allowed size (100 bytes)');
  await expect(post('http://127.0.0.1:1/', here)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(get('http://127.0.0.1:1/', here)).rejects.toThrow('Failed to retrieve http://127.0.0.1:1/');
});

test.each([
  '10.1.2.3',
  '127.0.0.1',
  '169.254.169.254',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '::1',
  '::',
  'fd00::1',
  'fe80::1',
  'fec0::1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
])('%s is private', (address) => {
  expect(isIP(address)).not.toBe(0);
  expect(isPrivateAddress(address)).toBe(true);
});

test.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('%s is not', (address) => {
  expect(isPrivateAddress(address)).toBe(false);
});

test('networks are read in CIDR form, and nothing else is one', () => {
  const networks = networksOf(['10.1.0.0/16', 'fd00::/8', '192.168.1.7']);
  expect(
    ['10.1.2.3', '10.2.0.0', 'fd12::1', '192.168.1.7', '192.168.1.8'].map((one) => isWithin(networks, one)),
  ).toEqual([true, false, true, true, false]);
  for (const bad of ['10.0.0.0/33', 'somewhere', '10.0.0.0/x', '10.0.0.0/']) {
    expect(() => networksOf([bad])).toThrow(`${bad} is not a network like 10.1.0.0/16`);
  }
});
