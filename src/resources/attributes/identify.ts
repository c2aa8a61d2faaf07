import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import { derivedId } from '../../engine/model/ids.js';
import type { JsonMap } from '../../engine/model/value.js';
import { derivedCode, derivedHex, derivedNumber, prefixedId } from '../clouds/identifiers.js';
import { asFilled, asText } from '../json-access.js';
import { arnOf, kebab } from './arns.js';

/** What an id is made from; all of it is the same each time an intent is repeated. */
export interface IdentitySource {
  readonly schema: ResourceSchema;
  readonly properties: JsonMap;
  readonly stackName: string;
  readonly logicalId: string;
  readonly region: string;
  readonly account: string;
  readonly token: string;
}

/** What a thing of a catalogued type is called. */
export interface Identity {
  /** What CloudFormation shows as physical id, and `Ref` gives. */
  readonly physicalId: string;
  /** Tells things of one type apart where physical ids do not (two policies of one name on two roles). */
  readonly key: string;
  /** The last name in it, as ARNs and addresses use it. */
  readonly name: string;
  /** The user gave the name: there can be one only. */
  readonly isExclusive: boolean;
  /** The generated part of the identifier, by attribute name. */
  readonly generated: JsonMap;
}

const EC2_PREFIXES: { readonly [resource: string]: string } = {
  Instance: 'i',
  VPC: 'vpc',
  Subnet: 'subnet',
  SecurityGroup: 'sg',
  Volume: 'vol',
  NetworkInterface: 'eni',
  InternetGateway: 'igw',
  NatGateway: 'nat',
  RouteTable: 'rtb',
  NetworkAcl: 'acl',
  DHCPOptions: 'dopt',
  VPCEndpoint: 'vpce',
  VPCEndpointService: 'vpce-svc',
  VPCPeeringConnection: 'pcx',
  CustomerGateway: 'cgw',
  VPNGateway: 'vgw',
  VPNConnection: 'vpn',
  TransitGateway: 'tgw',
  TransitGatewayAttachment: 'tgw-attach',
  TransitGatewayVpcAttachment: 'tgw-attach',
  TransitGatewayRouteTable: 'tgw-rtb',
  LaunchTemplate: 'lt',
  FlowLog: 'fl',
  EgressOnlyInternetGateway: 'eigw',
  Host: 'h',
  CapacityReservation: 'cr',
  EC2Fleet: 'fleet',
  SpotFleet: 'sfr',
  PrefixList: 'pl',
  CarrierGateway: 'cagw',
  IPAM: 'ipam',
  IPAMPool: 'ipam-pool',
  IPAMScope: 'ipam-scope',
  SecurityGroupIngress: 'sgr',
  SecurityGroupEgress: 'sgr',
  SubnetRouteTableAssociation: 'rtbassoc',
  EIPAssociation: 'eipassoc',
  SubnetNetworkAclAssociation: 'aclassoc',
  NetworkInterfaceAttachment: 'eni-attach',
  VPCCidrBlock: 'vpc-cidr-assoc',
  ClientVpnEndpoint: 'cvpn-endpoint',
  TrafficMirrorTarget: 'tmt',
  TrafficMirrorFilter: 'tmf',
  TrafficMirrorSession: 'tms',
  VerifiedAccessInstance: 'vai',
  SubnetCidrBlock: 'subnet-cidr-assoc',
  LocalGatewayRouteTable: 'lgw-rtb',
  NetworkInsightsPath: 'nip',
};

const lowerCode = (length: number, ...parts: readonly string[]): string => derivedCode(length, ...parts).toLowerCase();

