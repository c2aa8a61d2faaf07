import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { ApiError } from './api-error.js';
import type { HeatClient, StackIdentity } from './heat-client.js';

/** Why a stack's last operation failed. */
export interface ShownDiagnosis {
  readonly causes: readonly ShownCause[];
  /** Resources that were not done because of the causes. */
  readonly notDone: number;
  readonly nextActions: readonly string[];
  /** `web.volume (OS::Cinder::Volume) <id>` of what the operation has left in the cloud. */
  readonly left: readonly string[];
}

export interface ShownCause {
  /** From the stack's own resource down to the culprit; empty if the stack itself is. */
  readonly path: readonly string[];
  readonly type: string;
  readonly message: string;
  readonly attempts: number;
  readonly line: number | undefined;
}

/** Asks for the diagnosis of a stack; undefined if it has none, or the server is one that gives none. */
export async function fetchDiagnosis(client: HeatClient, stack: StackIdentity): Promise<ShownDiagnosis | undefined> {
  try {
    const { diagnosis } = await client.get(`${stack.path}/diagnosis`);
    return isMap(diagnosis) ? toDiagnosis(diagnosis as JsonMap) : undefined;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

function toDiagnosis({
  root_causes: causes,
  resources_not_done: notDone,
  next_actions: actions,
  left_behind: left,
}: JsonMap): ShownDiagnosis {
  return {
    causes: (Array.isArray(causes) ? causes : [])
      .filter((cause) => isMap(cause))
      .map((cause) => toCause(cause as JsonMap)),
    notDone: Number(notDone ?? 0),
    nextActions: Array.isArray(actions) ? actions.map(String) : [],
    left: (Array.isArray(left) ? left : []).filter((one) => isMap(one)).map((one) => leftText(one as JsonMap)),
  };
}

function leftText({ resource_path: path, resource_type: type, physical_resource_id: id }: JsonMap): string {
  return `${Array.isArray(path) ? path.join('.') : ''} (${String(type)}) ${String(id)}`;
}

function toCause({
  resource_path: path,
  resource_type: type,
  message,
  attempts,
  template_line: line,
}: JsonMap): ShownCause {
  return {
    path: Array.isArray(path) ? path.map(String) : [],
    type: String(type ?? ''),
    message: String(message ?? ''),
    attempts: Number(attempts ?? 1),
    line: typeof line === 'number' ? line : undefined,
  };
}

/** A few lines for people: each cause once, what it kept from being done, and the ways on. */
export function diagnosisLines(stackName: string, { causes, notDone, nextActions, left }: ShownDiagnosis): string[] {
  const lines = causes.map((cause) => `  ${causeLine(stackName, cause)}`);
  if (notDone > 0) lines.push(`  Not done because of this: ${notDone} resource${notDone === 1 ? '' : 's'}.`);
  lines.push(...left.map((one) => `  Left in the cloud: ${one}`));
  if (nextActions.length > 0) lines.push('  Ways on:', ...nextActions.map((action) => `    - ${action}`));
  return lines;
}

function causeLine(stackName: string, { path, type, message, attempts, line }: ShownCause): string {
  const facts = [
    ...(type === '' ? [] : [type]),
    ...(line === undefined ? [] : [`template line ${line}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
  ];
  return `${[stackName, ...path].join('.')}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}: ${message}`;
}
