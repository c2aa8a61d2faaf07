import type { StackRecord } from '../../engine/model/records.js';
import { isMap } from '../../engine/model/value.js';
import { cfnArn, identityOf } from '../../engine/planning/stack-identity.js';
import type { ResourceView } from '../../engine/stacks/requests.js';
import type { ActionContext } from '../action.js';
import type { StackDrift } from '../drift/drift-records.js';
import type { Output } from '../protocol/write-output.js';
import { resourceReason, turnOf } from './event-view.js';
import { stackArn } from './find-stack.js';
import { resourceStatus } from './status.js';

/** What the three ways to show a resource share; undefined for one that nothing was done to yet. */
export interface ResourceFacts {
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  readonly at: number;
  readonly status: string;
  readonly reason: string | undefined;
  readonly drift: Output;
}

/** The facts of a live resource; undefined for one that nothing was done to yet. */
export function factsOf({ record, nested }: ResourceView, drift: StackDrift | undefined): ResourceFacts | undefined {
  const status = resourceStatus(record);
  if (status === undefined) return undefined;
  const isStack = record.type === 'AWS::CloudFormation::Stack' && nested !== undefined;
  const checked = drift?.resources[record.name];
  return {
    logicalId: record.name,
    physicalId: isStack ? cfnArn(identityOf(nested)) : record.physicalId,
    type: record.type,
    at: record.updatedAt,
    status,
    reason: resourceReason(record.action, record.status, record.statusReason),
    drift: { StackResourceDriftStatus: checked?.status ?? 'NOT_CHECKED', LastCheckTimestamp: checked?.checkedAt },
  };
}

/** The resources of a stack that is gone, from what its events last said of them. */
export async function factsOfDeleted({ deps, caller }: ActionContext, stack: StackRecord): Promise<ResourceFacts[]> {
  const latest = new Map<string, ResourceFacts>();
  for (const { event } of await deps.stacks.events(caller, stack.id, {})) {
    if (event.physicalId === stack.id) continue;
    const [status, reason] = turnOf(event);
    latest.set(event.resourceName, {
      logicalId: event.resourceName,
      physicalId: event.physicalId,
      type: event.resourceType,
      at: event.createdAt,
      status,
      reason,
      drift: { StackResourceDriftStatus: 'NOT_CHECKED' },
    });
  }
  return [...latest.values()];
}

/** As `ListStackResources` shows it. */
export function summaryOf(facts: ResourceFacts): Output {
  return {
    LogicalResourceId: facts.logicalId,
    PhysicalResourceId: facts.physicalId,
    ResourceType: facts.type,
    LastUpdatedTimestamp: facts.at,
    ResourceStatus: facts.status,
    ResourceStatusReason: facts.reason,
    DriftInformation: facts.drift,
  };
}

/** As `DescribeStackResources` shows it. */
export function resourceOf(stack: StackRecord, facts: ResourceFacts): Output {
  const { LastUpdatedTimestamp, ...rest } = summaryOf(facts);
  return { StackName: stack.name, StackId: stackArn(stack), ...rest, Timestamp: LastUpdatedTimestamp };
}

/** As `DescribeStackResource` shows it. */
export function detailOf(view: ResourceView, facts: ResourceFacts): Output {
  const { metadata } = view.record;
  const isThere = isMap(metadata) ? Object.keys(metadata).length > 0 : metadata !== null;
  return {
    StackName: view.stack.name,
    StackId: stackArn(view.stack),
    ...summaryOf(facts),
    Description: view.description,
    Metadata: isThere ? JSON.stringify(metadata) : undefined,
  };
}
