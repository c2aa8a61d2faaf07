import type { JsonMap } from '../../../src/engine/model/value.js';
import { TypeBench } from '../../helpers/type-bench.js';

async function vpc(bench: TypeBench) {
  const net = await bench.create('AWS::EC2::VPC', { CidrBlock: '10.7.0.0/16' });
  const subnet = await bench.create('AWS::EC2::Subnet', { VpcId: net.referred, CidrBlock: '10.7.1.0/24' });
  return { net, subnet };
}

describe('EC2 on the simulated cloud', () => {
  test('ids have EC2 forms', async () => {
    const bench = new TypeBench();
    const { net, subnet } = await vpc(bench);
    expect(net.referred).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(subnet.referred).toMatch(/^subnet-[0-9a-f]{17}$/);
    expect(subnet.attributes).toMatchObject({ AvailabilityZone: 'us-east-1a', VpcId: net.referred });
    const table = await bench.create('AWS::EC2::RouteTable', { VpcId: net.referred });
    expect(table.referred).toMatch(/^rtb-[0-9a-f]{17}$/);
    const route = await bench.create('AWS::EC2::Route', {
      RouteTableId: table.referred,
      DestinationCidrBlock: '0.0.0.0/0',
    });
    expect(route.referred).toBe(`${table.referred}|0.0.0.0/0`);
  });

  test("Heat's own forms of the types have UUIDs", async () => {
    const bench = new TypeBench();
    const net = await bench.create('AWS::EC2::VPC', { CidrBlock: '10.7.0.0/16' }, { prefer: 'heat' });
    expect(net.referred).toMatch(/^[0-9a-f]{8}-/);
  });

  test('an instance in a subnet has addresses, a group, an EIP and a volume; all of it goes again', async () => {
    const bench = new TypeBench();
    const { net, subnet } = await vpc(bench);
    const group = await bench.create('AWS::EC2::SecurityGroup', {
      GroupDescription: 'web',
      VpcId: net.referred,
      SecurityGroupIngress: [
        { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' },
        { IpProtocol: '-1', CidrIp: '10.0.0.0/8' },
      ],
    });
    expect(group.referred).toMatch(/^sg-[0-9a-f]{17}$/);
    const rule = await bench.create('AWS::EC2::SecurityGroupIngress', {
      GroupId: group.referred,
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      SourceSecurityGroupId: group.referred,
    });
    const instance = await bench.create('AWS::EC2::Instance', {
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 't3.micro',
      SubnetId: subnet.referred,
      SecurityGroupIds: [group.referred],
    });
    expect(instance.referred).toMatch(/^i-[0-9a-f]{17}$/);
    expect(instance.attributes).toMatchObject({ PrivateIp: '10.7.1.2', VpcId: net.referred });
    expect(instance.attributes.PublicDnsName).toMatch(/^ec2-.*\.compute\.amazonaws\.com$/);
    const eip = await bench.create('AWS::EC2::EIP', { Domain: 'vpc', InstanceId: instance.referred });
    expect(eip.referred).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(eip.attributes.AllocationId).toMatch(/^eipalloc-[0-9a-f]{17}$/);
    expect((await instance.type.read?.(instance.ctx, instance.ref))?.attributes.PublicIp).toBe(eip.referred);
    const volume = await bench.create('AWS::EC2::Volume', { AvailabilityZone: 'us-east-1a', Size: 8 });
    const attachment = await bench.create('AWS::EC2::VolumeAttachment', {
      Device: '/dev/sdf',
      InstanceId: instance.referred,
      VolumeId: volume.referred,
    });
    expect(attachment.referred).toBe(`${volume.referred}|${instance.referred}`);
    await expect(bench.delete(volume)).rejects.toThrow(/is currently attached/);
    await expect(bench.delete(net)).rejects.toThrow(
      `The vpc '${net.referred}' has dependencies and cannot be deleted.`,
    );
    await expect(bench.delete(group)).rejects.toThrow(/has a dependent object/);
    for (const made of [attachment, volume, eip, instance, rule, group, subnet, net]) await bench.delete(made);
    expect(bench.left()).toEqual([]);
  });

  test('ids that parameters bring are taken to exist', async () => {
    const bench = new TypeBench();
    const instance = await bench.create('AWS::EC2::Instance', {
      ImageId: 'ami-12345678',
      SubnetId: 'subnet-12345678',
      SecurityGroupIds: ['sg-12345678'],
      KeyName: 'my-key',
    });
    await bench.delete(instance);
    await expect(bench.create('AWS::EC2::Subnet', { VpcId: 'nonsense', CidrBlock: '10.0.0.0/24' })).rejects.toThrow();
  });

  test('an association ties an address by allocation id', async () => {
    const bench = new TypeBench();
    const instance = await bench.create('AWS::EC2::Instance', { ImageId: 'ami-1' });
    const eip = await bench.create('AWS::EC2::EIP', { Domain: 'vpc' });
    const tie = await bench.create('AWS::EC2::EIPAssociation', {
      AllocationId: eip.attributes.AllocationId ?? null,
      InstanceId: instance.referred,
    });
    expect(tie.referred).toMatch(/^eipassoc-/);
    expect((await instance.type.read?.(instance.ctx, instance.ref))?.attributes.PublicIp).toBe(eip.referred);
    for (const made of [tie, eip, instance]) await bench.delete(made);
    expect(bench.left()).toEqual([]);
  });
});

describe('a network interface', () => {
  test('has secondary addresses, each of which takes an EIP', async () => {
    const bench = new TypeBench();
    const { subnet } = await vpc(bench);
    const nic = await bench.create('AWS::EC2::NetworkInterface', {
      SubnetId: subnet.referred,
      SecondaryPrivateIpAddressCount: 1,
    });
    const primary = String(nic.attributes.PrimaryPrivateIpAddress);
    const secondary = nic.attributes.SecondaryPrivateIpAddresses as string[];
    expect(secondary).toHaveLength(1);
    for (const ip of [primary, ...secondary]) {
      const eip = await bench.create('AWS::EC2::EIP', { Domain: 'vpc' });
      await bench.create('AWS::EC2::EIPAssociation', {
        AllocationId: eip.attributes.AllocationId ?? null,
        NetworkInterfaceId: nic.referred,
        PrivateIpAddress: ip,
      });
    }
  });
});

describe('load balancers of AWS', () => {
  test('the second generation hangs together by ARNs', async () => {
    const bench = new TypeBench();
    const { subnet } = await vpc(bench);
    const group = await bench.create(
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      { Port: 80, Protocol: 'HTTP' },
      { name: 'Targets' },
    );
    expect(group.referred).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:\d{12}:targetgroup\/[^/]{1,32}\/[0-9a-f]{16}$/,
    );
    const balancer = await bench.create(
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
      { Subnets: [subnet.referred] },
      { name: 'Front' },
    );
    expect(balancer.referred).toMatch(/:loadbalancer\/app\/[^/]{1,32}\/[0-9a-f]{16}$/);
    expect(balancer.attributes.DNSName).toMatch(/\.us-east-1\.elb\.amazonaws\.com$/);
    const listener = await bench.create('AWS::ElasticLoadBalancingV2::Listener', {
      LoadBalancerArn: balancer.referred,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group.referred }],
    });
    expect(listener.referred).toMatch(/:listener\/app\/.*\/[0-9a-f]{16}\/[0-9a-f]{16}$/);
    for (const made of [listener, balancer, group]) await bench.delete(made);
    expect(bench.left().filter((kind) => !['networks', 'subnets'].includes(kind))).toEqual([]);
  });

  test('the classic one has its listeners inside', async () => {
    const bench = new TypeBench();
    const listeners = [{ InstancePort: '80', LoadBalancerPort: '80', Protocol: 'HTTP' }];
    const balancer = await bench.create('AWS::ElasticLoadBalancing::LoadBalancer', {
      Listeners: listeners,
      AvailabilityZones: ['us-east-1a'],
    });
    expect(balancer.attributes.DNSName).toMatch(/elb\.amazonaws\.com$/);
    await bench.update(balancer, {
      Listeners: [{ InstancePort: '81', LoadBalancerPort: '81', Protocol: 'HTTP' }],
      AvailabilityZones: ['us-east-1a'],
    });
    await bench.delete(balancer);
    expect(bench.left()).toEqual([]);
  });
});

