import { isIP, isIPv4, isIPv6 } from 'node:net';
import { JsonTextError, loadJson } from '../../model/python-json.js';
import { pythonStr } from '../../model/python-text.js';
import type { Json } from '../../model/value.js';
import { cronProblem } from './cron-expression.js';
import { parseIsoTime } from './iso-time.js';
import { subnetProblem } from './subnet.js';

/**
 * Looks up what only a service can tell, e.g. `('nova.flavor', 'm1.small')`: undefined if the value is good,
 * otherwise Heat's reason, e.g. `The Flavor (m1.small) could not be found.`
 */
export type CustomConstraintLookup = (name: string, value: Json) => Promise<string | undefined> | string | undefined;

/** Why a value is refused; an empty text where Heat gives no reason. */
type Check = (value: Json) => string | undefined;

function isAddress(value: string): boolean {
  return isIP(value) !== 0 && !value.includes('%');
}

const MAC =
  /^(?:(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}|(?:[0-9a-f]{1,2}-){5}[0-9a-f]{1,2}|(?:[0-9a-f]{1,4}([:.-]))(?:[0-9a-f]{1,4}\1)[0-9a-f]{1,4}|[0-9a-f]{5,6}[:-][0-9a-f]{5,6}|[0-9a-f]{11,12})$/i;

const MAX_FQDN = 255;
const MAX_LABEL = 63;

function dnsFormatProblem(value: string): string | undefined {
  const trimmed = value.endsWith('.') ? value.slice(0, -1) : value;
  if (trimmed.length > MAX_FQDN) return `'${trimmed}' exceeds the ${MAX_FQDN} character FQDN limit`;
  const labels = trimmed.split('.');
  for (const label of labels) {
    if (label === '') return 'Encountered an empty component.';
    if (label.startsWith('-') || label.endsWith('-')) return `Name '${label}' must not start or end with a hyphen.`;
    if (!/^[a-z0-9-]{1,63}$/.test(label)) {
      return `Name '${label}' must be 1-${MAX_LABEL} characters long, each of which can only be alphanumeric or a hyphen.`;
    }
  }
  const last = labels.at(-1) ?? '';
  if (value.endsWith('.') && labels.length > 1 && /^[0-9]+$/.test(last))
    return `TLD '${last}' must not be all numeric.`;
  return undefined;
}

const dnsName: Check = (value) => {
  if (!value) return undefined;
  const reason = dnsFormatProblem(pythonStr(value));
  return reason && `'${pythonStr(value)}' not in valid format. Reason: ${reason}`;
};

const relativeDnsName: Check = (value) => {
  if (!value) return undefined;
  const text = pythonStr(value);
  if (text.endsWith('.')) return `'${text}' is a FQDN. It should be a relative domain name.`;
  if (text.length > MAX_FQDN - 3) {
    return `'${text}' contains '${text.length}' characters. Adding a domain name will cause it to exceed the maximum length of a FQDN of '${MAX_FQDN}'.`;
  }
  return dnsName(value);
};

const dnsDomain: Check = (value) => {
  if (!value) return undefined;
  const text = pythonStr(value);
  return dnsName(value) ?? (text.endsWith('.') ? undefined : `'${text}' must end with '.'.`);
};

const ipAddress: Check = (value) => (typeof value === 'string' && isAddress(value) ? undefined : 'Invalid IP address');

const macAddress: Check = (value) =>
  typeof value === 'string' && MAC.test(value) ? undefined : 'Invalid MAC address.';

const networkCidr: Check = (value) =>
  subnetProblem(pythonStr(value), (text) => `Invalid net cidr invalid IPNetwork ${text} `);

const addressOrCidr: Check = (value) => {
  const text = pythonStr(value);
  if (text.includes('/')) return subnetProblem(text, (shown) => `'${shown}' is not a valid IP subnet`);
  return isIPv4(text) || (isIPv6(text) && !text.includes('%')) ? undefined : `'${text}' is not a valid IP address`;
};

const timezone: Check = (value) => {
  if (!value) return undefined;
  const name = pythonStr(value);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return undefined;
  } catch {
    // The only thing that Intl refuses here is the zone's name.
    return `Invalid timezone: 'No time zone found with key ${name}'`;
  }
};

const expiration: Check = (value) => {
  if (!value) return undefined;
  const text = pythonStr(value);
  const time = parseIsoTime(text.trim());
  if (time === undefined) return `Expiration ${text} is invalid: Unable to parse date string '${text.trim()}'`;
  return time > Date.now() ? undefined : `Expiration ${text} is invalid: Expiration time is out of date.`;
};

const jsonString: Check = (value) => {
  try {
    loadJson(pythonStr(value));
    return undefined;
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return `JSON string data is not valid: ${error.message}`;
  }
};

const BUILT_IN: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['ip_addr', ipAddress],
  ['mac_addr', macAddress],
  ['net_cidr', networkCidr],
  ['ip_or_cidr', addressOrCidr],
  ['dns_name', dnsName],
  ['rel_dns_name', relativeDnsName],
  ['dns_domain', dnsDomain],
  ['cron_expression', (value) => (value ? cronProblem(pythonStr(value)) : undefined)],
  ['timezone', timezone],
  ['iso_8601', (value) => (parseIsoTime(pythonStr(value)) === undefined ? '' : undefined)],
  ['expiration', expiration],
  ['json_string', jsonString],
  // Heat's own sleeps for as many seconds; here it only passes.
  ['test_constr', () => undefined],
]);

const SERVICES = new Set([
  'barbican',
  'blazar',
  'cinder',
  'designate',
  'glance',
  'heat',
  'ironic',
  'keystone',
  'magnum',
  'manila',
  'mistral',
  'monasca',
  'neutron',
  'nova',
  'octavia',
  'sahara',
  'senlin',
  'trove',
  'zaqar',
]);

/** True for a custom constraint that only a service can check, e.g. `nova.flavor`. */
export function isServiceConstraint(name: string): boolean {
  const [service = '', kind = ''] = name.split('.');
  return kind !== '' && SERVICES.has(service);
}

/** Heat's text for a value that a custom constraint refuses for a reason. */
export function customConstraintText(shown: Json, reason: string): string {
  const text = `Error validating value '${pythonStr(shown)}'`;
  return reason === '' ? text : `${text}: ${reason}`;
}

/**
 * Heat's text for a value that breaks a custom constraint which needs no service; undefined if it keeps it or if only a
 * service can tell.
 */
export function builtInConstraint(name: string, value: Json, shown: Json = value): string | undefined {
  const check = BUILT_IN.get(name);
  if (!check) {
    if (isServiceConstraint(name)) return undefined;
    return `"${pythonStr(shown)}" does not validate ${name} (constraint not found)`;
  }
  const reason = check(value);
  return reason === undefined ? undefined : customConstraintText(shown, reason);
}

/** Names of the custom constraints that need no service. */
export const BUILT_IN_CONSTRAINTS: readonly string[] = [...BUILT_IN.keys()];
