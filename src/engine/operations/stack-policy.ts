import type { ResourceRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap } from '../model/value.js';
import type { DesiredStack } from '../planning/desired.js';
import { ResourceFailure } from './failure.js';
import type { Run } from './run.js';

/** What a stack policy speaks of. */
export type PolicyAction = 'Modify' | 'Replace' | 'Delete';

/**
 * Why a stack policy does not let an update touch a resource; undefined if it may. As in CloudFormation a policy refuses
 * everything that it does not allow, and a Deny wins over every Allow.
 */
export function policyRefusal(
  policy: JsonMap,
  action: PolicyAction,
  resource: Pick<ResourceRecord, 'name' | 'type'>,
): string | undefined {
  let isAllowed = false;
  for (const [index, statement] of listOf(policy.Statement).entries()) {
    if (!isMap(statement) || !speaksOf(statement as JsonMap, action, resource)) continue;
    if (statement.Effect === 'Deny') {
      const actions = listOf((statement as JsonMap).Action ?? (statement as JsonMap).NotAction).join(', ');
      return `Action denied by stack policy: Statement [#${index + 1}] does not allow [${actions}] for resource [LogicalResourceId/${resource.name}]`;
    }
    if (statement.Effect === 'Allow') isAllowed = true;
  }
  return isAllowed ? undefined : 'Action not allowed by stack policy';
}

/** Throws if the policy of the running update does not allow what is about to be done. */
export async function guardPolicy(
  run: Run,
  record: ResourceRecord,
  action: PolicyAction,
  isChange = true,
): Promise<void> {
  const failure = isChange ? await refuse(run, record, action) : undefined;
  if (failure) throw failure;
}

/** The first deletion that the policy of the running update does not allow: looked for before anything is done. */
export async function refuseDeletions(run: Run, desired: DesiredStack): Promise<ResourceFailure | undefined> {
  if (run.operation.action !== 'UPDATE' || run.operation.options.stackPolicy === undefined) return undefined;
  const moved = run.operation.options.moved ?? {};
  for (const record of run.records.all()) {
    const isGone = !desired.resources.has(record.name) && !Object.hasOwn(moved, record.name);
    const failure = isGone && record.physicalId !== undefined ? await refuse(run, record, 'Delete') : undefined;
    if (failure) return failure;
  }
  return undefined;
}

async function refuse(run: Run, record: ResourceRecord, action: PolicyAction): Promise<ResourceFailure | undefined> {
  const { stackPolicy } = run.operation.options;
  if (stackPolicy === undefined || run.operation.action !== 'UPDATE') return undefined;
  const refusal = policyRefusal(stackPolicy, action, record);
  if (refusal === undefined) return undefined;
  await run.record({ events: [run.eventOf(record, { action: 'UPDATE', status: 'FAILED', reason: refusal })] });
  return new ResourceFailure([record.name], 'Forbidden', refusal, 1, record.type, record.physicalId);
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function speaksOf(statement: JsonMap, action: PolicyAction, resource: Pick<ResourceRecord, 'name' | 'type'>): boolean {
  const { Action, NotAction, Resource, NotResource, Condition } = statement;
  const isAction = (patterns: Json | undefined) =>
    listOf(patterns).some((pattern) => like(String(pattern), `Update:${action}`));
  const isResource = (patterns: Json | undefined) =>
    listOf(patterns).some((pattern) => like(String(pattern), `LogicalResourceId/${resource.name}`));
  const hasAction = NotAction === undefined ? isAction(Action) : !isAction(NotAction);
  const hasResource =
    NotResource === undefined ? Resource === undefined || isResource(Resource) : !isResource(NotResource);
  return hasAction && hasResource && meets(Condition, resource.type);
}

/** `StringEquals` and `StringLike` over `ResourceType`: all that stack policies have. */
function meets(condition: Json | undefined, type: string): boolean {
  if (!isMap(condition)) return true;
  return Object.entries(condition as JsonMap).every(([operator, test]) => {
    const wanted = isMap(test) ? listOf((test as JsonMap).ResourceType) : [];
    return wanted.some((value) => (operator === 'StringLike' ? like(String(value), type) : String(value) === type));
  });
}

/** Wild cards as in IAM: `*` for any text, `?` for one character. In time linear in both but for the last star tried. */
function like(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = text.toLowerCase();
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < given.length; ) {
    if (wanted[at] === '*') {
      star = at++;
      resume = index;
    } else if (wanted[at] === '?' || wanted[at] === given[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}