describe('stores of AWS', () => {
  test('names are made as CloudFormation makes them', async () => {
    const bench = new TypeBench();
    const bucket = await bench.create('AWS::S3::Bucket', {}, { name: 'MyBucket' });
    expect(bucket.referred).toMatch(/^stack-mybucket-[a-z0-9]{12}$/);
    expect(bucket.attributes).toMatchObject({
      Arn: `arn:aws:s3:::${bucket.referred}`,
      DomainName: `${bucket.referred}.s3.amazonaws.com`,
    });
    const role = await bench.create('AWS::IAM::Role', { AssumeRolePolicyDocument: {} }, { name: 'Role' });
    expect(role.referred).toMatch(/^stack-Role-[A-Z0-9]{12}$/);
    expect(role.attributes.Arn).toMatch(new RegExp(`^arn:aws:iam::\\d{12}:role/${role.referred}$`));
    const lambda = await bench.create('AWS::Lambda::Function', { FunctionName: 'mine', Code: {}, Role: 'r' });
    expect(lambda.referred).toBe('mine');
    expect(lambda.attributes.Arn).toMatch(/:function:mine$/);
    const topic = await bench.create('AWS::SNS::Topic', { TopicName: 'news' });
    expect(topic.referred).toMatch(/^arn:aws:sns:us-east-1:\d{12}:news$/);
    const unnamed = await bench.create('AWS::SQS::Queue', {}, { name: 'Jobs' });
    expect(unnamed.referred).toMatch(/^https:\/\/sqs\.us-east-1\.amazonaws\.com\/\d{12}\/stack-Jobs-[A-Z0-9]{12}$/);
    await bench.delete(unnamed);
    const queue = await bench.create('AWS::SQS::Queue', { QueueName: 'jobs' });
    expect(queue.referred).toMatch(/^https:\/\/sqs\.us-east-1\.amazonaws\.com\/\d{12}\/jobs$/);
    expect(queue.attributes.Arn).toMatch(/^arn:aws:sqs:us-east-1:\d{12}:jobs$/);
    for (const made of [bucket, role, lambda, topic, queue]) await bench.delete(made);
    expect(bench.left()).toEqual([]);
  });

  test('a name that is taken is refused', async () => {
    const bench = new TypeBench();
    await bench.create('AWS::IAM::Role', { RoleName: 'admin', AssumeRolePolicyDocument: {} });
    await expect(bench.create('AWS::IAM::Role', { RoleName: 'admin', AssumeRolePolicyDocument: {} })).rejects.toThrow(
      'Role with name admin already exists.',
    );
    await bench.create('AWS::S3::Bucket', { BucketName: 'b-1' });
    await expect(bench.create('AWS::S3::Bucket', { BucketName: 'b-1' })).rejects.toThrow('b-1 already exists');
  });

  test('a parameter has a value that dynamic references find', async () => {
    const bench = new TypeBench();
    await bench.create('AWS::SSM::Parameter', { Name: '/app/size', Type: 'String', Value: 'big' });
    const found = await bench.cloud
      .collection('parameters')
      .find({ projectId: 'project', region: 'us-east-1' }, '/app/size');
    expect(found?.body).toMatchObject({ value: 'big', version: 1 });
  });

  test('a secret is generated once and stays what it is', async () => {
    const bench = new TypeBench();
    const wish: JsonMap = {
      SecretStringTemplate: '{"username": "admin"}',
      GenerateStringKey: 'password',
      PasswordLength: 16,
      ExcludePunctuation: true,
    };
    const secret = await bench.create('AWS::SecretsManager::Secret', { Name: 'db', GenerateSecretString: wish });
    const call = { projectId: 'project', region: 'us-east-1' };
    const payload = (await bench.cloud.collection('secrets').find(call, 'db'))?.body.payload;
    expect(JSON.parse(String(payload))).toMatchObject({
      username: 'admin',
      password: expect.stringMatching(/^[A-Za-z0-9]{16}$/),
    });
    await bench.update(secret, { Name: 'db', GenerateSecretString: wish, Description: 'new' });
    expect((await bench.cloud.collection('secrets').find(call, 'db'))?.body.payload).toBe(payload);
  });

  test('a database has an endpoint with the port of its engine', async () => {
    const bench = new TypeBench();
    const db = await bench.create(
      'AWS::RDS::DBInstance',
      { Engine: 'postgres', DBInstanceClass: 'db.t3.micro' },
      { name: 'DB' },
    );
    expect(db.attributes['Endpoint.Port']).toBe('5432');
    expect(db.attributes['Endpoint.Address']).toMatch(/\.us-east-1\.rds\.amazonaws\.com$/);
  });
});
