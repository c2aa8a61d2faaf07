import { didYouMean } from '../model/closest.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { Expression } from '../template/expression.js';
import { functionsOf } from '../template/hot/function-table.js';
import { findHotVersion } from '../template/hot/versions.js';
import type { ResourceDeclaration, Template } from '../template/template.js';

/**
 * Heat takes `{get_parm: x}` for a plain map, because it knows no such function. Where a property refuses the map, the
 * likely meaning is added to what the property says.
 */
export function withMisspelledCall(
  diagnostic: Diagnostic,
  { properties }: ResourceDeclaration,
  template: Template,
): Diagnostic {
  if (diagnostic.hint !== undefined || template.language !== 'hot') return diagnostic;
  const version = findHotVersion(template.version)?.version;
  const value = expressionAt(properties, diagnostic.path.slice(PATH_OF_PROPERTIES));
  if (version === undefined || value?.kind !== 'map') return diagnostic;
  const [only, second] = value.entries;
  if (only === undefined || second !== undefined) return diagnostic;
  return { ...diagnostic, ...didYouMean(only.key, functionsOf(version).values.keys()) };
}

/** `resources`, the resource's name, `properties`. */
const PATH_OF_PROPERTIES = 3;

function expressionAt(start: Expression, path: readonly (string | number)[]): Expression | undefined {
  let expression: Expression | undefined = start;
  for (const step of path) {
    if (expression?.kind === 'map') expression = expression.entries.find(({ key }) => key === step)?.value;
    else if (expression?.kind === 'list') expression = expression.items[Number(step)];
    else return undefined;
  }
  return expression;
}
