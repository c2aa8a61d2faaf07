import { diffProperties, type PropertyDifference } from '../drivers/diff-properties.js';
import type { ResourceType } from '../drivers/resource-type.js';
import type { Origin, ResourcePolicies, ResourceRecord } from '../model/records.js';
import { hasUnknown, type Json, type JsonMap, revealed, sameValue, unknownsIn, type ValueMap } from '../model/value.js';
import { assumedProperties } from './assumed-properties.js';

/** What a template wants a resource to be, evaluated as far as it can be. */
export interface Wanted {
  readonly typeName: string;
  readonly type: ResourceType;
  readonly properties: ValueMap;
  readonly metadata: Json;
  readonly policies: ResourcePolicies;
  /** Digest of what is not in the properties: metadata, policies. */
  readonly definitionDigest: string;
  readonly externalId: string | undefined;
}

export type DecidedAction = 'create' | 'import' | 'update' | 'replace' | 'none' | 'refuse';

/** What is to be done about one resource, and why. */
export interface Decision {
  readonly action: DecidedAction;
  /** The record that it is done to: the one that stays, is updated or is replaced. */
  readonly record: ResourceRecord | undefined;
  /** False while a value is unknown that could change the decision. */
  readonly certain: boolean;
  /** What it waits for, if it is not certain. */
  readonly because: readonly string[];
  readonly changed: readonly string[];
  readonly details: readonly PropertyDifference[];
  /** For people: `property "flavor" changed`. */
  readonly why: string;
  /** A record that failed before and needs nothing now: only its status is mended. */
  readonly heals?: boolean;
  /** The type itself has decided by the values; no property alone did. */
  readonly byType?: boolean;
}

/** Decides for the record that fits best, when several of one name exist (after replacements that did not finish). */
export function decide(wanted: Wanted, candidates: readonly ResourceRecord[], origin: Origin): Decision {
  const alive = candidates.filter((record) => !(record.action === 'DELETE' && record.status === 'COMPLETE'));
  let best: Decision | undefined;
  for (const record of alive) {
    const decision = decideFor(wanted, record, origin);
    if (best === undefined || isBetter(decision, best)) best = decision;
  }
  return best ?? { ...NOTHING, action: wanted.externalId === undefined ? 'create' : 'import', why: 'it is new' };
}

/** What a record stands for whose type is a nested template. */
const TEMPLATE = 'template';

/** The name of the type that does the work behind a name of the template. */
export function standsFor(type: ResourceType): string {
  return type.composed?.isTemplate ? TEMPLATE : type.schema.type;
}

const NOTHING = { record: undefined, certain: true, because: [], changed: [], details: [] } as const;

/** Less work is better; a healthy record beats a broken one; of equals the newer wins. */
function isBetter(a: Decision, b: Decision): boolean {
  const rank = (decision: Decision) => {
    const { record, action } = decision;
    const work = action === 'none' ? 0 : action === 'update' ? 1 : action === 'create' || action === 'import' ? 2 : 3;
    const broken = record?.action === 'DELETE' ? 8 : record?.status === 'FAILED' ? 4 : 0;
    return work + broken;
  };
  const difference = rank(a) - rank(b);
  return difference === 0 ? (a.record?.seq ?? 0) > (b.record?.seq ?? 0) : difference < 0;
}

function decideFor(wanted: Wanted, record: ResourceRecord, origin: Origin): Decision {
  const base = { ...NOTHING, record };
  if (wanted.externalId !== undefined || record.policies.external) return decideExternal(wanted, record);
  if (record.action === 'INIT') return { ...base, action: 'create', why: 'it was never made' };
  const areTemplates = record.standsFor === TEMPLATE && wanted.type.composed?.isTemplate === true;
  if (record.type !== wanted.typeName && !areTemplates) {
    return { ...base, action: 'replace', why: `its type changes from ${record.type} to ${wanted.typeName}` };
  }
  // The same name may be mapped to a nested template now, or to none any more.
  const wasMade = record.physicalId !== undefined || record.childStackId !== undefined;
  if (wasMade && (record.childStackId !== undefined) !== (wanted.type.composed !== undefined)) {
    return { ...base, action: 'replace', why: `${record.type} stands for something else now` };
  }
  if (record.standsFor !== undefined && !wanted.type.composed && record.standsFor !== wanted.type.schema.type) {
    return { ...base, action: 'replace', why: `${record.type} stands for ${wanted.type.schema.type} now` };
  }
  if (wanted.type.onEveryUpdate === 'ignore' && record.status === 'COMPLETE')
    return { ...base, action: 'none', why: 'it never changes' };
  if (wanted.type.onEveryUpdate === 'replace') return { ...base, action: 'replace', why: 'every update makes it anew' };
  if (record.physicalId === undefined && record.childStackId === undefined && record.status === 'COMPLETE') {
    return { ...base, action: 'replace', why: 'what it stood for is gone' };
  }
  const failed = failureDecision(wanted, record, origin);
  if (failed) return { ...base, action: 'replace', why: failed };
  return decideByProperties(wanted, record);
}

