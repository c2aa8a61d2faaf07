import type { StackRecord } from '../../engine/model/records.js';
import { joinStatus } from '../../engine/model/status.js';
import type { JsonMap } from '../../engine/model/value.js';
import { stackUserProjectId } from '../../engine/operations/abandon-data.js';
import type { OutputView, StackView } from '../../engine/stacks/requests.js';
import { type Links, link } from '../links.js';
import { isoTime } from './time.js';

/** A stack in a list. */
export function stackSummary(links: Links, stack: StackRecord, withProject: boolean): JsonMap {
  return {
    id: stack.id,
    links: [link(links.stack(stack))],
    stack_name: stack.name,
    // Heat stopped reading templates for its lists: the description is always empty there.
    description: '',
    stack_status: joinStatus(stack.action, stack.status),
    stack_status_reason: stack.statusReason,
    creation_time: isoTime(stack.createdAt),
    updated_time: isoTime(stack.updatedAt),
    deletion_time: isoTime(stack.deletedAt),
    stack_owner: stack.userName === '' ? null : stack.userName,
    parent: stack.parentId ?? null,
    stack_user_project_id: stackUserProjectId(stack),
    tags: stack.tags.length === 0 ? null : [...stack.tags],
    ...(withProject ? { project: stack.projectId } : {}),
  };
}

/** An output's name and description. */
export function outputSummary(output: Pick<OutputView, 'name' | 'description'>): JsonMap {
  return { output_key: output.name, description: output.description ?? 'No description given' };
}

/** An output with its value, or why it has none. */
export function outputView(output: OutputView): JsonMap {
  return {
    ...outputSummary(output),
    output_value: output.error === undefined ? output.value : null,
    ...(output.error === undefined ? {} : { output_error: output.error }),
  };
}

/** A stack alone, with all that Heat tells of it. */
export function stackView(links: Links, view: StackView): JsonMap {
  const { stack, template, outputs } = view;
  const description = template.description ?? 'No description';
  return {
    id: stack.id,
    links: [link(links.stack(stack))],
    stack_name: stack.name,
    creation_time: isoTime(stack.createdAt),
    updated_time: isoTime(stack.updatedAt),
    deletion_time: isoTime(stack.deletedAt),
    notification_topics: [],
    parameters: { ...view.parameters },
    description,
    template_description: description,
    capabilities: [],
    disable_rollback: stack.disableRollback,
    timeout_mins: stack.timeoutMins ?? null,
    stack_owner: stack.userName === '' ? null : stack.userName,
    parent: stack.parentId ?? null,
    stack_user_project_id: stackUserProjectId(stack),
    tags: [...stack.tags],
    stack_status: joinStatus(stack.action, stack.status),
    stack_status_reason: stack.statusReason,
    ...(outputs === undefined || stack.action === 'DELETE' ? {} : { outputs: outputs.map(outputView) }),
  };
}
