import type { ParameterType } from '../template.js';

const SCALAR_IDS: readonly string[] = [
  'AWS::EC2::AvailabilityZone::Name',
  'AWS::EC2::Image::Id',
  'AWS::EC2::Instance::Id',
  'AWS::EC2::KeyPair::KeyName',
  'AWS::EC2::SecurityGroup::GroupName',
  'AWS::EC2::SecurityGroup::Id',
  'AWS::EC2::Subnet::Id',
  'AWS::EC2::VPC::Id',
  'AWS::EC2::Volume::Id',
  'AWS::Route53::HostedZone::Id',
  'AWS::SSM::Parameter::Name',
];

const LISTS: readonly string[] = ['List<String>', ...SCALAR_IDS.map((id) => `List<${id}>`)];

const HEAT_TYPES: ReadonlyMap<string, ParameterType> = new Map([
  ['String', 'string'],
  ['Number', 'number'],
  ['CommaDelimitedList', 'comma_delimited_list'],
  ['Json', 'json'],
  ['Boolean', 'boolean'],
]);

const AWS_TYPES: ReadonlyMap<string, ParameterType> = new Map<string, ParameterType>([
  ...HEAT_TYPES,
  ['List<Number>', 'comma_delimited_list'],
  ...LISTS.map((type) => [type, 'comma_delimited_list'] as const),
  ...SCALAR_IDS.map((type) => [type, 'string'] as const),
  // The template's value is the name of a stored parameter: a string, whatever is stored there.
  ...['String', 'CommaDelimitedList', ...LISTS, ...SCALAR_IDS].map(
    (type) => [`AWS::SSM::Parameter::Value<${type}>`, 'string'] as const,
  ),
]);

/** The parameter types of a dialect, each with the neutral type of the values that are given for it. */
export const PARAMETER_TYPES = { aws: AWS_TYPES, heat: HEAT_TYPES };

/**
 * What `AWS::SSM::Parameter::Value<T>` stores under the name that the parameter gives: its type, and whether it is a list.
 * Undefined for every other type.
 */
export function storedParameterType(declaredType: string): { type: string; isList: boolean } | undefined {
  const type = /^AWS::SSM::Parameter::Value<(.+)>$/.exec(declaredType)?.[1];
  return type === undefined ? undefined : { type, isList: type === 'CommaDelimitedList' || type.startsWith('List<') };
}

/** The type of one value or, for a list type, of one item: `AWS::EC2::Subnet::Id` for `List<AWS::EC2::Subnet::Id>`. */
export function itemType(declaredType: string): string {
  const type = storedParameterType(declaredType)?.type ?? declaredType;
  return /^List<(.+)>$/.exec(type)?.[1] ?? type;
}
