import type { AttributeSchema, ResourceSchema } from '../../engine/drivers/resource-schema.js';
import { derivedId } from '../../engine/model/ids.js';
import type { Json, JsonMap } from '../../engine/model/value.js';
import { derivedCode, derivedHex, derivedNumber, prefixedId } from '../clouds/identifiers.js';
import { asText } from '../json-access.js';
import { arnOf, arnService } from './arns.js';
import { urlOf } from './identify.js';

/** Whose attributes are made up; the same subject has the same ones. */
export interface AttributeSubject {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly region: string;
  readonly account: string;
  readonly seed: string;
}

const PORTS: { readonly [engine: string]: string } = {
  mysql: '3306',
  mariadb: '3306',
  'aurora-mysql': '3306',
  aurora: '3306',
  postgres: '5432',
  'aurora-postgresql': '5432',
  'oracle-se2': '1521',
  'oracle-ee': '1521',
  'sqlserver-ex': '1433',
  'sqlserver-se': '1433',
  'sqlserver-ee': '1433',
  'sqlserver-web': '1433',
  redis: '6379',
  valkey: '6379',
  memcached: '11211',
  neptune: '8182',
  docdb: '27017',
};

/** Values of the right shape for attributes that no rule of the cloud knows. */
export function inventAttributes(
  schema: ResourceSchema,
  names: readonly string[],
  properties: JsonMap,
  subject: AttributeSubject,
): JsonMap {
  const attributes: JsonMap = {};
  for (const name of names) {
    // Heat's attribute "port_id" of a property "port".
    const given = properties[name] ?? (name.endsWith('_id') ? properties[name.slice(0, -3)] : undefined);
    attributes[name] = given !== undefined && given !== null ? given : invent(schema, name, properties, subject);
  }
  return attributes;
}

function invent(schema: ResourceSchema, name: string, properties: JsonMap, subject: AttributeSubject): Json {
  const attribute: AttributeSchema = schema.attributes[name] ?? {};
  if (attribute.type === 'list') return listOf(name, subject);
  if (attribute.type === 'map') return schema.origin === 'aws' ? {} : mapOf(name, subject);
  if (attribute.type === 'boolean') return /enabled|is_|Encrypted|admin_state/i.test(name);
  const text = textOf(schema, name, properties, subject);
  if (attribute.type === 'integer' || attribute.type === 'number') {
    const number = Number(text);
    return Number.isFinite(number) && text !== '' ? number : 1;
  }
  return text;
}

function listOf(name: string, { seed, region, id }: AttributeSubject): Json[] {
  const last = name.split('.').at(-1) ?? name;
  if (/DnsIpAddresses|IpAddresses$|PrimaryIp/.test(last)) return [privateIp(seed, '1'), privateIp(seed, '2')];
  if (/NameServers/.test(last))
    return [1, 2, 3, 4].map((index) => `ns-${derivedNumber(2000, seed, String(index))}.awsdns-0${index}.com`);
  if (/DnsEntries/.test(last)) return [`Z${derivedCode(13, seed)}:${id}.${region}.vpce.amazonaws.com`];
  if (/NetworkInterfaceIds/.test(last)) return [prefixedId('eni', seed)];
  if (/VpcSecurityGroupIds|SecurityGroups?$/.test(last)) return [prefixedId('sg', seed)];
  if (/CidrBlockAssociations/.test(last)) return [prefixedId('vpc-cidr-assoc', seed)];
  return [];
}

function mapOf(name: string, { id, name: own }: AttributeSubject): JsonMap {
  return name === 'show' ? { id, name: own } : {};
}

type Rule = readonly [pattern: RegExp, value: (context: Context) => string];

interface Context {
  readonly schema: ResourceSchema;
  readonly name: string;
  readonly last: string;
  readonly properties: JsonMap;
  readonly subject: AttributeSubject;
}

