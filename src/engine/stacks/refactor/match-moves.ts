import { InvalidRequestError } from '../../model/errors.js';
import type { ResourceRecord } from '../../model/records.js';
import { isMap, type Json, sortedJson } from '../../model/value.js';
import type { DesiredResource } from '../../planning/desired.js';
import type { Participant } from './gather-stacks.js';
import type { RefactorInput, RefactorMove, ResourcePlace } from './refactor-requests.js';

interface Leaving {
  readonly place: ResourcePlace;
  readonly record: ResourceRecord;
}

interface Arriving {
  readonly place: ResourcePlace;
  readonly resource: DesiredResource;
  /** The declaration as the template has it. */
  readonly declared: string;
}

/**
 * Finds where each resource goes that its stack's new template no longer has: as the caller says, or where the template
 * of another stack (or the same one under another name) has one like it and only one. Refuses what would make or delete.
 */
export function matchMoves(participants: readonly Participant[], input: RefactorInput): RefactorMove[] {
  const given = givenMoves(participants, input);
  const leaving = new Map<string, Leaving>();
  const arriving = new Map<string, Arriving>();
  for (const participant of participants) {
    collect(participant, given, leaving, arriving);
  }
  const moves = [...given];
  const take = (from: Leaving, to: Arriving) => {
    leaving.delete(keyOf(from.place));
    arriving.delete(keyOf(to.place));
    moves.push({ from: from.place, to: to.place, record: from.record, isGiven: false });
  };
  const declarations = declarationsBefore(participants);
  pairUp(
    leaving,
    arriving,
    take,
    (one) => declarations.get(keyOf(one.place)),
    (one) => one.declared,
  );
  pairUp(
    leaving,
    arriving,
    take,
    (one) => `${one.record.type} ${one.place.resource}`,
    (one) => `${one.resource.typeName} ${one.place.resource}`,
  );
  pairUp(
    leaving,
    arriving,
    take,
    (one) => one.record.type,
    (one) => one.resource.typeName,
  );
  refuseLeft([...leaving.values()], [...arriving.values()]);
  return moves;
}

const keyOf = ({ stack, resource }: ResourcePlace): string => `${stack}/${resource}`;

function givenMoves(participants: readonly Participant[], { mappings }: RefactorInput): RefactorMove[] {
  const byName = new Map(participants.map((one) => [one.name, one]));
  const targets = new Set<string>();
  const sources = new Set<string>();
  return mappings.map(({ from, to }) => {
    for (const { stack } of [from, to]) {
      if (!byName.has(stack))
        throw new InvalidRequestError(`Stack ${stack} of a resource mapping is not among the stack definitions.`);
    }
    const record = byName.get(from.stack)?.records.get(from.resource);
    if (!record) throw new InvalidRequestError(`Resource ${from.resource} does not exist in stack ${from.stack}.`);
    const resource = byName.get(to.stack)?.prepared.desired.resources.get(to.resource);
    if (!resource)
      throw new InvalidRequestError(`Resource ${to.resource} does not exist in the template of stack ${to.stack}.`);
    if (resource.typeName !== record.type) {
      throw new InvalidRequestError(
        `Resource ${keyOf(from)} is of type ${record.type}, but ${keyOf(to)} of type ${resource.typeName}.`,
      );
    }
    if (sources.has(keyOf(from))) throw new InvalidRequestError(`Resource ${keyOf(from)} is mapped more than once.`);
    if (targets.has(keyOf(to))) throw new InvalidRequestError(`More than one resource is mapped to ${keyOf(to)}.`);
    sources.add(keyOf(from));
    targets.add(keyOf(to));
    return { from, to, record, isGiven: true };
  });
}

function collect(
  { name, records, prepared }: Participant,
  given: readonly RefactorMove[],
  leaving: Map<string, Leaving>,
  arriving: Map<string, Arriving>,
): void {
  const { resources, template } = prepared.desired;
  const isTarget = (resource: string) => given.some(({ to }) => to.stack === name && to.resource === resource);
  const isSource = (resource: string) => given.some(({ from }) => from.stack === name && from.resource === resource);
  for (const record of records.values()) {
    const place = { stack: name, resource: record.name };
    const stays = resources.get(record.name)?.typeName === record.type && !isTarget(record.name);
    if (!stays && !isSource(record.name)) leaving.set(keyOf(place), { place, record });
  }
  for (const resource of resources.values()) {
    const place = { stack: name, resource: resource.name };
    const record = records.get(resource.name);
    const isThere = record?.type === resource.typeName && !isSource(resource.name);
    if (isThere || isTarget(resource.name)) continue;
    arriving.set(keyOf(place), { place, resource, declared: declaration(template.processed, resource.name) });
  }
}

function declarationsBefore(participants: readonly Participant[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, records, before } of participants) {
    if (!before) continue;
    for (const record of records.keys())
      found.set(keyOf({ stack: name, resource: record }), declaration(before, record));
  }
  return found;
}

function declaration(document: { readonly [key: string]: unknown }, name: string): string {
  const resources = document.Resources ?? document.resources;
  const declared = isMap(resources) ? (resources[name] as Json | undefined) : undefined;
  if (!isMap(declared)) return '';
  const { Type, Properties, type, properties } = declared as { [key: string]: Json };
  return sortedJson([Type ?? type ?? null, Properties ?? properties ?? {}]);
}

/** Pairs those that have the same mark, where each side has only one with it. */
function pairUp(
  leaving: ReadonlyMap<string, Leaving>,
  arriving: ReadonlyMap<string, Arriving>,
  take: (from: Leaving, to: Arriving) => void,
  markOfLeaving: (one: Leaving) => string | undefined,
  markOfArriving: (one: Arriving) => string | undefined,
): void {
  const from = groupBy([...leaving.values()], markOfLeaving);
  const to = groupBy([...arriving.values()], markOfArriving);
  for (const [mark, [first, ...others]] of from) {
    const [target, ...more] = to.get(mark) ?? [];
    if (first && target && others.length === 0 && more.length === 0) take(first, target);
  }
}

function groupBy<T>(items: readonly T[], markOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const mark = markOf(item);
    if (mark === undefined) continue;
    const group = groups.get(mark);
    if (group) group.push(item);
    else groups.set(mark, [item]);
  }
  return groups;
}

function refuseLeft(leaving: readonly Leaving[], arriving: readonly Arriving[]): void {
  const types = new Set(arriving.map(({ resource }) => resource.typeName));
  const unclear = leaving.filter(({ record }) => types.has(record.type));
  if (unclear.length > 0) {
    const names = unclear.map(({ place }) => keyOf(place)).join(', ');
    throw new InvalidRequestError(
      `It is not clear where these resources go: [${names}]. Provide a resource mapping for each of them.`,
    );
  }
  if (leaving.length > 0) {
    const names = leaving.map(({ place }) => keyOf(place)).join(', ');
    throw new InvalidRequestError(`Stack refactor does not support deleting resources: [${names}].`);
  }
  if (arriving.length > 0) {
    const names = arriving.map(({ place }) => keyOf(place)).join(', ');
    throw new InvalidRequestError(`Stack refactor does not support creating resources: [${names}].`);
  }
}
