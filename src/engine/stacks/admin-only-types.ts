/** The types that Heat's default policies keep for administrators, besides all of OS::Keystone. */
const ADMIN_ONLY_TYPES = new Set([
  'OS::Nova::Flavor',
  'OS::Cinder::EncryptedVolumeType',
  'OS::Cinder::VolumeType',
  'OS::Cinder::Quota',
  'OS::Neutron::Quota',
  'OS::Nova::Quota',
  'OS::Octavia::Quota',
  'OS::Manila::ShareType',
  'OS::Neutron::ProviderNet',
  'OS::Neutron::QoSPolicy',
  'OS::Neutron::QoSBandwidthLimitRule',
  'OS::Neutron::QoSDscpMarkingRule',
  'OS::Neutron::QoSMinimumBandwidthRule',
  'OS::Neutron::QoSMinimumPacketRateRule',
  'OS::Neutron::Segment',
  'OS::Nova::HostAggregate',
  'OS::Cinder::QoSSpecs',
  'OS::Cinder::QoSAssociation',
  'OS::Blazar::Host',
  'OS::Octavia::Flavor',
  'OS::Octavia::FlavorProfile',
  'OS::Octavia::AvailabilityZone',
  'OS::Octavia::AvailabilityZoneProfile',
]);

/** True if only administrators may use or see the type. */
export function isAdminOnlyType(type: string): boolean {
  return ADMIN_ONLY_TYPES.has(type) || type.startsWith('OS::Keystone::');
}
