import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountSecrets } from '../../src/identity/bootstrap.js';
import { writeCredentialFiles } from '../../src/identity/credential-files.js';

const account = (userName: string): AccountSecrets => ({
  userId: 'u',
  userName,
  password: "it's",
  projectId: 'p',
  projectName: userName,
  accessKey: 'AK',
  secretKey: 'SK',
});
const secrets = { admin: account('admin'), demo: account('demo') };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-credentials-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const lines = (name: string) => readFileSync(join(dir, name), 'utf8').split('\n');

test('the first start writes what clients need, for the owner’s eyes only', () => {
  writeCredentialFiles(dir, { baseUrl: 'http://127.0.0.1:8004', region: 'RegionOne', secrets });
  expect(lines('openrc')).toEqual(
    expect.arrayContaining([
      "export OS_AUTH_URL='http://127.0.0.1:8004/identity/v3'",
      "export OS_USERNAME='admin'",
      "export OS_PASSWORD='it'\\''s'",
      "export OS_PROJECT_NAME='admin'",
      "export OS_REGION_NAME='RegionOne'",
    ]),
  );
  expect(lines('demo-openrc')).toContain("export OS_USERNAME='demo'");
  expect(lines('awsrc')).toEqual([
    "export AWS_ACCESS_KEY_ID='AK'",
    "export AWS_SECRET_ACCESS_KEY='SK'",
    "export AWS_DEFAULT_REGION='RegionOne'",
    "export AWS_ENDPOINT_URL_CLOUDFORMATION='http://127.0.0.1:8004/cfn'",
    "export AWS_ENDPOINT_URL_S3='http://127.0.0.1:8004/s3'",
    "export AWS_ENDPOINT_URL_STS='http://127.0.0.1:8004/cfn'",
    "export ENDPOINT_URL='http://127.0.0.1:8004/cfn'",
    '',
  ]);
  for (const name of ['openrc', 'demo-openrc', 'awsrc']) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
});

test('a later start on another port changes the addresses and keeps the rest', () => {
  writeCredentialFiles(dir, { baseUrl: 'http://127.0.0.1:8004', region: 'RegionOne', secrets });
  writeCredentialFiles(dir, { baseUrl: 'https://cloud:9000', region: 'RegionOne', caCertificate: '/etc/ca.pem' });
  expect(lines('openrc')).toEqual(
    expect.arrayContaining([
      "export OS_AUTH_URL='https://cloud:9000/identity/v3'",
      "export OS_USERNAME='admin'",
      "export OS_CACERT='/etc/ca.pem'",
    ]),
  );
  expect(lines('openrc').filter((line) => line.includes('OS_AUTH_URL'))).toHaveLength(1);
  expect(lines('awsrc')).toContain("export ENDPOINT_URL='https://cloud:9000/cfn'");
});
