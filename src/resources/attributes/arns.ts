import { derivedHex } from '../clouds/identifiers.js';

/** Whom an ARN speaks of. */
export interface ArnSubject {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** Makes unique tails the same each time. */
  readonly seed: string;
}

/** ARN services whose name is not the type's middle word in lower case. */
const SERVICES: { readonly [word: string]: string } = {
  elasticloadbalancingv2: 'elasticloadbalancing',
  certificatemanager: 'acm',
  stepfunctions: 'states',
  applicationautoscaling: 'application-autoscaling',
  cognito: 'cognito-idp',
  elasticsearch: 'es',
  opensearchservice: 'es',
  efs: 'elasticfilesystem',
  apigatewayv2: 'apigateway',
  amazonmq: 'mq',
  directoryservice: 'ds',
  kinesisfirehose: 'firehose',
  msk: 'kafka',
  servicecatalogappregistry: 'servicecatalog',
  emr: 'elasticmapreduce',
  neptune: 'rds',
  docdb: 'rds',
};

/** Services whose ARNs name no region, and those that name no account either. */
const GLOBAL = new Set(['iam', 'cloudfront', 'route53', 'organizations', 'globalaccelerator', 'budgets']);

type Shape = (subject: ArnSubject) => string;
const path =
  (word: string): Shape =>
  ({ name }) =>
    `${word}/${name}`;
const colon =
  (word: string): Shape =>
  ({ name }) =>
    `${word}:${name}`;
const bare: Shape = ({ name }) => name;
const tailed =
  (word: string): Shape =>
  ({ name, seed }) =>
    `${word}/${name}/${derivedHex(16, 'arn', seed)}`;
const byId =
  (word: string): Shape =>
  ({ id }) =>
    `${word}/${id}`;

