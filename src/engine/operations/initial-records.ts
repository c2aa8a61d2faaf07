import { newId } from '../model/ids.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { standsFor } from '../planning/decide.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import type { RecordBook } from './record-book.js';

/** A record for each resource of a new stack, nothing done yet, in template order. */
export function initialRecords(stack: StackRecord, desired: DesiredStack, now: number): ResourceRecord[] {
  let seq = 0;
  return [...desired.resources.values()].map((resource) => blankRecord(stack.id, resource, ++seq, now));
}

/** Records for what a template adds to an existing stack: they show as not begun from the start, as at a creation. */
export function addedRecords(stack: StackRecord, desired: DesiredStack, known: RecordBook, now: number) {
  const added = [...desired.resources.values()].filter(({ name }) => known.named(name).length === 0);
  const first = known.nextSeq();
  return added.map((resource, index) => blankRecord(stack.id, resource, first + index, now));
}

/** A record that nothing has been done to yet. */
export function blankRecord(
  stackId: string,
  resource: Pick<DesiredResource, 'name' | 'typeName'> & Partial<Pick<DesiredResource, 'type'>>,
  seq: number,
  now: number,
): ResourceRecord {
  return {
    id: newId(),
    seq,
    stackId,
    name: resource.name,
    type: resource.typeName,
    standsFor: resource.type && standsFor(resource.type),
    action: 'INIT',
    status: 'COMPLETE',
    statusReason: '',
    physicalId: undefined,
    reference: undefined,
    properties: {},
    attributes: {},
    metadata: {},
    data: {},
    policies: { deletion: 'Delete', updateReplace: 'Delete', update: {}, creation: {} },
    requires: [],
    definitionDigest: '',
    replaces: undefined,
    replacedBy: undefined,
    childStackId: undefined,
    intent: undefined,
    createdAt: now,
    updatedAt: now,
  };
}
