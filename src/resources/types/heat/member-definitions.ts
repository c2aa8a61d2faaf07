import type { ChildMember } from '../../../engine/drivers/resource-type.js';
import { type JsonMap, sameValue } from '../../../engine/model/value.js';

/** A member of a group: its name and its declaration in the child's template. */
export interface GroupMember {
  readonly name: string;
  readonly definition: JsonMap;
}

/** How the next template of a group comes about. */
export interface MemberPlan {
  /** In the order in which they should be replaced or removed: the first to go comes first. */
  readonly existing: readonly GroupMember[];
  readonly definitionOf: (name: string) => JsonMap;
  readonly size: number;
  /** How many members get the new declaration; new members count, existing ones make up the rest. */
  readonly replace: number;
  readonly nextName: () => string;
  /** True if a member with another declaration is another member: it gets a new name, and so is made anew. */
  readonly renames?: boolean;
}

/** The members of the next template: existing ones first to go are dropped when there are too many, new ones fill up. */
export function planMembers({ existing, definitionOf, size, replace, nextName, renames }: MemberPlan): GroupMember[] {
  const kept = existing.slice(Math.max(0, existing.length - size));
  let toReplace = replace - (size - kept.length);
  const members = kept.map((member) => {
    if (toReplace <= 0) return member;
    const definition = definitionOf(member.name);
    if (sameValue(definition, member.definition)) return member;
    toReplace -= 1;
    return { name: renames ? nextName() : member.name, definition };
  });
  while (members.length < size) {
    const name = nextName();
    members.push({ name, definition: definitionOf(name) });
  }
  return members;
}

/** True if a member is broken: such ones are replaced and removed before all others. */
export function isFailed(member: ChildMember): boolean {
  return member.status.endsWith('_FAILED');
}

/** Members in the order in which scaling groups remove and replace them: failed ones, then by age, then by name. */
export function byRemoval(members: readonly ChildMember[]): ChildMember[] {
  return [...members].sort(
    (a, b) =>
      Number(isFailed(b)) - Number(isFailed(a)) ||
      a.createdAt - b.createdAt ||
      (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
}

/** What a member is declared as now. */
export function declared(member: ChildMember): GroupMember {
  return { name: member.name, definition: member.declaration ?? { type: member.type, properties: member.properties } };
}

/** The child's document in the language that Heat uses for such groups. */
export function hotGroup(members: readonly GroupMember[]): JsonMap {
  return {
    heat_template_version: '2015-04-30',
    resources: Object.fromEntries(members.map(({ name, definition }) => [name, definition])),
  };
}

/** The same in CloudFormation's language; declarations have its spelling. */
export function cfnGroup(members: readonly GroupMember[], header: JsonMap): JsonMap {
  return { ...header, Resources: Object.fromEntries(members.map(({ name, definition }) => [name, definition])) };
}