/** The last part of the ARN, by type; all others are `<kebab-cased resource>/<id>`. */
const SHAPES: { readonly [type: string]: Shape } = {
  'AWS::IAM::Role': path('role'),
  'AWS::IAM::User': path('user'),
  'AWS::IAM::Group': path('group'),
  'AWS::IAM::InstanceProfile': path('instance-profile'),
  'AWS::IAM::ManagedPolicy': path('policy'),
  'AWS::IAM::OIDCProvider': path('oidc-provider'),
  'AWS::IAM::SAMLProvider': path('saml-provider'),
  'AWS::IAM::ServerCertificate': path('server-certificate'),
  'AWS::Lambda::Function': colon('function'),
  'AWS::Lambda::Version': ({ name }) => `function:${name}:1`,
  'AWS::Lambda::Alias': ({ name }) => `function:${name}`,
  'AWS::Lambda::LayerVersion': ({ name }) => `layer:${name}:1`,
  'AWS::Lambda::EventSourceMapping': ({ id }) => `event-source-mapping:${id}`,
  'AWS::SNS::Topic': bare,
  'AWS::SNS::Subscription': ({ name, seed }) =>
    `${name}:${derivedHex(32, seed).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`,
  'AWS::SQS::Queue': bare,
  'AWS::S3::Bucket': bare,
  'AWS::S3::AccessPoint': path('accesspoint'),
  'AWS::CodePipeline::Pipeline': bare,
  'AWS::CodeCommit::Repository': bare,
  'AWS::CodeBuild::Project': path('project'),
  'AWS::CodeDeploy::Application': colon('application'),
  'AWS::DynamoDB::Table': path('table'),
  'AWS::DynamoDB::GlobalTable': path('table'),
  'AWS::Logs::LogGroup': ({ name }) => `log-group:${name}:*`,
  'AWS::KMS::Key': byId('key'),
  'AWS::StepFunctions::StateMachine': colon('stateMachine'),
  'AWS::StepFunctions::Activity': colon('activity'),
  'AWS::Kinesis::Stream': path('stream'),
  'AWS::KinesisFirehose::DeliveryStream': path('deliverystream'),
  'AWS::ECS::Cluster': path('cluster'),
  'AWS::ECS::Service': path('service'),
  'AWS::ECS::TaskDefinition': ({ name }) => `task-definition/${name}:1`,
  'AWS::ECR::Repository': path('repository'),
  'AWS::EKS::Cluster': path('cluster'),
  'AWS::EKS::Nodegroup': tailed('nodegroup'),
  'AWS::Events::Rule': path('rule'),
  'AWS::Events::EventBus': path('event-bus'),
  'AWS::CloudWatch::Alarm': colon('alarm'),
  'AWS::CloudWatch::CompositeAlarm': colon('alarm'),
  'AWS::RDS::DBInstance': colon('db'),
  'AWS::RDS::DBCluster': colon('cluster'),
  'AWS::RDS::DBProxy': colon('db-proxy'),
  'AWS::RDS::DBSubnetGroup': colon('subgrp'),
  'AWS::Neptune::DBCluster': colon('cluster'),
  'AWS::Neptune::DBInstance': colon('db'),
  'AWS::ElastiCache::ReplicationGroup': colon('replicationgroup'),
  'AWS::ElastiCache::CacheCluster': colon('cluster'),
  'AWS::Redshift::Cluster': colon('cluster'),
  'AWS::SecretsManager::Secret': ({ name, seed }) => `secret:${name}-${derivedHex(6, 'secret', seed)}`,
  'AWS::SSM::Parameter': ({ name }) => `parameter/${name.replace(/^\//, '')}`,
  'AWS::SSM::Document': path('document'),
  'AWS::CertificateManager::Certificate': byId('certificate'),
  'AWS::CloudFront::Distribution': byId('distribution'),
  'AWS::Route53::HostedZone': byId('hostedzone'),
  'AWS::Cognito::UserPool': byId('userpool'),
  'AWS::Elasticsearch::Domain': path('domain'),
  'AWS::OpenSearchService::Domain': path('domain'),
  'AWS::EFS::FileSystem': byId('file-system'),
  'AWS::EFS::AccessPoint': byId('access-point'),
  'AWS::ElasticLoadBalancing::LoadBalancer': path('loadbalancer'),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': tailed('loadbalancer/app'),
  'AWS::ElasticLoadBalancingV2::TargetGroup': tailed('targetgroup'),
  'AWS::ElasticLoadBalancingV2::Listener': ({ name, seed }) =>
    `listener/app/${name}/${derivedHex(16, 'lb', seed)}/${derivedHex(16, 'arn', seed)}`,
  'AWS::ElasticLoadBalancingV2::ListenerRule': ({ name, seed }) =>
    `listener-rule/app/${name}/${derivedHex(16, 'lb', seed)}/${derivedHex(16, 'li', seed)}/${derivedHex(16, 'arn', seed)}`,
  'AWS::WAFv2::WebACL': tailed('regional/webacl'),
  'AWS::WAFv2::IPSet': tailed('regional/ipset'),
  'AWS::Batch::JobQueue': path('job-queue'),
  'AWS::Batch::JobDefinition': ({ name }) => `job-definition/${name}:1`,
  'AWS::Backup::BackupVault': colon('backup-vault'),
  'AWS::Backup::BackupPlan': ({ id }) => `backup-plan:${id}`,
};

/** The service's word in ARNs, for `AWS::<Service>::<Resource>`. */
export function arnService(type: string): string {
  const word = (type.split('::')[1] ?? 'unknown').toLowerCase();
  return SERVICES[word] ?? word;
}

/** The ARN of a thing of a type. */
export function arnOf(type: string, subject: ArnSubject): string {
  const service = arnService(type);
  const shape = SHAPES[type] ?? byId(kebab(type.split('::')[2] ?? 'resource'));
  const region = service === 's3' || GLOBAL.has(service) ? '' : subject.region;
  const account = service === 's3' || service === 'route53' ? '' : subject.account;
  return `arn:${partitionOf(subject.region)}:${service}:${region}:${account}:${shape(subject)}`;
}

/** The AWS partition of a region. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** `LogGroup` as `log-group`. */
export function kebab(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}