/** Ids in their service's form, by type. */
const SPECIAL: { readonly [type: string]: (seed: string, region: string) => string } = {
  'AWS::CloudFront::Distribution': (seed) => `E${derivedCode(13, seed)}`,
  'AWS::CloudFront::OriginAccessControl': (seed) => `E${derivedCode(13, seed)}`,
  'AWS::CloudFront::CloudFrontOriginAccessIdentity': (seed) => `E${derivedCode(13, seed)}`,
  'AWS::Route53::HostedZone': (seed) => `Z${derivedCode(20, seed)}`,
  'AWS::Cognito::UserPool': (seed, region) => `${region}_${derivedCode(9, seed)}`,
  'AWS::Cognito::IdentityPool': (seed, region) => `${region}:${derivedId('pool', seed)}`,
  'AWS::Cognito::UserPoolClient': (seed) => lowerCode(26, seed),
  'AWS::EFS::FileSystem': (seed) => prefixedId('fs', seed),
  'AWS::EFS::AccessPoint': (seed) => prefixedId('fsap', seed),
  'AWS::EFS::MountTarget': (seed) => prefixedId('fsmt', seed),
  'AWS::EMR::Cluster': (seed) => `j-${derivedCode(13, seed)}`,
  'AWS::DirectoryService::MicrosoftAD': (seed) => `d-${derivedHex(10, seed)}`,
  'AWS::DirectoryService::SimpleAD': (seed) => `d-${derivedHex(10, seed)}`,
  'AWS::ServiceCatalog::Portfolio': (seed) => `port-${lowerCode(13, seed)}`,
  'AWS::ServiceCatalog::CloudFormationProduct': (seed) => `prod-${lowerCode(13, seed)}`,
  'AWS::ServiceCatalog::TagOption': (seed) => `tag-${lowerCode(13, seed)}`,
  'AWS::IAM::AccessKey': (seed) => `AKIA${derivedCode(16, seed)}`,
  'AWS::FSx::FileSystem': (seed) => prefixedId('fs', seed),
};

/** Longest names, where CloudFormation shortens what it makes up. */
const NAME_LIMITS: { readonly [type: string]: number } = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 32,
  'AWS::ElasticLoadBalancingV2::TargetGroup': 32,
  'AWS::ElasticLoadBalancing::LoadBalancer': 32,
  'AWS::IAM::Role': 64,
  'AWS::IAM::User': 64,
  'AWS::Lambda::Function': 64,
  'AWS::S3::Bucket': 63,
  'AWS::SQS::Queue': 80,
  'AWS::Events::Rule': 64,
};

const LOWER_CASE =
  /^AWS::(S3::|RDS::|Neptune::|DocDB::|ElastiCache::|Redshift::|ECR::|Elasticsearch::|OpenSearchService::|EFS::)/;

/** What CloudFormation calls a new thing of a type. */
export function identify(source: IdentitySource): Identity {
  const { schema, properties, token } = source;
  const parts = schema.primaryIdentifier ?? [];
  if (parts.length === 0) {
    const physicalId = madeUpName(source);
    return { physicalId, key: physicalId, name: physicalId, isExclusive: false, generated: {} };
  }
  const generated: JsonMap = {};
  const isGenerated = (part: string): boolean => schema.readOnly?.includes(part) ?? !(part in schema.properties);
  const naming = namingProperty(schema, properties);
  const given = naming === undefined ? undefined : asFilled(properties[naming]);
  const name = given ?? madeUpName(source);
  const values = parts.map((part) => {
    if (!isGenerated(part)) {
      const value = asFilled(properties[part]);
      if (value !== undefined) return value;
      generated[part] = name;
      return name;
    }
    const value = generatedPart(source, part, name);
    generated[part] = ['integer', 'number'].includes(schema.attributes[part]?.type ?? '') ? Number(value) : value;
    return value;
  });
  const own = parts.findIndex(isGenerated);
  const fresh = parts.filter(isGenerated);
  const isAddress = /^(arn:|https?:)/.test(values.length === 1 ? (values[0] ?? '') : '');
  const special = REFERENCES[schema.type]?.(values, properties, token);
  // Of a pair of parent and child `Ref` gives the child, the part that the service makes up.
  const physicalId = special ?? (values.length > 1 && fresh.length === 1 ? (values[own] ?? '') : values.join('|'));
  const last = isAddress || (given !== undefined && fresh.length > 0) ? name : physicalId;
  const key = special === undefined ? physicalId : `${values.join('|')}|${special}`;
  return { physicalId, key, name: last, isExclusive: given !== undefined && isNameOf(schema, naming), generated };
}

