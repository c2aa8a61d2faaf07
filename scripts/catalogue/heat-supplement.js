/**
 * What Heat's answers do not show but templates rely on: properties that Heat hides and moves to their
 * successors, secrets, attributes with free names, and what is known of hidden types.
 */

/** Hidden properties and the property that took their place; `[]` steps into a list's items. */
export const REPLACED = {
  'OS::Neutron::Port': { network_id: 'network', 'fixed_ips[].subnet_id': 'subnet' },
  'OS::Neutron::Subnet': { network_id: 'network' },
  'OS::Neutron::Router': { l3_agent_id: 'l3_agent_ids' },
  'OS::Neutron::RouterInterface': { router_id: 'router', subnet_id: 'subnet', port_id: 'port' },
  'OS::Neutron::FloatingIP': { floating_network_id: 'floating_network' },
  'OS::Neutron::VPNService': { subnet_id: 'subnet', router_id: 'router' },
  'OS::Neutron::NetworkGateway': { 'connections[].network_id': 'network' },
  'OS::Nova::Server': { 'networks[].uuid': 'network', 'block_device_mapping_v2[].image_id': 'image' },
  'OS::Cinder::Volume': { imageRef: 'image' },
};

/** Passwords and keys, as `type property`. */
export const SECRET_PROPERTIES = new Set([
  'AWS::IAM::User LoginProfile.Password',
  'AWS::RDS::DBInstance MasterUserPassword',
  'OS::Barbican::Order pass_phrase',
  'OS::Barbican::Secret payload',
  'OS::Heat::Stack context.credential_secret_id',
  'OS::Keystone::User password',
  'OS::Manila::SecurityService password',
  'OS::Neutron::IPsecSiteConnection psk',
  'OS::Nova::Server admin_pass',
  'OS::Trove::Instance users[].password',
]);

/** Secrets that a cloud makes. A wait handle's token and curl line are not among them: they are made to be handed around. */
export const SECRET_ATTRIBUTES = new Set([
  'AWS::IAM::AccessKey SecretAccessKey',
  'OS::Barbican::Order private_key',
  'OS::Barbican::Secret decrypted_payload',
  'OS::Nova::KeyPair private_key',
]);

/** Attributes that are never taken from the row. */
export const LIVE_ATTRIBUTES = new Set(['show', 'console_urls']);

/** Attributes that Heat still answers but no longer shows. */
export const HIDDEN_ATTRIBUTES = {
  'OS::Nova::Server': { first_address: { type: 'string' } },
};

/** Types whose code answers attributes that the schema does not name: members' attributes, outputs. */
export const OPEN_ATTRIBUTES = new Set([
  'AWS::CloudFormation::Stack',
  'OS::Heat::AutoScalingGroup',
  'OS::Heat::None',
  'OS::Heat::ResourceChain',
  'OS::Heat::ResourceGroup',
  'OS::Heat::SoftwareDeployment',
  'OS::Heat::SoftwareDeploymentGroup',
  'OS::Heat::StructuredDeployment',
  'OS::Heat::StructuredDeploymentGroup',
]);

/** Types that take any property. */
export const OPEN_TYPES = new Set(['OS::Heat::None']);

const text = { type: 'string' };
const needed = { type: 'string', required: true };

/** Hidden types that are another type under an old name. */
export const HIDDEN_LIKE = {
  'OS::Heat::SoftwareDeployments': 'OS::Heat::SoftwareDeploymentGroup',
  'OS::Heat::StructuredDeployments': 'OS::Heat::StructuredDeploymentGroup',
  'OS::Magnum::BayModel': 'OS::Magnum::ClusterTemplate',
};

/** What is known of other hidden types; all of them also take properties that are not named here. */
export const HIDDEN_SCHEMAS = {
  'OS::Designate::Domain': {
    properties: { name: needed, email: needed, ttl: { type: 'integer', onChange: 'update' }, description: text },
    attributes: { serial: {} },
  },
  'OS::Designate::Record': {
    properties: {
      name: needed,
      domain: needed,
      type: needed,
      data: needed,
      ttl: { type: 'integer' },
      description: text,
      priority: { type: 'integer' },
    },
    attributes: {},
  },
  'OS::Glance::Image': {
    properties: {
      name: text,
      id: text,
      is_public: { type: 'boolean' },
      disk_format: text,
      container_format: text,
      location: text,
      min_disk: { type: 'integer' },
      min_ram: { type: 'integer' },
    },
    attributes: {},
  },
  'OS::Heat::HARestarter': { properties: { InstanceId: text }, attributes: { AlarmUrl: { type: 'string' } } },
  'OS::Magnum::Bay': {
    properties: {
      name: text,
      baymodel: text,
      node_count: { type: 'integer', onChange: 'update' },
      master_count: { type: 'integer', onChange: 'update' },
      discovery_url: text,
      timeout: { type: 'integer' },
    },
    attributes: {},
  },
  'OS::Neutron::RouterGateway': {
    properties: {
      router: text,
      network: text,
      router_id: { ...text, replacedBy: 'router' },
      network_id: { ...text, replacedBy: 'network' },
    },
    attributes: {},
  },
  'OS::Nova::FloatingIP': {
    properties: { pool: text },
    attributes: { pool: { type: 'string' }, ip: { type: 'string' } },
  },
  'OS::Nova::FloatingIPAssociation': { properties: { server_id: text, floating_ip: text }, attributes: {} },
};
