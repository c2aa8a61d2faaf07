import { type Diagnostic, Diagnostics } from '../../model/diagnostic.js';
import { Unknown } from '../../model/value.js';
import { evaluate, unwrapSecrets } from '../evaluate.js';
import { EvaluationError, type Expression, type Scope } from '../expression.js';
import type { Template } from '../template.js';

/** Evaluates a template's Rules against its parameters; one diagnostic for each assertion that does not hold. */
export function checkRules(template: Template, scope: Scope): Diagnostic[] {
  const diagnostics = new Diagnostics();
  for (const rule of template.rules.values()) {
    const path = ['Rules', rule.name];
    try {
      if (rule.condition && holds(rule.condition, scope) === false) continue;
      for (const [index, { assert, description }] of rule.assertions.entries()) {
        // What cannot be known here, such as an attribute of a subnet, is not held against the parameters.
        if (holds(assert, scope) !== false) continue;
        const why = description ?? `assertion ${index + 1} does not hold`;
        diagnostics.error('invalid-rule', `Template error: Rule ${rule.name} failed: ${why}`, {
          path: [...path, 'Assertions', index],
          at: assert.at,
        });
      }
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      diagnostics.error('invalid-rule', error.message, { path, at: error.at ?? rule.at });
    }
  }
  return diagnostics.all;
}

function holds(expression: Expression, scope: Scope): boolean | undefined {
  const value = evaluate(expression, scope);
  if (value instanceof Unknown) return undefined;
  return unwrapSecrets(value) === true;
}
