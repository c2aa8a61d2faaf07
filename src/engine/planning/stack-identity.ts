import { accountOf, partitionOf } from '../model/account.js';
import type { Origin, StackRecord } from '../model/records.js';
import { isMap, type Json } from '../model/value.js';

/** What a template may know of the stack that it is evaluated for. */
export interface StackIdentity {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly region: string;
  readonly origin: Origin;
  readonly notificationArns: readonly string[];
  /** CloudFormation's: resources get them too. */
  readonly tags?: { readonly [key: string]: string };
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
    tags: stackTags(stack.extra.tagMap),
  };
}

/** The tags of a stack as its record has them. */
export function stackTags(tagMap: Json | undefined): { readonly [key: string]: string } {
  if (!isMap(tagMap)) return {};
  return Object.fromEntries(Object.entries(tagMap).map(([key, value]) => [key, String(value)]));
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
