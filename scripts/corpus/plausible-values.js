/** Values for parameters that have none: by constraint, type and name, in that order. */

const BY_TYPE = {
  'AWS::EC2::VPC::Id': 'vpc-0a1b2c3d4e5f67890',
  'AWS::EC2::Subnet::Id': 'subnet-0a1b2c3d4e5f67890',
  'AWS::EC2::SecurityGroup::Id': 'sg-0a1b2c3d4e5f67890',
  'AWS::EC2::SecurityGroup::GroupName': 'default',
  'AWS::EC2::KeyPair::KeyName': 'default',
  'AWS::EC2::Image::Id': 'ami-0a1b2c3d4e5f67890',
  'AWS::EC2::Instance::Id': 'i-0a1b2c3d4e5f67890',
  'AWS::EC2::Volume::Id': 'vol-0a1b2c3d4e5f67890',
  'AWS::EC2::AvailabilityZone::Name': 'us-east-1a',
  'AWS::Route53::HostedZone::Id': 'Z3AADJGX6KTTL2',
  'AWS::SSM::Parameter::Name': '/corpus/parameter',
};

const BY_CUSTOM_CONSTRAINT = {
  'nova.flavor': 'm1.small',
  'nova.keypair': 'default',
  'glance.image': 'cirros',
  'neutron.network': 'private',
  'neutron.subnet': 'private-subnet',
  'neutron.security_group': 'default',
  net_cidr: '10.11.0.0/24',
  ip_addr: '10.11.0.5',
  mac_addr: 'fa:16:3e:00:00:01',
  timezone: 'UTC',
  cron_expression: '0 0 * * *',
  dns_name: 'corpus.example.org',
};

/** The first pattern that a parameter's name matches gives its value. */
const BY_NAME = [
  [/vpc.*cidr|^cidr$|supernet/i, '10.0.0.0/16'],
  [/cidr/i, '10.0.1.0/24'],
  [/vpc.?id|^vpc$/i, BY_TYPE['AWS::EC2::VPC::Id']],
  [/subnet.*(id|s)?$/i, BY_TYPE['AWS::EC2::Subnet::Id'], 'aws'],
  [/security.?group/i, BY_TYPE['AWS::EC2::SecurityGroup::Id'], 'aws'],
  [/(image|ami)(_?id)?$/i, BY_TYPE['AWS::EC2::Image::Id'], 'aws'],
  [/instance.?type/i, 't3.micro', 'aws'],
  [/(public|external|floating).*(net|pool)|ext.?net/i, 'public'],
  [/subnet/i, 'private-subnet'],
  [/net(work)?(_?id|_?name)?$/i, 'private'],
  [/flavou?r|instance_?type/i, 'm1.small'],
  [/image/i, 'cirros'],
  [/key.?(name|pair)?$/i, 'default'],
  [/email/i, 'someone@example.org'],
  [/role.*arn|arn.*role/i, 'arn:aws:iam::123456789012:role/corpus'],
  [/topic.*arn/i, 'arn:aws:sns:us-east-1:123456789012:corpus'],
  [/certificate/i, 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012'],
  [/arn/i, 'arn:aws:s3:::corpus'],
  [/bucket/i, 'corpus-bucket'],
  [/account/i, '123456789012'],
  [/url|uri|endpoint/i, 'https://example.org/corpus'],
  [/domain|fqdn|host/i, 'corpus.example.org'],
  [/(pool|range)_?start|start_?(ip|address)?$/i, '10.0.1.10', 'hot'],
  [/(pool|range)_?end|end_?(ip|address)?$/i, '10.0.1.200', 'hot'],
  [/gateway/i, '10.0.1.1', 'hot'],
  [/(ip|address)$/i, '10.0.1.5'],
  [/zone/i, 'nova', 'hot'],
  [/zone/i, 'us-east-1a', 'aws'],
  [/region/i, 'us-east-1', 'aws'],
  [/region/i, ({ name }) => name, 'hot'],
  [/password|secret|token/i, 'Corpus123456'],
  [/path|prefix/i, '/corpus'],
];

/** A value that a parameter may take, or undefined if none can be thought of. */
export function plausibleValue(parameter, language) {
  const allowed = parameter.constraints.find(({ kind }) => kind === 'allowed_values');
  if (allowed?.values?.length > 0) return allowed.values[0];
  const type = parameter.declaredType.replace(/^AWS::SSM::Parameter::Value<(.*)>$/, '$1');
  if (parameter.declaredType.startsWith('AWS::SSM::Parameter::Value<'))
    return `/corpus/${type.replace(/[^A-Za-z0-9]+/g, '.')}`;
  const item = /^List<(.*)>$/.exec(type)?.[1];
  if (item !== undefined) return twoOf(BY_TYPE[item] ?? (item === 'Number' ? '1' : 'corpus'));
  if (BY_TYPE[type] !== undefined) return BY_TYPE[type];
  const custom = parameter.constraints.find(({ kind }) => kind === 'custom');
  if (custom && BY_CUSTOM_CONSTRAINT[custom.name] !== undefined) return BY_CUSTOM_CONSTRAINT[custom.name];
  return fitted(byNeutralType(parameter, language), parameter);
}

/** What the SSM parameters hold that `plausibleValue` names. */
export const SSM_VALUES = Object.fromEntries(
  [
    ...Object.entries(BY_TYPE),
    ['String', 'corpus'],
    ['List<String>', 'corpus,other'],
    ['CommaDelimitedList', 'corpus,other'],
  ].map(([type, value]) => [`/corpus/${type.replace(/[^A-Za-z0-9]+/g, '.')}`, value]),
);

function byNeutralType(parameter, language) {
  const world = language === 'hot' ? 'hot' : 'aws';
  if (parameter.type === 'boolean') return true;
  if (parameter.type === 'json') return {};
  if (parameter.type === 'number') return number(parameter);
  const [, named] =
    BY_NAME.find(([pattern, , only]) => pattern.test(parameter.name) && (only ?? world) === world) ?? [];
  if (parameter.type === 'comma_delimited_list') return named === undefined ? 'corpus,other' : twoOf(named);
  return typeof named === 'function' ? named(parameter) : (named ?? 'corpus');
}

/** Two different ones: lists of subnets and the like often ask for two. */
function twoOf(value) {
  const other = /\d$/.test(value) ? value.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)) : `${value}2`;
  return /^[a-z0-9-]+$/.test(value) && /[0-9a-f]{8,}/.test(value) ? `${value},${other}` : `${value},${value}`;
}

