import type { WorldObject } from '../engine/drivers/world-store.js';
import { accountOf, partitionOf } from '../engine/model/account.js';
import { isMap, type Json, type JsonMap } from '../engine/model/value.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { Store } from '../engine/store/store.js';

/** A thing of the cloud as a resource of CloudFormation would be. */
export interface FoundResource {
  readonly type: string;
  readonly physicalId: string;
  readonly properties: JsonMap;
}

/** What a kind of the cloud is called in CloudFormation: its properties by the names that the cloud has for them. */
interface KindView {
  readonly type: string;
  /** Only ids that begin so are AWS's. */
  readonly prefix?: string;
  readonly properties: { readonly [property: string]: string };
  /** What the type's id is, where it is more than the thing's own. */
  readonly physicalId?: (id: string, region: string, account: string) => string;
}

const KINDS: { readonly [kind: string]: KindView } = {
  containers: { type: 'AWS::S3::Bucket', properties: { BucketName: 'name' } },
  parameters: {
    type: 'AWS::SSM::Parameter',
    properties: { Name: 'name', Type: 'type', Value: 'value', Description: 'description' },
  },
  secrets: { type: 'AWS::SecretsManager::Secret', properties: { Name: 'name', Description: 'description' } },
  topics: {
    type: 'AWS::SNS::Topic',
    properties: { TopicName: 'name', DisplayName: 'display_name' },
    physicalId: (id, region, account) => `arn:${partitionOf(region)}:sns:${region}:${account}:${id}`,
  },
  queues: {
    type: 'AWS::SQS::Queue',
    properties: { QueueName: 'name' },
    physicalId: (id, region, account) => `https://sqs.${region}.amazonaws.com/${account}/${id}`,
  },
  networks: {
    type: 'AWS::EC2::VPC',
    prefix: 'vpc-',
    properties: { CidrBlock: 'cidr_block', InstanceTenancy: 'instance_tenancy' },
  },
  subnets: {
    type: 'AWS::EC2::Subnet',
    prefix: 'subnet-',
    properties: { VpcId: 'network_id', CidrBlock: 'cidr', AvailabilityZone: 'availability_zone' },
  },
  volumes: {
    type: 'AWS::EC2::Volume',
    prefix: 'vol-',
    properties: {
      Size: 'size',
      AvailabilityZone: 'availability_zone',
      VolumeType: 'volume_type',
      Encrypted: 'encrypted',
    },
  },
  servers: {
    type: 'AWS::EC2::Instance',
    prefix: 'i-',
    properties: { ImageId: 'image', InstanceType: 'flavor', KeyName: 'key_name' },
  },
  security_groups: {
    type: 'AWS::EC2::SecurityGroup',
    prefix: 'sg-',
    properties: { GroupDescription: 'description', GroupName: 'name' },
  },
  ports: { type: 'AWS::EC2::NetworkInterface', prefix: 'eni-', properties: { Description: 'description' } },
};

/** Every thing that the simulated cloud has of a caller's project and region and that CloudFormation has a type for. */
export async function findCloudResources(
  { db, world }: Store,
  { projectId, region }: Caller,
): Promise<FoundResource[]> {
  const rows = await db
    .selectFrom('world_objects')
    .select('collection')
    .distinct()
    .where('project_id', '=', projectId)
    .where('region', '=', region)
    .execute();
  const found: FoundResource[] = [];
  for (const { collection } of rows) {
    const view = Object.hasOwn(KINDS, collection) ? KINDS[collection] : undefined;
    if (!view && !collection.startsWith('AWS::')) continue;
    for (const object of await world.find({ collection, projectId, region })) {
      // What the cloud has for everybody is nobody's resource.
      const isSeed = isMap(object.body._) && object.body._.origin === 'seed';
      if (isSeed) continue;
      const resource = view ? ofKind(view, object) : ofType(collection, object);
      if (resource) found.push(resource);
    }
  }
  return found;
}

/** Things of a type without a vocabulary of its own keep the properties that they were given. */
function ofType(type: string, object: WorldObject): FoundResource | undefined {
  const { properties, physical_id: physicalId } = object.body;
  if (!isMap(properties)) return undefined;
  return {
    type,
    physicalId: typeof physicalId === 'string' ? physicalId : plainId(object),
    properties: properties as JsonMap,
  };
}

function ofKind({ type, prefix, properties, physicalId }: KindView, object: WorldObject): FoundResource | undefined {
  const id = plainId(object);
  if (prefix !== undefined && !id.startsWith(prefix)) return undefined;
  const known = { name: object.name ?? null, ...object.body };
  const values = Object.entries(properties).flatMap(([property, key]): [string, Json][] => {
    const value = (known as JsonMap)[key];
    return value === undefined || value === null || value === '' ? [] : [[property, value]];
  });
  const { region, projectId } = object;
  return {
    type,
    physicalId: physicalId?.(id, region, accountOf(projectId)) ?? id,
    properties: Object.fromEntries(values),
  };
}

/** Names are ids only within a project and a region: the world's keys say which. */
function plainId({ id, projectId, region }: WorldObject): string {
  const own = `${projectId}/${region}/`;
  return id.startsWith(own) ? id.slice(own.length) : id;
}
