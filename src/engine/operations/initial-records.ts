import { newId } from '../model/ids.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import type { DesiredStack } from '../planning/desired.js';

/** A record for each resource of a new stack, nothing done yet, in template order. */
export function initialRecords(stack: StackRecord, desired: DesiredStack, now: number): ResourceRecord[] {
  let seq = 0;
  return [...desired.resources.values()].map((resource) => blankRecord(stack.id, resource, ++seq, now));
}

/** A record that nothing has been done to yet. */
export function blankRecord(
  stackId: string,
  resource: { readonly name: string; readonly typeName: string },
  seq: number,
  now: number,
): ResourceRecord {
  return {
    id: newId(),
    seq,
    stackId,
    name: resource.name,
    type: resource.typeName,
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
