import type { ChildStep } from '../drivers/resource-type.js';
import { newId, physicalName } from '../model/ids.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type JsonMap } from '../model/value.js';
import type { Run } from './run.js';

/** What a child stack has besides its template, from its parent and from the resource that stands for it. */
type ChildTerms = Pick<StackRecord, 'timeoutMins' | 'extra'>;

/** The terms of a child as they are to be; `digest` tells what it follows from, if that may be kept. */
export function childTerms(
  { stack: parent }: Run,
  record: ResourceRecord,
  { stack: { timeoutMins, tags, notificationArns } }: ChildStep,
  digest: string | undefined,
): ChildTerms {
  const inherited = isMap(parent.extra.tagMap) ? (parent.extra.tagMap as JsonMap) : {};
  const tagMap = { ...inherited, ...tags };
  return {
    timeoutMins: timeoutMins ?? parent.timeoutMins,
    extra: {
      ...(Object.keys(tagMap).length > 0 ? { tagMap } : {}),
      ...(notificationArns ? { notificationArns: [...notificationArns] } : {}),
      facade: {
        metadata: record.metadata,
        deletion_policy: record.policies.deletion,
        update_policy: record.policies.update,
      },
      ...(digest === undefined ? {} : { childDigest: digest }),
    },
  };
}

/** An existing child's terms, with what it has learnt by itself. */
export function renewedTerms(child: StackRecord, terms: ChildTerms): ChildTerms {
  const { tagMap: _, notificationArns: __, childDigest: ___, ...kept } = child.extra;
  // The facade is that of the child's creation.
  return { ...terms, extra: { ...terms.extra, ...kept } };
}

/** The record of a child stack that is about to be made: the parent's in all that children share. */
export function childStackRecord(run: Run, record: ResourceRecord, terms: ChildTerms): StackRecord {
  const parent = run.stack;
  return {
    ...parent,
    ...terms,
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
    // The parent rolls back, and its children with it.
    disableRollback: true,
    operationId: undefined,
    epoch: 0,
    tags: [],
    createdAt: run.parts.clock.now(),
    updatedAt: undefined,
    deletedAt: undefined,
  };
}
