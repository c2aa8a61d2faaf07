import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import type { ResourceType } from '../../engine/drivers/resource-type.js';
import type { Cloud } from '../clouds/cloud.js';
import { heatScalingGroup } from './autoscaling/heat-scaling-group.js';
import { instanceGroup } from './autoscaling/instance-group.js';
import { launchConfiguration } from './autoscaling/launch-configuration.js';
import { scalingPolicy } from './autoscaling/scaling-policy.js';
import { scheduledAction } from './autoscaling/scheduled-action.js';
import { customResource } from './cloudformation/custom-resource.js';
import { iamAccessKey, iamUser } from './cloudformation/iam-user.js';
import { macro } from './cloudformation/macro.js';
import { nestedStack } from './cloudformation/nested-stack.js';
import { accessPolicy } from './heat/access-policy.js';
import { deployedServer } from './heat/deployed-server.js';
import { haRestarter } from './heat/ha-restarter.js';
import { remoteStack } from './heat/remote-stack.js';
import { resourceChain } from './heat/resource-chain.js';
import { resourceGroup } from './heat/resource-group.js';
import { swiftSignal, swiftSignalHandle } from './heat/swift-signal.js';
import { unsupported } from './heat/unsupported.js';
import { waitCondition } from './heat/wait-condition.js';
import { cfnWaitConditionHandle, heatWaitConditionHandle } from './heat/wait-condition-handle.js';
import { deploymentGroup } from './software/deployment-group.js';
import {
  cloudConfig,
  multipartMime,
  softwareComponent,
  softwareConfig,
  structuredConfig,
} from './software/software-config.js';
import { softwareDeployment } from './software/software-deployment.js';

const MISTRAL =
  'workflows are not run here: call the steps from outside, or use OS::Heat::SoftwareDeployment or a custom resource';

/** Types that are stacks, that wait, or that live by the stack around them; one line adds one. */
export const COMPOSING_TYPES: { readonly [type: string]: (schema: ResourceSchema) => ResourceType<Cloud> } = {
  'OS::Heat::ResourceGroup': resourceGroup,
  'OS::Heat::ResourceChain': resourceChain,
  'OS::Heat::InstanceGroup': instanceGroup,
  'OS::Heat::AutoScalingGroup': heatScalingGroup,
  'OS::Heat::ScalingPolicy': scalingPolicy,
  'AWS::AutoScaling::AutoScalingGroup': instanceGroup,
  'AWS::AutoScaling::LaunchConfiguration': launchConfiguration,
  'AWS::AutoScaling::ScalingPolicy': scalingPolicy,
  'AWS::AutoScaling::ScheduledAction': scheduledAction,
  'OS::Heat::WaitConditionHandle': heatWaitConditionHandle,
  'OS::Heat::UpdateWaitConditionHandle': cfnWaitConditionHandle,
  'AWS::CloudFormation::WaitConditionHandle': cfnWaitConditionHandle,
  'OS::Heat::WaitCondition': waitCondition,
  'AWS::CloudFormation::WaitCondition': waitCondition,
  'OS::Heat::SwiftSignalHandle': swiftSignalHandle,
  'OS::Heat::SwiftSignal': swiftSignal,
  'OS::Heat::SoftwareConfig': softwareConfig,
  'OS::Heat::StructuredConfig': structuredConfig,
  'OS::Heat::CloudConfig': cloudConfig,
  'OS::Heat::MultipartMime': multipartMime,
  'OS::Heat::SoftwareComponent': softwareComponent,
  'OS::Heat::SoftwareDeployment': softwareDeployment,
  'OS::Heat::StructuredDeployment': softwareDeployment,
  'OS::Heat::SoftwareDeploymentGroup': deploymentGroup,
  'OS::Heat::SoftwareDeployments': deploymentGroup,
  'OS::Heat::StructuredDeploymentGroup': deploymentGroup,
  'OS::Heat::StructuredDeployments': deploymentGroup,
  'OS::Heat::DeployedServer': deployedServer,
  'OS::Heat::Stack': remoteStack,
  'OS::Heat::AccessPolicy': accessPolicy,
  'OS::Heat::HARestarter': haRestarter,
  'AWS::CloudFormation::Stack': nestedStack,
  'AWS::CloudFormation::CustomResource': customResource,
  'AWS::CloudFormation::Macro': macro,
  'AWS::IAM::User': iamUser,
  'AWS::IAM::AccessKey': iamAccessKey,
  'OS::Mistral::Workflow': unsupported(MISTRAL),
  'OS::Mistral::CronTrigger': unsupported(MISTRAL),
  'OS::Mistral::ExternalResource': unsupported(MISTRAL),
  'OS::Zaqar::MistralTrigger': unsupported(MISTRAL),
};

/** The maker of a composing type; every `Custom::…` name is a custom resource. */
export function composingType(type: string): ((schema: ResourceSchema) => ResourceType<Cloud>) | undefined {
  if (type.startsWith('Custom::')) return customResource;
  return Object.hasOwn(COMPOSING_TYPES, type) ? COMPOSING_TYPES[type] : undefined;
}
