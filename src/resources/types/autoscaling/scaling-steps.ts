import type { ChildStep, ComposeInput } from '../../../engine/drivers/resource-type.js';
import { derivedId, shortId } from '../../../engine/model/ids.js';
import type { JsonMap } from '../../../engine/model/value.js';
import { asNumber } from '../../json-access.js';
import { DEFAULT_TIMEOUT_MS, guardPauses, scalingBatches } from '../heat/batches.js';
import { checkGroupSize } from '../heat/check-group-size.js';
import { byRemoval, declared, type GroupMember, isFailed, planMembers } from '../heat/member-definitions.js';

/** How a scaling group updates its members. */
export interface RollingPolicy {
  readonly minInService: number;
  readonly maxBatchSize: number;
  readonly pauseMs: number;
  /** After each batch, wait for a success signal of so many per hundred of its new members. */
  readonly signalPercent?: number;
}

/** What is to become of a scaling group. */
export interface ScalingInput {
  readonly input: ComposeInput;
  readonly size: number;
  readonly definition: JsonMap;
  /** Set if the members' declaration changes and is to be rolled out. */
  readonly rolling?: RollingPolicy;
  readonly template: (members: readonly GroupMember[]) => JsonMap;
  /** True if a rolling update makes new members in place of changing the old ones. */
  readonly renames?: boolean;
}

/** The templates of a create, update or resize of a group whose members have random names. */
export function scalingSteps(scaling: ScalingInput): ChildStep[] {
  const { input, definition, template } = scaling;
  checkGroupSize(scaling.size);
  const names = new MemberNames(input);
  const plan = (existing: readonly GroupMember[], size: number, replace: number): GroupMember[] =>
    planMembers({
      existing,
      definitionOf: () => definition,
      size,
      replace,
      nextName: () => names.next(),
      renames: scaling.renames === true,
    });
  const steps: ChildStep[] = [];
  const push = (members: readonly GroupMember[], more: Partial<ChildStep> = {}) => {
    steps.push({ stack: { template: template(members), parameters: {} }, ...more });
  };
  let members: readonly GroupMember[] = byRemoval(input.members).map(declared);
  if (scaling.rolling && members.length > 0) {
    const { rolling } = scaling;
    const batches = scalingBatches(Math.min(scaling.size, members.length), members.length, rolling);
    guardPauses(batches.length, rolling.pauseMs, input.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    batches.forEach((batch, index) => {
      members = inOrder(plan(members, batch.size, batch.replace), definition);
      push(members, afterBatch(rolling, batch.replace, index === batches.length - 1));
    });
  }
  const last = plan(members, scaling.size, 0);
  if (steps.length === 0 || last.length !== members.length) push(last);
  const data = names.data();
  const end = steps.pop();
  return end ? [...steps, data ? { ...end, data } : end] : [];
}

/** What was replaced is the newest: the next batch takes others first. */
function inOrder(members: readonly GroupMember[], definition: JsonMap): GroupMember[] {
  return [
    ...members.filter((member) => member.definition !== definition),
    ...members.filter((member) => member.definition === definition),
  ];
}

function afterBatch(rolling: RollingPolicy, replaced: number, isLast: boolean): Partial<ChildStep> {
  if (rolling.signalPercent !== undefined && replaced > 0) {
    return { signals: { count: replaced, percent: rolling.signalPercent, timeoutMs: rolling.pauseMs } };
  }
  return rolling.pauseMs > 0 && !isLast ? { pauseAfterMs: rolling.pauseMs } : {};
}

/** The members that count for a group's size. */
export function currentSize(input: ComposeInput): number {
  return input.members.filter((member) => !isFailed(member)).length;
}

/** Names like Heat's random ones, but the same each time that one step of one group is worked out. */
class MemberNames {
  readonly #taken: Set<string>;
  readonly #input: ComposeInput;
  #serial: number;
  readonly #first: number;

  constructor(input: ComposeInput) {
    this.#input = input;
    this.#taken = new Set(input.members.map((member) => member.name));
    this.#first = asNumber(input.data.next_member) ?? 0;
    this.#serial = this.#first;
  }

  next(): string {
    for (;;) {
      const seed = this.#input.uuid ?? this.#input.physicalName;
      const name = shortId(derivedId('member', seed, String(this.#serial)));
      this.#serial += 1;
      if (!this.#taken.has(name)) return name;
    }
  }

  /** The notes with which later steps go on with other names; undefined if none was used. */
  data(): JsonMap | undefined {
    return this.#serial === this.#first ? undefined : { ...this.#input.data, next_member: this.#serial };
  }
}