function number(parameter) {
  const range = parameter.constraints.find(({ kind }) => kind === 'range');
  return range?.min ?? Math.min(1, range?.max ?? 1);
}

/** Makes a text match the lengths and the pattern asked for. */
function fitted(value, { constraints }) {
  if (typeof value !== 'string') return value;
  const length = constraints.find(({ kind }) => kind === 'length');
  const patterns = constraints.filter(({ kind }) => kind === 'allowed_pattern').map(({ pattern }) => pattern);
  const candidates = [value, ...SAMPLES].map((candidate) => stretch(candidate, length));
  return candidates.find((candidate) => patterns.every((pattern) => matches(pattern, candidate))) ?? candidates[0];
}

const SAMPLES = [
  'corpus',
  'Corpus1',
  'corpus-1',
  'corpus1',
  'CORPUS',
  '1',
  '10',
  '10.0.0.0/16',
  '10.0.1.0/24',
  '10.0.1.5',
  '123456789012',
  'Corpus123456',
  'Corpus!123456',
  'someone@example.org',
  'corpus.example.org',
  'https://example.org',
  'https://example.org/corpus.git',
  'vpc-0a1b2c3d4e5f67890',
  'subnet-0a1b2c3d4e5f67890',
  'sg-0a1b2c3d4e5f67890',
  'ami-0a1b2c3d4e5f67890',
  'us-east-1',
  'us-east-1a',
  'arn:aws:iam::123456789012:role/corpus',
  'o-abcdefghij',
  'ou-abcd-12345678',
  'Z3AADJGX6KTTL2',
  'd-0123456789',
  'pl-0a1b2c3d',
  'rtb-0a1b2c3d4e5f67890',
  'pcx-0a1b2c3d4e5f67890',
  'igw-0a1b2c3d4e5f67890',
  'CORPUS1corpus',
  '{}',
  '',
  '12:00',
  'sun:05:00-sun:06:00',
  'rate(1 day)',
  'corpus/',
  '/corpus',
  'true',
  'main',
  '1.0.0',
  'com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c3d4e5f67890',
];

function stretch(value, length) {
  const { min = 0, max = Number.POSITIVE_INFINITY } = length ?? {};
  return (value.length < min ? value.padEnd(min, value === '' ? 'x' : value) : value).slice(0, max);
}

function matches(pattern, value) {
  try {
    return new RegExp(`^(?:${pattern.replaceAll('(?i)', '')})$`, 'v').test(value);
  } catch {
    try {
      return new RegExp(`^(?:${pattern})$`).test(value);
    } catch {
      return false;
    }
  }
}
