import type { GenericDefinition } from '../define-generic.js';
import { alarmSignalled } from './aws/alarm.js';
import { validateL7Policy } from './octavia/load-balancer.js';

const TABLE = 'AWS::EC2::RouteTable';
const GATEWAY = 'AWS::EC2::InternetGateway';

/** What types without a file of their own refer to, refuse, and are known by; all others need only their schema. */
export const GENERIC_TYPES: { readonly [type: string]: GenericDefinition } = {
  'AWS::EC2::RouteTable': { refs: { VpcId: 'networks' } },
  'AWS::EC2::Route': { refs: { RouteTableId: TABLE } },
  'AWS::EC2::SubnetRouteTableAssociation': { refs: { SubnetId: 'subnets', RouteTableId: TABLE } },
  'AWS::EC2::VPCGatewayAttachment': { refs: { VpcId: 'networks', InternetGatewayId: GATEWAY } },
  'AWS::EC2::NetworkAcl': { refs: { VpcId: 'networks' } },
  'AWS::EC2::SubnetNetworkAclAssociation': { refs: { SubnetId: 'subnets' } },
  'AWS::EC2::NatGateway': { refs: { SubnetId: 'subnets', AllocationId: 'floating_ips' } },
  'AWS::EC2::VPCEndpoint': { refs: { VpcId: 'networks', SubnetIds: 'subnets', SecurityGroupIds: 'security_groups' } },
  'AWS::EC2::VPCPeeringConnection': { refs: { VpcId: 'networks' } },
  'AWS::EC2::NetworkInterfaceAttachment': { refs: { InstanceId: 'servers', NetworkInterfaceId: 'ports' } },
  'AWS::EC2::LaunchTemplate': {
    taken: 'Launch template name already in use.',
    versioned: 'LaunchTemplateData',
    attributes: ({ versions }) => ({ LatestVersionNumber: String(versions.length || 1), DefaultVersionNumber: '1' }),
  },
  'AWS::IAM::Role': { taken: 'Role with name %s already exists.' },
  'AWS::IAM::User': { taken: 'User with name %s already exists.' },
  'AWS::IAM::Group': { taken: 'Group with name %s already exists.' },
  'AWS::IAM::ManagedPolicy': { taken: 'A policy called %s already exists. Duplicate names are not allowed.' },
  'AWS::IAM::InstanceProfile': { taken: 'Instance Profile %s already exists.' },
  'AWS::Lambda::Function': { taken: 'Function already exist: %s' },
  'AWS::DynamoDB::Table': { taken: 'Table already exists: %s' },
  'AWS::Logs::LogGroup': { taken: 'The specified log group already exists' },
  'AWS::CloudWatch::Alarm': { signalled: alarmSignalled },
  'AWS::CloudWatch::CompositeAlarm': { signalled: alarmSignalled },
  'OS::Octavia::L7Policy': { refs: { listener: 'listeners', redirect_pool: 'pools' }, validate: validateL7Policy },
  'OS::Octavia::L7Rule': {},
  'OS::Neutron::ExtraRoute': { refs: { router_id: 'routers' } },
  'OS::Neutron::ExtraRouteSet': { refs: { router: 'routers' } },
  'OS::Neutron::Trunk': { refs: { port: 'ports' } },
  'OS::Neutron::VPNService': { refs: { router: 'routers', subnet: 'subnets' } },
  'OS::Neutron::FloatingIPPortForward': { refs: { floating_ip: 'floating_ips', internal_port: 'ports' } },
  'OS::Cinder::EncryptedVolumeType': { idProperty: 'volume_type' },
  'OS::Keystone::Region': { idProperty: 'id' },
};
