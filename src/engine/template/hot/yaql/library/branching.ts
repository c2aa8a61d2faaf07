import type { YaqlFunction, YaqlLambda, YaqlParameter } from '../context.js';
import { YaqlContext } from '../context.js';
import { any, dict, fn, int, items, lambda, list, method, optional, rest, rule, str } from '../functions.js';
import { isTrue, YaqlStream, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';
import { memorized, streamOf } from './streams.js';

const context: YaqlParameter<YaqlContext> = {
  name: 'left',
  lazy: undefined,
  accepts: (value) => value instanceof YaqlContext,
  convert: (value) => value as YaqlContext,
};

function store(target: YaqlContext, values: Iterable<YaqlValue>): YaqlContext {
  let index = 1;
  for (const value of values) target.set(String(index++), value);
  return target;
}

/** A function that runs a lambda on whatever arguments it gets. */
function defined(name: string, body: YaqlLambda): YaqlFunction {
  const [made] = fn(name, [rest(any('args'))], (_, args) => body(...args));
  if (!made) throw new YaqlError(`Unknown function "${name}"`);
  return made;
}

/** Choosing, scopes and calls by name. */
export const branchingLibrary: readonly YaqlFunction[] = [
  ...fn('switch', [rest(rule('args'))], (_, cases) => {
    for (const each of cases) if (isTrue(each.source())) return each.destination();
    return null;
  }),
  ...fn('selectCase', [rest(lambda('args'))], (_, cases) => {
    const index = cases.findIndex((each) => isTrue(each()));
    return BigInt(index < 0 ? cases.length : index);
  }),
  ...fn('selectAllCases', [rest(lambda('args'))], (_, cases) =>
    streamOf(function* () {
      for (const [index, each] of cases.entries()) if (isTrue(each())) yield BigInt(index);
    }),
  ),
  ...fn('examine', [rest(lambda('args'))], (_, cases) =>
    streamOf(function* () {
      for (const each of cases) yield isTrue(each());
    }),
  ),
  ...method('switchCase', [int('case'), rest(lambda('args'))], (_, index, cases) => {
    const chosen = index >= 0n && index < BigInt(cases.length) ? cases[Number(index)] : cases.at(-1);
    return chosen ? chosen() : null;
  }),
  ...fn('coalesce', [rest(lambda('args'))], (_, cases) => {
    for (const each of cases) {
      const value = each();
      if (value !== null) return value;
    }
    return null;
  }),
  ...fn('#operator_->', [context, lambda('right')], (_, left, right) => right.inContext(left)),
  ...method('unpack', [items('sequence'), rest(str('args'))], (run, values, names) => {
    if (names.length === 0) return store(run.context, values);
    const unpacked: YaqlValue[] = [];
    for (const value of values) if (unpacked.push(value) > names.length) break;
    if (unpacked.length !== names.length) {
      throw new YaqlError(`Cannot unpack ${unpacked.length} elements into ${names.length}`);
    }
    for (const [index, name] of names.entries()) run.context.set(name, unpacked[index] ?? null);
    return run.context;
  }),
  ...fn('with', [rest(any('args'))], (run, args) => store(run.context, args)),
  ...fn('let', [rest(any('args'))], () => null).map(
    (found): YaqlFunction => ({
      ...found,
      takesNamed: true,
      invoke: (run, [args], named) => {
        store(run.context, args as YaqlValue[]);
        for (const [name, value] of named) run.context.set(name, value);
        return run.context;
      },
    }),
  ),
  ...fn('def', [str('name'), lambda('func')], (run, name, body) => {
    run.context.define(defined(name, body));
    return run.context;
  }),
  ...method(
    'assert',
    [any('obj'), lambda('condition'), optional(str('message'), 'Assertion failed')],
    (run, value, condition, message) => {
      const kept = value instanceof YaqlStream && value.isIterator ? memorized(run.limited(value), run.charge) : value;
      if (!isTrue(condition(kept))) throw new YaqlError(message);
      return kept;
    },
  ),
  ...fn('call', [str('name'), list('args'), dict('kwargs')], (run, name, args, named) =>
    run.callNamed(name, args, keywords(named.entries())),
  ),
  ...fn('call', [str('name'), list('args'), dict('kwargs'), any('receiver')], (run, name, args, named, receiver) =>
    run.callNamed(name, args, keywords(named.entries()), receiver),
  ),
];

function keywords(entries: Iterable<[YaqlValue, YaqlValue]>): Map<string, YaqlValue> {
  const named = new Map<string, YaqlValue>();
  for (const [key, value] of entries) {
    if (typeof key === 'string' && /^(?!__)[\p{L}_][\p{L}\p{N}_]*$/u.test(key)) named.set(key, value);
  }
  return named;
}
