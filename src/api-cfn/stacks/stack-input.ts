import type { StackRecord } from '../../engine/model/records.js';
import { isMap, type Json, type JsonMap } from '../../engine/model/value.js';
import { CFN_LIMITS } from '../../engine/template/cfn/cfn-limits.js';
import type { Template } from '../../engine/template/template.js';
import type { ActionContext } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { flagOf, mapOf, mapsOf, textOf, textsOf } from '../protocol/input-access.js';
import { fetchText } from '../templates/read-template.js';

/** The parameters of a request. */
export interface GivenParameters {
  readonly values: JsonMap;
  /** Names whose value stays what it is. */
  readonly previous: readonly string[];
}

/** Reads `Parameters`; `known` are the parameters that the stack has now. */
export function readParameters(input: JsonMap, known: ReadonlySet<string> = new Set()): GivenParameters {
  const values: JsonMap = {};
  const previous: string[] = [];
  const seen = new Set<string>();
  for (const parameter of mapsOf(input, 'Parameters') ?? []) {
    const key = textOf(parameter, 'ParameterKey');
    const value = textOf(parameter, 'ParameterValue');
    const keeps = flagOf(parameter, 'UsePreviousValue') === true;
    if (key === undefined || key === '') throw validationError('Parameter key must be present');
    if (seen.has(key)) throw validationError(`Parameters: [${key}] are specified more than once`);
    seen.add(key);
    if (keeps && value !== undefined) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and also specify a value for the parameter`,
      );
    }
    if (keeps && !known.has(key)) {
      throw validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    if (!keeps && value === undefined)
      throw validationError(`Parameter value for parameter key ${key} must be present`);
    if (value !== undefined && Buffer.byteLength(value) > CFN_LIMITS.parameterValueBytes) {
      throw validationError(
        `Parameter '${key}' value '[****]' length is greater than ${CFN_LIMITS.parameterValueBytes}.`,
      );
    }
    if (keeps) previous.push(key);
    else values[key] = value ?? '';
  }
  return { values, previous };
}

/** Reads `Tags`; undefined if they are not spoken of. */
export function readTags(input: JsonMap): { [key: string]: string } | undefined {
  const given = mapsOf(input, 'Tags');
  if (!given) return undefined;
  const tags = new Map<string, string>();
  for (const tag of given) {
    const key = textOf(tag, 'Key') ?? '';
    if (key.toLowerCase().startsWith('aws:')) {
      throw validationError('aws: prefixed tag key names are not allowed for external use.');
    }
    if (tags.has(key)) throw validationError(`Duplicate keys found: ${key}. Please provide unique keys.`);
    tags.set(key, textOf(tag, 'Value') ?? '');
  }
  return Object.fromEntries(tags);
}

/** What only this API keeps of a request: absent members stay as they are. */
export function readExtra(input: JsonMap): JsonMap {
  const extra: JsonMap = {};
  const keep = (name: string, value: Json | undefined) => {
    if (value !== undefined) extra[name] = value;
  };
  keep('capabilities', textsOf(input, 'Capabilities'));
  keep('notificationArns', textsOf(input, 'NotificationARNs'));
  keep('roleArn', textOf(input, 'RoleARN'));
  keep('rollbackConfiguration', readRollbackConfiguration(input));
  keep('terminationProtection', flagOf(input, 'EnableTerminationProtection'));
  keep('retainExceptOnCreate', flagOf(input, 'RetainExceptOnCreate') ?? false);
  return extra;
}

const TRIGGER_TYPES = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];

/** Reads `RollbackConfiguration`; throws for triggers that cannot be any. */
function readRollbackConfiguration(input: JsonMap): JsonMap | undefined {
  const configuration = mapOf(input, 'RollbackConfiguration');
  for (const trigger of (configuration && mapsOf(configuration, 'RollbackTriggers')) ?? []) {
    const type = textOf(trigger, 'Type') ?? '';
    const arn = textOf(trigger, 'Arn') ?? '';
    if (!TRIGGER_TYPES.includes(type))
      throw validationError(`Invalid rollback trigger type ${type}: it must be ${TRIGGER_TYPES.join(' or ')}`);
    if (!/^arn:[\w-]+:cloudwatch:[^:]*:[^:]*:alarm:.+$/.test(arn))
      throw validationError(`Invalid rollback trigger arn: ${arn}`);
  }
  return configuration;
}

/** A stack policy by body or address, as the given members name them; undefined if there is none. */
export async function readPolicy(
  context: ActionContext,
  bodyMember: string,
  urlMember: string,
): Promise<PolicyText | undefined> {
  const { input, deps, caller } = context;
  const body = textOf(input, bodyMember);
  const url = textOf(input, urlMember);
  if (body !== undefined && url !== undefined) {
    throw validationError(`You cannot specify both ${bodyMember} and ${urlMember}`);
  }
  const text = url === undefined ? body : await fetchText(() => deps.fetchTemplate(url, caller));
  return text === undefined ? undefined : { text, policy: parsePolicy(text) };
}

export interface PolicyText {
  readonly text: string;
  readonly policy: JsonMap;
}

function parsePolicy(text: string): JsonMap {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (cause) {
    throw validationError('Error validating stack policy: Invalid stack policy', { cause });
  }
  const statements = isMap(policy) ? [policy.Statement].flat() : [];
  const isGood =
    statements.length > 0 && statements.every((statement) => isMap(statement) && isStatement(statement as JsonMap));
  if (!isMap(policy) || !isGood) throw validationError('Error validating stack policy: Invalid stack policy');
  return policy as JsonMap;
}

function isStatement(statement: JsonMap): boolean {
  const actions = [statement.Action ?? statement.NotAction].flat();
  return (
    (statement.Effect === 'Allow' || statement.Effect === 'Deny') &&
    actions.length > 0 &&
    actions.every((action) => typeof action === 'string' && /^(\*|update:[a-z*?]+)$/i.test(action)) &&
    (statement.Principal === undefined || statement.Principal === '*' || isMap(statement.Principal)) &&
    (statement.Resource !== undefined || statement.NotResource !== undefined)
  );
}

/** Throws if the template has a type that the caller does not allow. */
export function checkResourceTypes(input: JsonMap, template: Template): void {
  const allowed = textsOf(input, 'ResourceTypes');
  if (!allowed?.length) return;
  for (const { type } of template.resources.values()) {
    const isAllowed = allowed.some((pattern) =>
      pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
    );
    if (!isAllowed)
      throw validationError(`Resource type ${type} is not allowed by parameter ResourceTypes [${allowed.join(', ')}]`);
  }
}

/** The tags that a stack has. */
export function tagsOf(stack: StackRecord): { readonly [key: string]: string } {
  const { tagMap } = stack.extra;
  return isMap(tagMap) ? Object.fromEntries(Object.entries(tagMap).map(([key, value]) => [key, String(value)])) : {};
}
