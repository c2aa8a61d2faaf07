import type { Position } from '../../model/diagnostic.js';
import type { SourceMap, SourceNode } from '../source.js';

/** The functions that CloudFormation lets one write as a YAML tag, by their tag without `!`. */
const LONG_NAMES: ReadonlyMap<string, string> = new Map([
  ['Ref', 'Ref'],
  ['Condition', 'Condition'],
  ...[
    'And',
    'Base64',
    'Cidr',
    'Contains',
    'EachMemberEquals',
    'EachMemberIn',
    'Equals',
    'FindInMap',
    'ForEach',
    'GetAZs',
    'GetAtt',
    'GetStackOutput',
    'If',
    'ImportValue',
    'Join',
    'Length',
    'Not',
    'Or',
    'RefAll',
    'Select',
    'Split',
    'Sub',
    'ToJsonString',
    'Transform',
    'ValueOf',
    'ValueOfAll',
  ].map((name) => [name, `Fn::${name}`] as const),
]);

/** The tags themselves, `!` included, for suggestions. */
export const SHORT_TAGS: readonly string[] = [...LONG_NAMES.keys()].map((name) => `!${name}`);

/** The long name of a short tag: `Fn::Sub` for `!Sub`; undefined if there is no such tag. */
export function longName(tag: string): string | undefined {
  return LONG_NAMES.get(tag.slice(1));
}

/** The long form of a tagged node: `!Ref x` is `{Ref: x}`, and `!GetAtt a.b.c` is `{Fn::GetAtt: [a, b.c]}`. */
export function toLongForm(name: string, node: SourceNode, at: Position): SourceMap {
  let value = node;
  if (name === 'Fn::GetAtt' && node.kind === 'scalar' && typeof node.value === 'string') {
    const dot = node.value.indexOf('.');
    if (dot > 0) {
      const parts = [node.value.slice(0, dot), node.value.slice(dot + 1)];
      value = { kind: 'list', items: parts.map((part) => ({ kind: 'scalar', value: part, at: node.at })), at: node.at };
    }
  }
  return { kind: 'map', entries: [{ key: name, keyAt: at, value }], at };
}
