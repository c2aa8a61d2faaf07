import type { Position } from '../../model/diagnostic.js';
import { Secret, Unknown, type Value } from '../../model/value.js';
import { unwrapSecrets } from '../evaluate.js';
import { EvaluationError, type Scope, type TemplateFunction } from '../expression.js';
import { scalarText } from './source-nodes.js';

const OPENING = '{{resolve:';
const REFERENCE = /\{\{resolve:(ssm-secure|ssm|secretsmanager):([^{}]+)\}\}/g;

/** True if a text may have a dynamic reference in it. */
export function mayHaveDynamicReference(text: string): boolean {
  return text.includes(OPENING);
}

/**
 * A text with its dynamic references (`{{resolve:ssm:/path}}`) replaced by what the services hold. A text that is nothing
 * but one reference becomes that value itself; a secret or an unknown part makes the whole secret or unknown.
 */
export function resolveDynamicReferences(text: string, scope: Scope, at: Position): Value {
  const parts: string[] = [];
  const unknowns: Unknown[] = [];
  let secret = false;
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, service = '', reference = ''] = match;
    const value = scope.dynamicReference(service, reference.trim());
    if (whole.length === text.length) return value;
    if (value instanceof Unknown) unknowns.push(value);
    if (value instanceof Secret) secret = true;
    const plain = value instanceof Unknown ? '' : scalarText(unwrapSecrets(value));
    if (plain === undefined) throw new EvaluationError(`Dynamic reference ${whole} does not give a string`, at);
    parts.push(text.slice(end, match.index), plain);
    end = match.index + whole.length;
  }
  if (end === 0) return text;
  if (unknowns.length > 0) return Unknown.merge(unknowns);
  const joined = parts.join('') + text.slice(end);
  return secret ? new Secret(joined) : joined;
}

/** Stands for a string of the template that has dynamic references in it. */
export const dynamicString: TemplateFunction = {
  name: 'dynamic reference',
  summary: 'Looks up a parameter or secret that a string names as {{resolve:…}}.',
  evaluate: (text, scope, at) => (typeof text === 'string' ? resolveDynamicReferences(text, scope, at) : text),
};

const wrapped = new WeakMap<TemplateFunction, TemplateFunction>();

/** The same function, whose result has its dynamic references resolved if it is a string. */
export function withDynamicReferences(fn: TemplateFunction): TemplateFunction {
  const { evaluate } = fn;
  if (!evaluate) return fn;
  let resolving = wrapped.get(fn);
  if (resolving === undefined) {
    resolving = {
      ...fn,
      evaluate(argument, scope, at) {
        const value = evaluate(argument, scope, at);
        return typeof value === 'string' && mayHaveDynamicReference(value)
          ? resolveDynamicReferences(value, scope, at)
          : value;
      },
    };
    wrapped.set(fn, resolving);
  }
  return resolving;
}
