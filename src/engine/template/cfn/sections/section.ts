import { didYouMean } from '../../../model/closest.js';
import type { SourceEntry, SourceMap } from '../../source.js';
import type { PathItem, Report } from '../report.js';
import { entryOf, isNull } from '../source-nodes.js';

/** The members of a section that has to be a map; an absent or empty section has none. */
export function membersOf(root: SourceMap, section: string, report: Report): readonly SourceEntry[] {
  const node = entryOf(root, section)?.value;
  if (node === undefined || isNull(node)) return [];
  if (node.kind === 'map') return node.entries;
  report.error(
    'invalid-section',
    { aws: `Template format error: [/${section}] value must be an object.` },
    [section],
    node.at,
  );
  return [];
}

/** The map that a member of a section has to be; reports what is not. */
export function memberMap(
  entry: SourceEntry,
  section: string,
  report: Report,
  heat?: string,
): (SourceMap & { readonly kind: 'map' }) | undefined {
  if (entry.value.kind === 'map') return entry.value;
  const aws = entry.key.startsWith('Fn::ForEach::')
    ? `Template format error: [/${section}/${entry.key}] resource definition is malformed`
    : `Template format error: Any ${section} member must be an object.`;
  const hint = entry.key.startsWith('Fn::ForEach::')
    ? { hint: 'add "Transform: AWS::LanguageExtensions" to the template' }
    : {};
  const wording = heat === undefined ? { aws } : { aws, heat };
  report.error('invalid-shape', wording, [section, entry.key], entry.keyAt, hint);
  return undefined;
}

/** Reports the keys of a map that are not known, each in the words that `wording` gives for it. */
export function refuseUnknownKeys(
  map: SourceMap,
  known: ReadonlySet<string>,
  path: readonly PathItem[],
  report: Report,
  wording: (key: string) => { aws: string; heat?: string },
): void {
  for (const { key, keyAt } of map.entries) {
    if (!known.has(key)) {
      report.error('invalid-shape', wording(key), [...path, key], keyAt, didYouMean(key, known));
    }
  }
}
