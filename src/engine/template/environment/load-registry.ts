import { pythonStr } from '../../model/python-text.js';
import { type Json, type JsonMap, setOwn } from '../../model/value.js';

/** Points at which a resource waits for a user's word. */
export const HOOK_TYPES = [
  'pre-create',
  'pre-update',
  'pre-delete',
  'post-create',
  'post-update',
  'post-delete',
] as const;
export type HookType = (typeof HOOK_TYPES)[number];

/** What may be forbidden for a resource. */
export const RESTRICTED_ACTIONS = ['update', 'replace'] as const;
export type RestrictedAction = (typeof RESTRICTED_ACTIONS)[number];

/** A mistake within a registry. */
export interface RegistryMistake {
  readonly message: string;
  readonly path: readonly string[];
  readonly heatType?: string;
}

function tuple(words: readonly string[]): string {
  return `(${words.map((word) => `'${word}'`).join(', ')})`;
}

function areAll(value: Json, words: readonly string[]): boolean {
  const given = Array.isArray(value) ? value : [value];
  return given.every((word) => typeof word === 'string' && words.includes(word));
}

function specialMistake(key: string, value: Json, path: readonly string[]): RegistryMistake | undefined {
  if (key === 'hooks' && !areAll(value, HOOK_TYPES)) {
    const message = `Invalid hook type "${pythonStr(value)}" for resource breakpoint, acceptable hook types are: ${tuple(HOOK_TYPES)}`;
    return { message, path, heatType: 'InvalidBreakPointHook' };
  }
  if (key === 'restricted_actions' && !areAll(value, RESTRICTED_ACTIONS)) {
    const message = `Invalid restricted_action type "${pythonStr(value)}" for resource, acceptable restricted_action types are: ${tuple(RESTRICTED_ACTIONS)}`;
    return { message, path, heatType: 'InvalidRestrictedAction' };
  }
  return undefined;
}

/** Takes out the entries that a null removes: the one of that name or, with a star, all that begin so. */
function remove(level: JsonMap, name: string): void {
  if (!name.endsWith('*')) {
    delete level[name];
    return;
  }
  const prefix = name.slice(0, -1);
  for (const key of Object.keys(level)) if (typeof level[key] === 'string' && key.startsWith(prefix)) delete level[key];
}

/**
 * A registry as it is used: hooks and restricted actions checked, and every null entry's removal done, in the order in
 * which they are written.
 */
export function loadRegistry(
  source: JsonMap,
  report: (mistake: RegistryMistake) => void,
  base: JsonMap = {},
  path: readonly string[] = [],
): JsonMap {
  const loaded: JsonMap = { ...base };
  for (const [key, value] of Object.entries(source)) {
    const place = [...path, key];
    if (value === null) remove(loaded, key);
    else if (key === 'hooks' || key === 'restricted_actions') {
      const mistake = specialMistake(key, value, place);
      if (mistake) report(mistake);
      else setOwn(loaded, key, value);
    } else if (typeof value === 'object' && !Array.isArray(value)) {
      const known = loaded[key];
      const below = known !== null && typeof known === 'object' && !Array.isArray(known) ? known : {};
      setOwn(loaded, key, loadRegistry(value, report, below, place));
    } else if (typeof value === 'string') setOwn(loaded, key, value);
    else report({ message: `the entry of "${key}" must name a type or a template`, path: place });
  }
  return loaded;
}
