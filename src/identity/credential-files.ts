import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountSecrets, BootstrapSecrets } from './bootstrap.js';

/** What the credential files say. */
export interface CredentialFileOptions {
  /** Scheme, host and port of the server, without a slash at the end. */
  readonly baseUrl: string;
  readonly region: string;
  /** The region of AWS’s clients, if it has another name. */
  readonly awsRegion?: string;
  /** At the first start; without them only the addresses in the files are renewed. */
  readonly secrets?: BootstrapSecrets | undefined;
  /** The certificate that clients must trust, if the server has TLS. */
  readonly caCertificate?: string | undefined;
}

type Variables = readonly (readonly [name: string, value: string])[];

/**
 * Writes `openrc` and `demo-openrc` (for OpenStack's clients) and `awsrc` (for AWS's), readable by their owner only.
 * At later starts, when the passwords are not known any more, it only brings the addresses in them up to date.
 */
export function writeCredentialFiles(dir: string, options: CredentialFileOptions): void {
  const { secrets } = options;
  const files: readonly [name: string, lasting: Variables, addresses: Variables][] = [
    ['openrc', secrets ? openstackVariables(secrets.admin) : [], openstackAddresses(options)],
    ['demo-openrc', secrets ? openstackVariables(secrets.demo) : [], openstackAddresses(options)],
    ['awsrc', secrets ? awsVariables(secrets.demo) : [], awsAddresses(options)],
  ];
  for (const [name, lasting, addresses] of files) {
    const file = join(dir, name);
    if (secrets) writePrivately(file, [...lasting, ...addresses].map(exportLine).join(''));
    else if (existsSync(file)) writePrivately(file, renewed(readFileSync(file, 'utf8'), addresses));
  }
}

function openstackVariables({ userName, password, projectName }: AccountSecrets): Variables {
  return [
    ['OS_AUTH_TYPE', 'password'],
    ['OS_USERNAME', userName],
    ['OS_PASSWORD', password],
    ['OS_PROJECT_NAME', projectName],
    ['OS_USER_DOMAIN_NAME', 'Default'],
    ['OS_PROJECT_DOMAIN_NAME', 'Default'],
    ['OS_IDENTITY_API_VERSION', '3'],
  ];
}

function openstackAddresses({ baseUrl, region, caCertificate }: CredentialFileOptions): Variables {
  return [
    ['OS_AUTH_URL', `${baseUrl}/identity/v3`],
    ['OS_REGION_NAME', region],
    ...(caCertificate === undefined ? [] : [['OS_CACERT', caCertificate] as const]),
  ];
}

function awsVariables({ accessKey, secretKey }: AccountSecrets): Variables {
  return [
    ['AWS_ACCESS_KEY_ID', accessKey],
    ['AWS_SECRET_ACCESS_KEY', secretKey],
  ];
}

function awsAddresses({ baseUrl, region, awsRegion = region, caCertificate }: CredentialFileOptions): Variables {
  return [
    ['AWS_DEFAULT_REGION', awsRegion],
    ['AWS_ENDPOINT_URL_CLOUDFORMATION', `${baseUrl}/cfn`],
    ['AWS_ENDPOINT_URL_S3', `${baseUrl}/s3`],
    ['AWS_ENDPOINT_URL_STS', `${baseUrl}/cfn`],
    ['ENDPOINT_URL', `${baseUrl}/cfn`],
    ...(caCertificate === undefined ? [] : [['AWS_CA_BUNDLE', caCertificate] as const]),
  ];
}

/** Single quotes take everything literally in a shell but themselves. */
function exportLine([name, value]: readonly [string, string]): string {
  return `export ${name}='${value.replaceAll("'", "'\\''")}'\n`;
}

function renewed(text: string, addresses: Variables): string {
  let result = text;
  for (const variable of addresses) {
    const line = new RegExp(`^export ${variable[0]}=.*\\n?`, 'm');
    result = line.test(result) ? result.replace(line, () => exportLine(variable)) : result + exportLine(variable);
  }
  return result;
}

/** Never readable by others, not even for a moment, and never half written. */
function writePrivately(file: string, text: string): void {
  const draft = `${file}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
