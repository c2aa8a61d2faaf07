import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../engine/drivers/resource-type.js';
import type { Cloud } from '../clouds/cloud.js';
import type { TypeDefinition } from '../define-type.js';
import { eip, eipAssociation } from './aws/addresses.js';
import { classicLoadBalancer, listenerV2, loadBalancerV2, targetGroup } from './aws/balancing.js';
import { instance } from './aws/instance.js';
import { ec2SecurityGroup, ec2SecurityGroupEgress, ec2SecurityGroupIngress } from './aws/security-group.js';
import { bucket, secretsManagerSecret, snsTopic, sqsQueue, ssmParameter } from './aws/stores.js';
import { ec2KeyPair, ec2Volume, ec2VolumeAttachment } from './aws/volume.js';
import { ec2Subnet, networkInterface, vpc } from './aws/vpc.js';
import { secret } from './barbican/secret.js';
import { volume, volumeAttachment } from './cinder/volume.js';
import { delay } from './heat/delay.js';
import { none } from './heat/none.js';
import { randomString } from './heat/random-string.js';
import { testResource } from './heat/test-resource.js';
import { value } from './heat/value.js';
import { floatingIp, floatingIpAssociation } from './neutron/floating-ip.js';
import { net, providerNet } from './neutron/network.js';
import { port } from './neutron/port.js';
import { router, routerGateway, routerInterface } from './neutron/router.js';
import { securityGroup, securityGroupRule } from './neutron/security-group.js';
import { subnet } from './neutron/subnet.js';
import { flavor, keyPair, serverGroup, webImage } from './nova/compute.js';
import { novaFloatingIp, novaFloatingIpAssociation } from './nova/floating-ip.js';
import { server } from './nova/server.js';
import { oldPool } from './octavia/lbaas.js';
import { healthMonitor, listener, loadBalancer, pool, poolMember } from './octavia/load-balancer.js';
import { container } from './swift/container.js';
import { queue } from './zaqar/queue.js';
import { zunContainer } from './zun/container.js';

/** Types that are one thing of a cloud's collection; one line adds one. */
export const TYPE_DEFINITIONS: { readonly [type: string]: TypeDefinition } = {
  'OS::Nova::Server': server,
  'OS::Nova::KeyPair': keyPair,
  'OS::Nova::Flavor': flavor,
  'OS::Nova::ServerGroup': serverGroup,
  'OS::Nova::FloatingIP': novaFloatingIp,
  'OS::Nova::FloatingIPAssociation': novaFloatingIpAssociation,
  'OS::Glance::WebImage': webImage,
  'OS::Glance::Image': webImage,
  'OS::Cinder::Volume': volume,
  'OS::Cinder::VolumeAttachment': volumeAttachment,
  'OS::Neutron::Net': net,
  'OS::Neutron::ProviderNet': providerNet,
  'OS::Neutron::Subnet': subnet,
  'OS::Neutron::Port': port,
  'OS::Neutron::Router': router,
  'OS::Neutron::RouterInterface': routerInterface,
  'OS::Neutron::RouterGateway': routerGateway,
  'OS::Neutron::FloatingIP': floatingIp,
  'OS::Neutron::FloatingIPAssociation': floatingIpAssociation,
  'OS::Neutron::SecurityGroup': securityGroup,
  'OS::Neutron::SecurityGroupRule': securityGroupRule,
  'OS::Neutron::Pool': oldPool,
  'OS::Neutron::LBaaS::LoadBalancer': loadBalancer,
  'OS::Neutron::LBaaS::Listener': listener,
  'OS::Neutron::LBaaS::Pool': pool,
  'OS::Neutron::LBaaS::PoolMember': poolMember,
  'OS::Neutron::LBaaS::HealthMonitor': healthMonitor,
  'OS::Octavia::LoadBalancer': loadBalancer,
  'OS::Octavia::Listener': listener,
  'OS::Octavia::Pool': pool,
  'OS::Octavia::PoolMember': poolMember,
  'OS::Octavia::HealthMonitor': healthMonitor,
  'OS::Swift::Container': container,
  'OS::Barbican::Secret': secret,
  'OS::Zaqar::Queue': queue,
  'OS::Zun::Container': zunContainer,
  'AWS::EC2::VPC': vpc,
  'AWS::EC2::Subnet': ec2Subnet,
  'AWS::EC2::NetworkInterface': networkInterface,
  'AWS::EC2::SecurityGroup': ec2SecurityGroup,
  'AWS::EC2::SecurityGroupIngress': ec2SecurityGroupIngress,
  'AWS::EC2::SecurityGroupEgress': ec2SecurityGroupEgress,
  'AWS::EC2::Instance': instance,
  'AWS::EC2::EIP': eip,
  'AWS::EC2::Volume': ec2Volume,
  'AWS::EC2::VolumeAttachment': ec2VolumeAttachment,
  'AWS::EC2::KeyPair': ec2KeyPair,
  'AWS::ElasticLoadBalancing::LoadBalancer': classicLoadBalancer,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancerV2,
  'AWS::ElasticLoadBalancingV2::TargetGroup': targetGroup,
  'AWS::ElasticLoadBalancingV2::Listener': listenerV2,
  'AWS::S3::Bucket': bucket,
  'AWS::SSM::Parameter': ssmParameter,
  'AWS::SecretsManager::Secret': secretsManagerSecret,
  'AWS::SNS::Topic': snsTopic,
  'AWS::SQS::Queue': sqsQueue,
};

/** Types with verbs all of their own. */
export const OWN_TYPES: { readonly [type: string]: (schema: ResourceSchema) => ResourceType<Cloud> } = {
  'OS::Heat::None': none,
  'OS::Heat::TestResource': testResource,
  'OS::Heat::RandomString': randomString,
  'OS::Heat::Value': value,
  'OS::Heat::Delay': delay,
  'AWS::EC2::EIPAssociation': eipAssociation,
};
