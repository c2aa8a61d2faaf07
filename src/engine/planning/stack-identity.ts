import { accountOf, partitionOf } from '../model/account.js';
import type { Origin, StackRecord } from '../model/records.js';

/** What a template may know of the stack that it is evaluated for. */
export interface StackIdentity {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly region: string;
  readonly origin: Origin;
  readonly notificationArns: readonly string[];
}

export function identityOf(stack: StackRecord): StackIdentity {
  const arns = stack.extra.notificationArns;
  return {
    id: stack.id,
    name: stack.name,
    projectId: stack.projectId,
    region: stack.region,
    origin: stack.origin,
    notificationArns: Array.isArray(arns) ? arns.map(String) : [],
  };
}

/** The name of a stack in the words of the API that it came through. */
export function stackArn(stack: StackIdentity): string {
  return stack.origin === 'cfn' ? cfnArn(stack) : heatArn(stack);
}

/** Heat's name of a stack: `arn:openstack:heat::<project>:stacks/<name>/<id>`. */
export function heatArn(stack: StackIdentity): string {
  return `arn:openstack:heat::${stack.projectId}:stacks/${stack.name}/${stack.id}`;
}

/** CloudFormation's name of a stack. */
export function cfnArn(stack: StackIdentity): string {
  const place = `${stack.region}:${accountOf(stack.projectId)}`;
  return `arn:${partitionOf(stack.region)}:cloudformation:${place}:stack/${stack.name}/${stack.id}`;
}

export { accountOf, partitionOf };
