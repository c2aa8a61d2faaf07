import type { ChildStep, ComposeInput } from '../../../engine/drivers/resource-type.js';
import type { JsonMap } from '../../../engine/model/value.js';
import { asMap, asNumber, isGiven } from '../../json-access.js';
import { DEFAULT_TIMEOUT_MS, groupBatches, guardPauses } from './batches.js';
import { declared, type GroupMember, hotGroup, isFailed, planMembers } from './member-definitions.js';

/** A group with named members, and what is to become of it. */
export interface RollingInput {
  readonly input: ComposeInput;
  readonly skipped: ReadonlySet<string>;
  readonly size: number;
  readonly definitionOf: (name: string) => JsonMap;
  /** The first so many names of the group. */
  readonly namesOf: (count: number) => readonly string[];
  /** True if the members' declaration changes: only then an update goes in batches. */
  readonly changed: boolean;
}

/** The templates of a batched create or update; undefined if the policy asks for none: all at once then. */
export function rollingSteps(rolling: RollingInput): ChildStep[] | undefined {
  const { input, skipped, size, changed } = rolling;
  const isCreate = input.previous === undefined;
  const key = isCreate ? 'batch_create' : 'rolling_update';
  const written = asMap(input.updatePolicy)[key];
  if (!isGiven(written) || (isCreate ? size === 0 : !changed)) return undefined;
  const policy = asMap(written);
  const present = input.members.filter((member) => !skipped.has(member.name) || isFailed(member));
  const batches = groupBatches(size, present.length, {
    maxBatchSize: Math.max(1, asNumber(policy.max_batch_size) ?? 1),
    minInService: isCreate ? 0 : (asNumber(policy.min_in_service) ?? 0),
  });
  if (batches.length === 0) return undefined;
  const pauseMs = (asNumber(policy.pause_time) ?? 0) * 1000;
  guardPauses(batches.length, pauseMs, input.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  let members: GroupMember[] = input.members
    .filter((member) => !skipped.has(member.name) && !isFailed(member))
    .map(declared);
  const steps = batches.map((batch, index): ChildStep => {
    members = nextMembers(rolling, members, batch.size, batch.replace);
    const isLast = index === batches.length - 1;
    return {
      stack: { template: hotGroup(members), parameters: {} },
      ...(pauseMs > 0 && !isLast ? { pauseAfterMs: pauseMs } : {}),
    };
  });
  // A batched group is created with no members at all and then grows.
  return isCreate ? [{ stack: { template: hotGroup([]), parameters: {} } }, ...steps] : steps;
}

function nextMembers(
  rolling: RollingInput,
  existing: readonly GroupMember[],
  total: number,
  replace: number,
): GroupMember[] {
  const names = rolling.namesOf(total);
  const places = new Map(names.map((name, index) => [name, index]));
  const priority = ({ name }: GroupMember): number => {
    const place = places.get(name);
    if (place === undefined) return 0;
    // The highest numbers go first; those beyond the wanted size only fill in and are left alone.
    return place < rolling.size ? rolling.size - place : total;
  };
  const taken = new Set(existing.map((member) => member.name));
  const free = names.filter((name) => !taken.has(name));
  const planned = planMembers({
    existing: [...existing].sort((a, b) => priority(a) - priority(b)),
    definitionOf: rolling.definitionOf,
    size: total,
    replace,
    nextName: () => free.shift() ?? '',
  });
  const order = (member: GroupMember) => places.get(member.name) ?? names.length;
  return planned.sort((a, b) => order(a) - order(b));
}

/** Heat's sentence for pauses of more than an hour. */
export function pauseProblems(updatePolicy: JsonMap, ...policies: readonly string[]): string[] {
  return policies.flatMap((name) => {
    const pause = asNumber(asMap(updatePolicy[name]).pause_time);
    return pause !== undefined && pause > 3600
      ? [`Maximum pause_time allowed is 1hr(3600s), provided ${pause} seconds.`]
      : [];
  });
}