/** Where `Ref` gives something else than the identifier. */
const REFERENCES: {
  readonly [type: string]: (values: readonly string[], properties: JsonMap, token: string) => string;
} = {
  'AWS::ApiGateway::Stage': (values) => values[1] ?? '',
  'AWS::ApiGatewayV2::Stage': (values) => values[1] ?? '',
  'AWS::ApiGateway::Method': (_values, _properties, token) => `method-${derivedCode(12, token)}`,
  'AWS::WAFv2::WebACL': (values) => values.join('|'),
  'AWS::WAFv2::IPSet': (values) => values.join('|'),
  'AWS::WAFv2::RuleGroup': (values) => values.join('|'),
  'AWS::WAFv2::RegexPatternSet': (values) => values.join('|'),
  'AWS::EC2::VPCGatewayAttachment': (_values, properties) =>
    `${asFilled(properties.VpnGatewayId) === undefined ? 'IGW' : 'VGW'}|${asFilled(properties.VpcId) ?? ''}`,
  'AWS::EC2::Route': (values, properties) =>
    `${values[0] ?? ''}|${['DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'].flatMap((name) => asFilled(properties[name]) ?? [])[0] ?? ''}`,
  'AWS::AutoScaling::LifecycleHook': (values) => values[1] ?? '',
  'AWS::Cognito::UserPoolDomain': (values) => values[1] ?? '',
  'AWS::Cognito::UserPoolGroup': (values) => values[1] ?? '',
  'AWS::Logs::LogStream': (values) => values[1] ?? '',
  'AWS::Logs::SubscriptionFilter': (values) => values[0] ?? '',
  'AWS::Logs::MetricFilter': (values) => values[1] ?? '',
  'AWS::Route53::RecordSet': (values) => values[0] ?? '',
  'AWS::IAM::RolePolicy': (values) => values[0] ?? '',
  'AWS::IAM::UserPolicy': (values) => values[0] ?? '',
  'AWS::IAM::GroupPolicy': (values) => values[0] ?? '',
};

/** The property that names the thing, if it has one: `BucketName`, `Name`, `DBInstanceIdentifier`. */
function namingProperty(schema: ResourceSchema, properties: JsonMap): string | undefined {
  const resource = schema.type.split('::')[2] ?? '';
  const candidates = [
    ...(schema.primaryIdentifier ?? []).filter(
      (part) => part in schema.properties && schema.readOnly?.includes(part) !== true,
    ),
  ];
  if (candidates.length > 1) candidates.length = 0;
  candidates.push(
    `${resource}Name`,
    'Name',
    `${resource}Identifier`,
    ...(schema.type === 'AWS::ECS::TaskDefinition' ? ['Family'] : []),
  );
  return (
    candidates.find((name) => asText(properties[name]) !== undefined) ??
    candidates.find((name) => name in schema.properties)
  );
}

function isNameOf(schema: ResourceSchema, naming: string | undefined): boolean {
  return naming !== undefined && /Name$|Identifier$/.test(naming) && (schema.primaryIdentifier?.length === 1 || false);
}

/** `<stack>-<logical id>-<code>`, within the type's length and letters. */
function madeUpName({ schema, stackName, logicalId, token }: IdentitySource): string {
  const code = derivedCode(12, 'name', token);
  const limit = NAME_LIMITS[schema.type];
  let head = `${stackName}-${logicalId}`;
  if (limit !== undefined && head.length + 1 + code.length > limit) {
    const room = limit - code.length - 2;
    const first = Math.min(stackName.length, Math.ceil(room / 2));
    head = `${stackName.slice(0, first)}-${logicalId.slice(0, room - first)}`;
  }
  const name = `${head}-${code}`;
  return LOWER_CASE.test(schema.type) ? name.toLowerCase() : name;
}

function generatedPart(source: IdentitySource, part: string, name: string): string {
  const { schema, region, account, token } = source;
  const [, service = '', resource = ''] = schema.type.split('::');
  if (['integer', 'number'].includes(schema.attributes[part]?.type ?? ''))
    return String(1 + derivedNumber(1_000_000, token, part));
  if (/arn$/i.test(part)) return arnOf(schema.type, { id: derivedId('id', token), name, region, account, seed: token });
  const special = SPECIAL[schema.type];
  if (special) return special(token, region);
  if (/ur[li]$/i.test(part)) return urlOf(schema.type, name, region, account, token);
  if (service === 'EC2') return prefixedId(EC2_PREFIXES[resource] ?? kebab(resource).slice(0, 10), token);
  if (service === 'ApiGateway' || service === 'ApiGatewayV2') return lowerCode(10, token, part);
  if (/name$/i.test(part)) return name;
  return derivedId('id', token, part);
}

/** The address at which a service knows the thing. */
export function urlOf(type: string, name: string, region: string, account: string, seed: string): string {
  if (type === 'AWS::SQS::Queue') return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
  if (type === 'AWS::Lambda::Url') return `https://${lowerCode(32, 'url', seed)}.lambda-url.${region}.on.aws/`;
  const service = (type.split('::')[1] ?? 'service').toLowerCase();
  return `https://${lowerCode(10, 'url', seed)}.${service}.${region}.amazonaws.com`;
}