/** What a name tells of its value; the first that fits counts. */
const RULES: readonly Rule[] = [
  [/StreamArn$/, ({ schema, subject }) => `${arnOf(schema.type, subject)}/stream/2024-01-01T00:00:00.000`],
  [/^(Arn|ARN)$/, ({ schema, subject }) => (subject.id.startsWith('arn:') ? subject.id : arnOf(schema.type, subject))],
  [/(Arn|ARN)$/, (context) => arnFor(context)],
  [
    /^(Endpoint|Address|ReadEndpoint|PrimaryEndPoint|RedisEndpoint|DomainEndpoint)$|Endpoint\.Address$|^Address$/,
    (context) => hostOf(context),
  ],
  [
    /Port(s)?$/,
    ({ properties }) => asText(properties.Port) ?? PORTS[asText(properties.Engine)?.toLowerCase() ?? ''] ?? '443',
  ],
  [
    /^LoadBalancerFullName$|^TargetGroupFullName$/,
    ({ schema, subject }) =>
      arnOf(schema.type, subject)
        .split(':')
        .slice(5)
        .join(':')
        .replace(/^loadbalancer\//, ''),
  ],
  [
    /^(DNSName|DnsName|.*DomainName|DomainName|PublicDnsName|CNAME|CanonicalHostedZoneName)$/,
    (context) => hostOf(context),
  ],
  [/HostedZone(Name)?I[dD]$/, ({ subject }) => `Z${derivedCode(13, 'zone', subject.seed)}`],
  [
    /(URL|Url|URI|Uri|href|Ref)$/,
    ({ schema, subject }) => urlOf(schema.type, subject.name, subject.region, subject.account, subject.seed),
  ],
  [/^RootResourceId$/, ({ subject }) => derivedCode(10, 'root', subject.seed).toLowerCase()],
  [/(AccountId|OwnerId|Owner|OwnerAccount|AccountNumber|AwsAccountId)$/, ({ subject }) => subject.account],
  [/^(tenant_id|project_id)$/, ({ subject }) => subject.projectId],
  [/Region$/, ({ subject }) => subject.region],
  [/AvailabilityZone$/, ({ subject }) => `${subject.region}a`],
  [/AvailabilityZoneId$/, () => 'use1-az1'],
  [/PublicIp(Address)?$/, ({ subject }) => `203.0.113.${1 + derivedNumber(254, subject.seed)}`],
  [/PrivateIp(Address)?$|IpAddress$|ip_address$|^address(es)?$/, ({ subject }) => privateIp(subject.seed, 'ip')],
  [
    /MacAddress$|mac_address$/,
    ({ subject }) => `fa:16:3e:${(derivedHex(6, subject.seed).match(/../g) ?? []).join(':')}`,
  ],
  [/CidrBlock$/, () => '10.0.0.0/16'],
  [/^Vpc(Id|ID)$/, ({ subject }) => prefixedId('vpc', subject.seed)],
  [/SubnetId$/, ({ subject }) => prefixedId('subnet', subject.seed)],
  [/SecurityGroup(Id)?$|^GroupId$/, ({ subject }) => prefixedId('sg', subject.seed)],
  [/NetworkInterfaceId$|EniId$/, ({ subject }) => prefixedId('eni', subject.seed)],
  [/NetworkAcl(Id)?$/, ({ subject }) => prefixedId('acl', subject.seed)],
  [/^AllocationId$/, ({ subject }) => prefixedId('eipalloc', subject.seed)],
  [
    /^(SecretAccessKey|secret)$/,
    ({ subject }) =>
      Buffer.from(derivedHex(60, 'secret', subject.seed), 'hex')
        .toString('base64')
        .slice(0, 40),
  ],
  [
    /^(Created?|Last|Start|Update|Creation|Modified|created|updated).*(Time|At|Date|Timestamp|_at)$|Timestamp$|Date$|_at$/,
    () => '2024-01-01T00:00:00.000Z',
  ],
  [
    /^(status|Status|State|state|.*\.(State|Status)|LifecycleState|.*Status)$/,
    ({ schema }) => (/^OS::Cinder|^OS::Manila/.test(schema.type) ? 'available' : 'ACTIVE'),
  ],
  [/VersionNumber$|^Version$|Version$|Revision$|serial$/, () => '1'],
  [/Fingerprint$/i, ({ subject }) => (derivedHex(32, subject.seed).match(/../g) ?? []).join(':')],
  [/(^|[a-z])Name$|^name$/, ({ subject }) => subject.name],
  [/^(Id|id|Ref)$/, ({ subject }) => subject.id],
  [/Id$|ID$|_id$|Identifier$/, (context) => idFor(context)],
];

function textOf(schema: ResourceSchema, name: string, properties: JsonMap, subject: AttributeSubject): string {
  const last = name.split('.').at(-1) ?? name;
  const context: Context = { schema, name, last, properties, subject };
  for (const [pattern, value] of RULES) {
    if (pattern.test(name) || pattern.test(last)) return value(context);
  }
  return schema.origin === 'heat' && !name.includes('.') ? '' : `${subject.name}-${last}`;
}

/** An ARN of something beside the thing: same service, another word. */
function arnFor({ schema, last, subject }: Context): string {
  const resource = schema.type.split('::')[2] ?? '';
  const word = last.replace(/(Arn|ARN)$/, '');
  if (subject.id.startsWith('arn:') && (word === '' || resource.endsWith(word) || word.endsWith(resource)))
    return subject.id;
  if (word === '' || resource.endsWith(word) || word.endsWith(resource)) return arnOf(schema.type, subject);
  const [service] = schema.type.split('::').slice(1);
  return arnOf(`AWS::${service ?? 'Unknown'}::${word}`, { ...subject, id: derivedId(word, subject.seed) });
}

function idFor({ schema, last, subject }: Context): string {
  const resource = schema.type.split('::')[2] ?? '';
  const word = last.replace(/(Id|ID|_id|Identifier)$/, '');
  if (resource.toLowerCase().endsWith(word.toLowerCase())) return subject.id.split('/').at(-1) ?? subject.id;
  return derivedId(word, subject.seed);
}

function hostOf({ schema, name, last, subject }: Context): string {
  const code = derivedCode(12, 'host', subject.seed).toLowerCase();
  const { region } = subject;
  const plain = (subject.name.split(/[/:]/).at(-1) ?? subject.name).toLowerCase();
  switch (schema.type) {
    case 'AWS::S3::Bucket':
      return s3Host(plain, last, region);
    case 'AWS::CloudFront::Distribution':
      return `d${code}.cloudfront.net`;
    case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
    case 'AWS::ElasticLoadBalancing::LoadBalancer':
      return `${plain}-${derivedNumber(2_000_000_000, 'lb', subject.seed)}.${region}.elb.amazonaws.com`;
    case 'AWS::RDS::DBCluster':
      return name.startsWith('ReadEndpoint')
        ? `${plain}.cluster-ro-${code}.${region}.rds.amazonaws.com`
        : `${plain}.cluster-${code}.${region}.rds.amazonaws.com`;
    case 'AWS::EKS::Cluster':
      return `https://${derivedHex(32, 'eks', subject.seed).toUpperCase()}.gr7.${region}.eks.amazonaws.com`;
    case 'AWS::Elasticsearch::Domain':
    case 'AWS::OpenSearchService::Domain':
      return `search-${plain}-${code}.${region}.es.amazonaws.com`;
    default:
      if (schema.origin === 'heat') return `${plain}.example.com`;
      return `${plain}.${code}.${region}.${arnService(schema.type)}.amazonaws.com`;
  }
}

function s3Host(bucket: string, attribute: string, region: string): string {
  if (attribute === 'RegionalDomainName') return `${bucket}.s3.${region}.amazonaws.com`;
  if (attribute === 'DualStackDomainName') return `${bucket}.s3.dualstack.${region}.amazonaws.com`;
  return `${bucket}.s3.amazonaws.com`;
}

function privateIp(seed: string, part: string): string {
  return `10.0.${derivedNumber(256, seed, part, 'c')}.${1 + derivedNumber(254, seed, part, 'd')}`;
}