function decideExternal(wanted: Wanted, record: ResourceRecord): Decision {
  const base = { ...NOTHING, record };
  if (wanted.externalId === record.physicalId && record.policies.external) {
    return { ...base, action: 'none', heals: record.status === 'FAILED', why: 'it stands for the same thing' };
  }
  if (record.action === 'INIT') return { ...base, action: 'import', why: 'it was never taken over' };
  return { ...base, action: 'refuse', why: 'external_id' };
}

/** Why a broken record has to be replaced, or undefined if it need not. */
function failureDecision(wanted: Wanted, record: ResourceRecord, origin: Origin): string | undefined {
  if (record.action === 'DELETE') return 'its deletion had begun';
  if (record.status !== 'FAILED') return undefined;
  if (wanted.type.composed && record.childStackId !== undefined) {
    return record.data.unhealthy === true ? 'it was marked unhealthy' : undefined;
  }
  if (record.physicalId === undefined) return 'it was never finished';
  if (wanted.type.replaceFailed === false) return undefined;
  // CloudFormation repairs a failed update in place; Heat replaces.
  if (origin === 'cfn' && (record.action === 'UPDATE' || record.action === 'ROLLBACK')) return undefined;
  return `it is ${record.action}_FAILED`;
}

function decideByProperties(wanted: Wanted, record: ResourceRecord): Decision {
  const before = assumedProperties(record, wanted.properties);
  const diff = diffProperties(wanted.type.schema, before, wanted.properties);
  const because = [...new Set(unknownsIn(wanted.properties).flatMap((unknown) => unknown.sources))];
  const common = { record, certain: true, because: [], changed: diff.changed, details: diff.details };
  if (diff.effect === 'immutable') {
    const names = diff.details
      .filter((detail) => detail.onChange === 'immutable')
      .map((detail) => String(detail.path[0]));
    return { ...common, action: 'refuse', why: [...new Set(names)].sort().join(', ') };
  }
  if (diff.changed.length > 0 && !hasUnknown(wanted.properties)) {
    const replaces = wanted.type.replaces?.({
      before,
      after: revealed(wanted.properties) as JsonMap,
      changed: diff.changed,
      updatePolicy: wanted.policies.update,
    });
    if (replaces === true)
      return { ...common, action: 'replace', byType: true, why: `${listed(diff.changed)} changed` };
    if (replaces === false) return { ...common, action: 'update', why: `${listed(diff.changed)} changed` };
  }
  if (diff.effect === 'replace' || (diff.changed.length > 0 && !wanted.type.update && !wanted.type.composed)) {
    return { ...common, action: 'replace', why: `${listed(diff.changed)} changed` };
  }
  if (diff.changed.length > 0) {
    return {
      ...common,
      action: 'update',
      certain: diff.effect !== 'maybe' && because.length === 0,
      because,
      why: `${listed(diff.changed)} changed`,
    };
  }
  if (diff.unknown.length > 0) {
    return { ...common, action: 'update', certain: false, because, why: `${listed(diff.unknown)} may change` };
  }
  if (wanted.type.metadataReplaces && !sameValue(record.metadata, wanted.metadata)) {
    return { ...common, action: 'replace', why: 'its metadata changes' };
  }
  if (record.definitionDigest !== wanted.definitionDigest) {
    return { ...common, action: 'update', why: 'its metadata or policies change' };
  }
  if (wanted.type.composed) return { ...common, action: 'update', why: 'its members decide' };
  if (wanted.type.onEveryUpdate === 'update') return { ...common, action: 'update', why: 'every update visits it' };
  if (record.status === 'FAILED') return { ...common, action: 'none', heals: true, why: 'nothing is left to do' };
  return { ...common, action: 'none', why: 'nothing changes' };
}

function listed(names: readonly string[]): string {
  return `${names.length === 1 ? 'property' : 'properties'} ${names.map((name) => `"${name}"`).join(', ')}`;
}
