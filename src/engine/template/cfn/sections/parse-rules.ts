import { closest } from '../../../model/closest.js';
import type { SourceMap } from '../../source.js';
import type { RuleDeclaration } from '../../template.js';
import type { Compiler } from '../compiler.js';
import type { Report } from '../report.js';
import { childOf, textOf } from '../source-nodes.js';
import { memberMap, membersOf, refuseUnknownKeys } from './section.js';

const KEYS: ReadonlySet<string> = new Set(['RuleCondition', 'Assertions']);
const ASSERTION_KEYS: ReadonlySet<string> = new Set(['Assert', 'AssertDescription']);
const WORDING = { aws: 'Template format error: Rules can only be boolean operations on parameters' };

/** Reads the Rules section. */
export function parseRules(root: SourceMap, compiler: Compiler, report: Report): Map<string, RuleDeclaration> {
  const rules = new Map<string, RuleDeclaration>();
  for (const entry of membersOf(root, 'Rules', report)) {
    const { key: name, keyAt } = entry;
    const map = memberMap(entry, 'Rules', report);
    if (!map) continue;
    const path = ['Rules', name];
    refuseUnknownKeys(map, KEYS, path, report, (key) => ({ aws: `Invalid template rule property '${key}'` }));
    const condition = childOf(map, 'RuleCondition');
    const list = childOf(map, 'Assertions');
    if (list?.kind !== 'list' || list.items.length === 0) {
      const aws = `Template format error: Rule ${name} must contain a list of Assertions`;
      report.error('invalid-rule', { aws }, path, list?.at ?? keyAt);
      continue;
    }
    const assertions = list.items.flatMap((item, index) => {
      const here = [...path, 'Assertions', index];
      const assert = item.kind === 'map' ? childOf(item, 'Assert') : undefined;
      if (item.kind !== 'map' || !assert) {
        report.error(
          'invalid-rule',
          { aws: `Template format error: Every assertion of rule ${name} must contain an Assert` },
          here,
          item.at,
        );
        return [];
      }
      for (const { key, keyAt: at } of item.entries) {
        const hint = closest(key, ASSERTION_KEYS);
        if (!ASSERTION_KEYS.has(key)) {
          report.warn(
            'invalid-rule',
            `Unknown key '${key}' in an assertion`,
            here,
            at,
            hint && `did you mean "${hint}"?`,
          );
        }
      }
      const place = { path: [...here, 'Assert'], context: 'rule' } as const;
      const expression = compiler.compileCondition(assert, place, WORDING);
      return expression ? [{ assert: expression, description: textOf(childOf(item, 'AssertDescription')) }] : [];
    });
    const place = { path: [...path, 'RuleCondition'], context: 'rule' } as const;
    const compiled = condition && compiler.compileCondition(condition, place, WORDING);
    rules.set(name, { name, condition: compiled, assertions, at: keyAt });
  }
  return rules;
}
