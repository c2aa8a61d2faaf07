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

/** The AWS partition that a region belongs to. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The twelve-digit account number of a project: always the same for the same project. */
export function accountOf(projectId: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(projectId)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return String((hash % 900_000_000_000n) + 100_000_000_000n);
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
