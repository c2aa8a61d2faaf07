import { topologicalOrder } from '../graph/topology.js';
import type { Origin, ResourceRecord } from '../model/records.js';
import { type Decision, decide } from './decide.js';
import type { DesiredResource, DesiredStack, EvaluatedResource } from './desired.js';
import { evaluateResource } from './evaluate-resource.js';
import type { KnownResource, StackScope } from './scope.js';

/** What an operation would do to one resource. */
export interface PlannedResource {
  readonly resource: DesiredResource;
  readonly decision: Decision;
  readonly evaluated: EvaluatedResource;
}

/** What an operation would do: data, to be shown, kept or run. */
export interface Plan {
  /** In an order in which they could be done one after the other. */
  readonly resources: readonly PlannedResource[];
  /** Records that no name of the template means any more. */
  readonly removals: readonly ResourceRecord[];
}

export interface PlanInput {
  readonly desired: DesiredStack;
  readonly records: readonly ResourceRecord[];
  readonly origin: Origin;
  /** The scope over the given states of resources; the planner fills them in as it decides. */
  readonly scope: (known: (name: string) => KnownResource) => StackScope;
  /** What a record that stays lets others know. */
  readonly knownByRecord: (name: string, record: ResourceRecord) => KnownResource;
}

/**
 * Compares what a stack is to be with its records. Pure: a value that comes from a resource that will be made anew is
 * unknown, and what depends on it is planned as "may". Throws what evaluation throws (LookupNeeded included).
 */
export function plan(input: PlanInput): Plan {
  const { desired, records, origin } = input;
  const byName = new Map<string, ResourceRecord[]>();
  for (const record of records) byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
  const known = new Map<string, KnownResource>();
  const scope = input.scope((name) => {
    if (!desired.resources.has(name)) return { state: 'inactive' };
    return known.get(name) ?? { state: 'pending' };
  });
  const planned: PlannedResource[] = [];
  const kept = new Set<string>();
  for (const number of topologicalOrder(desired.graph.requires) ?? []) {
    const resource = desired.resources.get(desired.graph.names[number] ?? '');
    if (!resource) continue;
    const { evaluated } = evaluateResource(desired, resource, scope);
    const decision = decide(
      { ...evaluated, typeName: resource.typeName, type: resource.type },
      byName.get(resource.name) ?? [],
      origin,
    );
    planned.push({ resource, decision, evaluated });
    if (decision.record) kept.add(decision.record.id);
    known.set(resource.name, knownAfter(input, resource.name, decision));
  }
  return { resources: planned, removals: records.filter((record) => !kept.has(record.id)) };
}

/** What the rest of the plan may rely on once this decision is carried out. */
function knownAfter(input: PlanInput, name: string, { action, record, certain }: Decision): KnownResource {
  if (!record || action === 'create' || action === 'import' || action === 'replace') return { state: 'pending' };
  if (action === 'none') return input.knownByRecord(name, record);
  // An update that may turn out to be a replacement could change even the reference.
  return certain ? { state: 'changing', record } : { state: 'pending' };
}
