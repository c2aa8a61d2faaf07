import type { ChildStep } from '../drivers/resource-type.js';
import { newId, physicalName } from '../model/ids.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import type { Run } from './run.js';

/** The record of a child stack that is about to be made: the parent's in all that children share. */
export function childStackRecord(run: Run, record: ResourceRecord, step: ChildStep): StackRecord {
  const parent = run.stack;
  const tags = step.stack.tags
    ? { tagMap: { ...step.stack.tags } }
    : parent.extra.tagMap
      ? { tagMap: parent.extra.tagMap }
      : {};
  return {
    ...parent,
    id: record.childStackId ?? newId(),
    name: physicalName(parent.name, record.name, record.id),
    parentId: parent.id,
    parentResourceId: record.id,
    parentResource: record.name,
    nestedDepth: parent.nestedDepth + 1,
    action: 'CREATE',
    status: 'IN_PROGRESS',
    statusReason: '',
    templateId: '',
    previousTemplateId: undefined,
    description: '',
    timeoutMins: step.stack.timeoutMins ?? parent.timeoutMins,
    // The parent rolls back, and its children with it.
    disableRollback: true,
    operationId: undefined,
    epoch: 0,
    tags: [],
    extra: {
      ...tags,
      facade: {
        metadata: record.metadata,
        deletion_policy: record.policies.deletion,
        update_policy: record.policies.update,
      },
    },
    createdAt: run.parts.clock.now(),
    updatedAt: undefined,
    deletedAt: undefined,
  };
}
