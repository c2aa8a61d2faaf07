import type { Template } from '../../engine/template/template.js';
import { modeledError } from '../protocol/cfn-error.js';

/** Types that change who may do what, with the property that gives such a thing a name of its own. */
const IAM_TYPES: { readonly [type: string]: string | undefined } = {
  'AWS::IAM::AccessKey': undefined,
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::GroupPolicy': undefined,
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::RolePolicy': undefined,
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserPolicy': undefined,
  'AWS::IAM::UserToGroupAddition': undefined,
};

/** What the author of a template has to acknowledge. */
export interface CapabilityNeeds {
  readonly capabilities: readonly string[];
  /** As `ValidateTemplate` tells it. */
  readonly reason: string | undefined;
}

/** The capabilities that a template needs. */
export function capabilitiesOf(template: Template): CapabilityNeeds {
  const iam = [...template.resources.values()].filter(({ type }) => Object.hasOwn(IAM_TYPES, type));
  const isNamed = iam.some(({ type, properties }) => {
    const name = IAM_TYPES[type];
    return name !== undefined && properties.entries.some((entry) => entry.key === name);
  });
  const capabilities: string[] = [];
  const reasons: string[] = [];
  if (iam.length > 0) {
    capabilities.push(isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM');
    const types = [...new Set(iam.map(({ type }) => type))].sort();
    reasons.push(`The following resource(s) require capabilities: [${types.join(', ')}]`);
  }
  if (template.transforms.length > 0) {
    capabilities.push('CAPABILITY_AUTO_EXPAND');
    reasons.push(`The following transform(s) require capabilities: [${template.transforms.join(', ')}]`);
  }
  return { capabilities, reason: reasons.length > 0 ? reasons.join(' ') : undefined };
}

/** Throws unless the caller has acknowledged what the template needs. Change sets show what macros make, and so need no word for them. */
export function checkCapabilities(
  template: Template,
  given: readonly string[],
  options: { readonly forChangeSet?: boolean } = {},
): void {
  const missing = capabilitiesOf(template).capabilities.filter((needed) => {
    if (needed === 'CAPABILITY_IAM')
      return !given.includes('CAPABILITY_IAM') && !given.includes('CAPABILITY_NAMED_IAM');
    if (needed === 'CAPABILITY_AUTO_EXPAND' && options.forChangeSet) return false;
    return !given.includes(needed);
  });
  if (missing.length > 0) {
    throw modeledError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
  }
}
