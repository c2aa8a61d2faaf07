import { NO_VALUE, type Value } from '../model/value.js';
import type { Template } from '../template/template.js';
import { accountOf, partitionOf, type StackIdentity, stackArn } from './stack-identity.js';

type PseudoParameter = (stack: StackIdentity) => Value;

const HOT: { readonly [name: string]: PseudoParameter } = {
  'OS::stack_name': (stack) => stack.name,
  'OS::stack_id': (stack) => stack.id,
  'OS::project_id': (stack) => stack.projectId,
};

const CFN: { readonly [name: string]: PseudoParameter } = {
  'AWS::StackName': (stack) => stack.name,
  'AWS::StackId': stackArn,
  'AWS::Region': (stack) => stack.region,
  'AWS::AccountId': (stack) => accountOf(stack.projectId),
  'AWS::Partition': (stack) => partitionOf(stack.region),
  'AWS::URLSuffix': (stack) => (stack.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'),
  'AWS::NotificationARNs': (stack) => [...stack.notificationArns],
  'AWS::NoValue': () => NO_VALUE,
};

/** The values that a language defines by itself, for one stack; undefined for other names. */
export function pseudoParameter(language: Template['language'], name: string, stack: StackIdentity): Value | undefined {
  const table = language === 'hot' ? HOT : CFN;
  return Object.hasOwn(table, name) ? table[name]?.(stack) : undefined;
}

/** The pseudo parameters that the API shows among a stack's parameters. */
export function shownPseudoParameters(template: Template, stack: StackIdentity): { [name: string]: string } {
  const names = template.language === 'hot' ? Object.keys(HOT) : ['AWS::StackId', 'AWS::StackName', 'AWS::Region'];
  return Object.fromEntries(names.map((name) => [name, String(pseudoParameter(template.language, name, stack))]));
}
