import type { ChildMember, ChildView } from '../../../engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';

/** How many members are asked at once: enough to be quick, few enough for groups of thousands. */
const AT_ONCE = 100;

/** One attribute of each named member, in the order of the names. */
export async function memberAttributes(
  child: ChildView,
  names: readonly string[],
  attribute: string,
  path: readonly Json[],
): Promise<(readonly [name: string, value: Json])[]> {
  const found: (readonly [string, Json])[] = [];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const batch = names.slice(start, start + AT_ONCE);
    const values = await Promise.all(batch.map((name) => child.memberAttribute(name, attribute, path)));
    batch.forEach((name, index) => {
      found.push([name, values[index] ?? null]);
    });
  }
  return found;
}

/** The references of the named members; null for one that is not there. */
export async function memberReferences(
  child: ChildView,
  names: readonly string[],
): Promise<(readonly [name: string, value: Json])[]> {
  const references = new Map((await child.members()).map((member) => [member.name, member.reference]));
  return names.map((name) => [name, references.get(name) ?? null]);
}

/** A map from name to value. */
export function asObject(entries: readonly (readonly [name: string, value: Json])[]): JsonMap {
  return Object.fromEntries(entries);
}

/** The values alone. */
export function asArray(entries: readonly (readonly [name: string, value: Json])[]): Json[] {
  return entries.map(([, value]) => value);
}

/** What a name of the form `resource.<member>[.<attribute>]` asks for; undefined for other names. */
export function memberInName(
  name: string,
): { readonly member: string; readonly attribute: string | undefined } | undefined {
  const match = /^resource\.([^.]+)(?:\.(.+))?$/s.exec(name);
  return match?.[1] === undefined ? undefined : { member: match[1], attribute: match[2] };
}

/** A member's reference, or one of its attributes; undefined if there is no such member. */
export async function readMember(
  child: ChildView,
  member: ChildMember | undefined,
  attribute: string | undefined,
  path: readonly Json[],
): Promise<Json | undefined> {
  if (!member) return undefined;
  const [first, ...rest] = path;
  if (attribute !== undefined) return child.memberAttribute(member.name, attribute, path);
  return first === undefined ? member.reference : child.memberAttribute(member.name, String(first), rest);
}

/** What lies at a path inside a value; null where it leads nowhere. */
export function selectFrom(value: Json, path: readonly Json[]): Json {
  let current: Json = value;
  for (const step of path) {
    if (Array.isArray(current)) current = current.at(Number(step)) ?? null;
    else if (typeof current === 'object' && current !== null && Object.hasOwn(current, String(step)))
      current = current[String(step)] ?? null;
    else return null;
  }
  return current;
}
