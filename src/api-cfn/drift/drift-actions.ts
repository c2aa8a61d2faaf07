import { NotFoundError } from '../../engine/model/errors.js';
import { newId } from '../../engine/model/ids.js';
import type { StackRecord } from '../../engine/model/records.js';
import type { Action, ActionContext } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { needText, numberOf, textOf, textsOf } from '../protocol/input-access.js';
import { PAGE_SIZE, pageOf } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { findStack, stackArn } from '../stacks/find-stack.js';
import { isInProgress, stackStatus } from '../stacks/status.js';
import { detect, isDrifted } from './detect.js';
import { findDetection, keepDetection, latestDrift } from './drift-records.js';
import { shownDrift } from './drift-view.js';

async function detectStackDrift(context: ActionContext): Promise<Output> {
  const { input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  guardDetectable(stack);
  const names = textsOf(input, 'LogicalResourceIds');
  const id = newId();
  const at = context.deps.now();
  const begun = {
    stackId: stack.id,
    status: 'DETECTION_IN_PROGRESS',
    reason: null,
    drift: null,
    drifted: null,
    at,
  } as const;
  await keepDetection(context, id, begun);
  const detection = detect(context, stack, names).then(
    (drift) => {
      const drifted = Object.values(drift.resources).filter(isDrifted).length;
      return keepDetection(context, id, { ...begun, status: 'DETECTION_COMPLETE', drift: drift.status, drifted });
    },
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      return keepDetection(context, id, { ...begun, status: 'DETECTION_FAILED', reason });
    },
  );
  // Nobody waits for it: its end is asked for by the id.
  detection.catch((error: unknown) => context.deps.reportBug(error, context.requestId));
  return { StackDriftDetectionId: id };
}

const DETECTABLE = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'UPDATE_ROLLBACK_FAILED',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];

function guardDetectable(stack: StackRecord): void {
  const status = stackStatus(stack);
  if (DETECTABLE.includes(status) || (status.endsWith('_FAILED') && !isInProgress(status))) return;
  throw validationError(`Drift detection is not supported for stack [${stack.name}] in status ${status}`);
}

async function detectResourceDrift(context: ActionContext): Promise<Output> {
  const { input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  guardDetectable(stack);
  const name = needText(input, 'LogicalResourceId');
  try {
    const drift = await detect(context, stack, [name]);
    const resource = drift.resources[name];
    if (resource) return { StackResourceDrift: shownDrift(stack, name, resource) };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  throw validationError(`Resource ${name} does not exist for stack ${stack.name}`);
}

async function describeDetection(context: ActionContext): Promise<Output> {
  const id = needText(context.input, 'StackDriftDetectionId');
  const detection = await findDetection(context, id);
  if (!detection) throw validationError(`Drift detection id ${id} does not exist`);
  const stack = await context.deps.stacks.find(context.caller, detection.stackId, { showDeleted: true });
  return {
    StackId: stackArn(stack),
    StackDriftDetectionId: id,
    StackDriftStatus: detection.drift ?? undefined,
    DetectionStatus: detection.status,
    DetectionStatusReason: detection.reason ?? undefined,
    DriftedStackResourceCount: detection.drifted ?? undefined,
    Timestamp: detection.at,
  };
}

async function describeResourceDrifts(context: ActionContext): Promise<Output> {
  const { input } = context;
  const stack = await findStack(context, needText(input, 'StackName'), { missing: 'brackets' });
  const filters = textsOf(input, 'StackResourceDriftStatusFilters') ?? [];
  const drift = await latestDrift(context, stack);
  const shown = Object.entries(drift?.resources ?? {}).filter(([, { status }]) =>
    // What could not be checked is listed only if it is asked for.
    filters.length === 0 ? status !== 'NOT_CHECKED' : filters.includes(status),
  );
  const { items, nextToken } = pageOf(
    'DescribeStackResourceDrifts',
    shown,
    textOf(input, 'NextToken'),
    numberOf(input, 'MaxResults') ?? PAGE_SIZE,
  );
  return {
    StackResourceDrifts: items.map(([name, resource]) => shownDrift(stack, name, resource)),
    NextToken: nextToken,
  };
}

/** What compares stacks with the world. */
export const actions: readonly Action[] = [
  { name: 'DetectStackDrift', handle: detectStackDrift },
  { name: 'DetectStackResourceDrift', handle: detectResourceDrift },
  { name: 'DescribeStackDriftDetectionStatus', handle: describeDetection },
  { name: 'DescribeStackResourceDrifts', handle: describeResourceDrifts },
];
