import type { Expression } from '../../expression.js';
import type { SourceMap } from '../../source.js';
import type { Compiler } from '../compiler.js';
import { condition } from '../functions/condition-functions.js';
import { literalText } from '../functions/reference-functions.js';
import type { Report } from '../report.js';
import { membersOf } from './section.js';

/** Reads the Conditions section. */
export function parseConditions(root: SourceMap, compiler: Compiler, report: Report): Map<string, Expression> {
  const conditions = new Map<string, Expression>();
  const members = membersOf(root, 'Conditions', report);
  for (const { key: name, value } of members) {
    if (name === 'Fn::Transform') continue;
    const wording = {
      aws: 'Template format error: Conditions can only be boolean operations on parameters and other conditions',
      heat: `The definition of condition "${name}" is invalid`,
    };
    const place = { path: ['Conditions', name], context: 'condition' } as const;
    const expression = compiler.compileCondition(value, place, wording);
    if (expression) conditions.set(name, expression);
  }
  refuseCycles(conditions, report);
  return conditions;
}

/** Reports every condition that needs itself, once for each ring. */
function refuseCycles(conditions: ReadonlyMap<string, Expression>, report: Report): void {
  const state = new Map<string, 'open' | 'done'>();
  for (const start of conditions.keys()) {
    // Without recursion: a template may chain thousands of conditions.
    const stack: { name: string; needs: string[] }[] = [];
    const open = (name: string) => {
      const expression = conditions.get(name);
      if (!expression || state.has(name)) return;
      state.set(name, 'open');
      stack.push({ name, needs: neededBy(expression) });
    };
    open(start);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.needs.pop();
      if (next === undefined) {
        state.set(top.name, 'done');
        stack.pop();
      } else if (state.get(next) === 'open') {
        const ring = stack.slice(stack.findIndex(({ name }) => name === next)).map(({ name }) => name);
        const wording = {
          aws: `Template error: Found circular condition dependency: [${ring.join(', ')}]`,
          heat: `Circular definition for condition "${next}"`,
        };
        const at = conditions.get(next)?.at;
        if (at) report.error('cycle', wording, ['Conditions', next], at);
      } else {
        open(next);
      }
    }
  }
}

function neededBy(expression: Expression, found: string[] = []): string[] {
  switch (expression.kind) {
    case 'literal':
      break;
    case 'list':
      for (const item of expression.items) neededBy(item, found);
      break;
    case 'map':
      for (const entry of expression.entries) neededBy(entry.value, found);
      break;
    case 'call': {
      const name = expression.fn === condition ? literalText(expression.argument) : undefined;
      if (name === undefined) neededBy(expression.argument, found);
      else found.push(name);
    }
  }
  return found;
}
