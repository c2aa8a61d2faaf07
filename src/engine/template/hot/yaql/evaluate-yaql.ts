import type { Json, JsonMap } from '../../../model/value.js';
import { setOwn } from '../../../model/value.js';
import { PatternError } from '../../constraints/safe-pattern.js';
import { YaqlContext } from './context.js';
import { YaqlEvaluator } from './evaluator.js';
import { branchingLibrary } from './library/branching.js';
import { collectionLibrary } from './library/collections.js';
import { dateLibrary } from './library/dates.js';
import { generatorLibrary } from './library/generators.js';
import { mathLibrary } from './library/math.js';
import { operatorLibrary } from './library/operators.js';
import { orderingLibrary } from './library/ordering.js';
import { queryLibrary } from './library/queries.js';
import { regexLibrary } from './library/regular-expressions.js';
import { stringLibrary } from './library/strings.js';
import { YaqlLimits } from './limits.js';

export { parseYaql } from './parse-yaql.js';

import { parseYaql } from './parse-yaql.js';
import { pythonStr } from './python-text.js';
import { isCollection, YaqlDict, type YaqlValue } from './values.js';
import { YaqlError } from './yaql-error.js';

const library = new YaqlContext();
for (const functions of [
  operatorLibrary,
  stringLibrary,
  mathLibrary,
  collectionLibrary,
  queryLibrary,
  orderingLibrary,
  generatorLibrary,
  regexLibrary,
  branchingLibrary,
  dateLibrary,
]) {
  for (const fn of functions) library.define(fn);
}

/** What an expression may use up; the defaults are Heat's. */
export interface YaqlOptions {
  /** Items that may be taken of one collection: 200. */
  readonly maxIterations?: number;
  /** Bytes of any one value: 10000. */
  readonly memoryBytes?: number;
}

/**
 * The value of a YAQL expression; `$` is the data. Throws a YaqlError with YAQL's own text, also when the expression
 * is over a limit, so a hostile one ends soon.
 */
export function evaluateYaql(expression: string, data: Json, options: YaqlOptions = {}): Json {
  const limits = new YaqlLimits(options.maxIterations ?? 200, options.memoryBytes ?? 10_000);
  try {
    const node = parseYaql(expression);
    const context = library.child();
    context.set('$', fromJson(data));
    return toJson(new YaqlEvaluator(limits).evaluate(node, context), limits);
  } catch (error) {
    if (error instanceof YaqlError) throw error;
    if (error instanceof PatternError) throw new YaqlError(error.message, { cause: error });
    // A stack overflow, or a length or integer that is too large for the machine.
    if (error instanceof RangeError) throw new YaqlError('maximum recursion depth exceeded', { cause: error });
    throw error;
  }
}

function fromJson(value: Json): YaqlValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(fromJson);
  if (value !== null && typeof value === 'object') {
    return new YaqlDict(Object.entries(value).map(([key, item]): [YaqlValue, YaqlValue] => [key, fromJson(item)]));
  }
  return value;
}

/** A dictionary's key as Python's JSON writer makes a string of it. */
function keyText(key: YaqlValue): string {
  if (key === null) return 'null';
  return typeof key === 'boolean' ? String(key) : pythonStr(key);
}

function toJson(value: YaqlValue, limits: YaqlLimits): Json {
  limits.step();
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new YaqlError(`${pythonStr(value)} cannot be written as JSON`);
    return value;
  }
  if (value instanceof YaqlDict) {
    if (value.size > limits.maxIterations)
      throw new YaqlError(`Collection length exceeds ${limits.maxIterations} elements`);
    const map: JsonMap = {};
    for (const [key, item] of value.entries()) setOwn(map, keyText(key), toJson(item, limits));
    return map;
  }
  if (isCollection(value)) {
    const items: Json[] = [];
    for (const item of limits.limited(value)) items.push(toJson(item, limits));
    return items;
  }
  return pythonStr(value);
}
