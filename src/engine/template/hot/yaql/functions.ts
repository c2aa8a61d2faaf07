import type { YaqlFunction, YaqlLambda, YaqlParameter, YaqlRule, YaqlRun } from './context.js';
import {
  isCollection,
  isList,
  type YaqlCollection,
  YaqlDateTime,
  YaqlDict,
  YaqlPattern,
  YaqlSet,
  YaqlStream,
  YaqlTimespan,
  type YaqlValue,
} from './values.js';

type Arguments<P extends readonly YaqlParameter<unknown>[]> = {
  [K in keyof P]: P[K] extends YaqlParameter<infer T> ? T : never;
};

function build<const P extends readonly YaqlParameter<unknown>[]>(
  kind: YaqlFunction['kind'],
  names: string,
  parameters: P,
  body: (run: YaqlRun, ...args: Arguments<P>) => YaqlValue,
): YaqlFunction[] {
  return names.split('|').map((name) => ({
    name,
    kind,
    parameters,
    takesRules: parameters.some((parameter) => parameter.lazy === 'rule'),
    takesNamed: false,
    invoke: (run, args) => body(run, ...(args as unknown as Arguments<P>)),
  }));
}

/** A function; several names are joined with `|`. */
export function fn<const P extends readonly YaqlParameter<unknown>[]>(
  names: string,
  parameters: P,
  body: (run: YaqlRun, ...args: Arguments<P>) => YaqlValue,
): YaqlFunction[] {
  return build('function', names, parameters, body);
}

/** A method: its first parameter is the receiver. */
export function method<const P extends readonly YaqlParameter<unknown>[]>(
  names: string,
  parameters: P,
  body: (run: YaqlRun, ...args: Arguments<P>) => YaqlValue,
): YaqlFunction[] {
  return build('method', names, parameters, body);
}

/** Both a function and a method. */
export function extension<const P extends readonly YaqlParameter<unknown>[]>(
  names: string,
  parameters: P,
  body: (run: YaqlRun, ...args: Arguments<P>) => YaqlValue,
): YaqlFunction[] {
  return build('both', names, parameters, body);
}

function plain<T>(
  name: string,
  accepts: (value: YaqlValue) => boolean,
  convert: (value: YaqlValue, run: YaqlRun) => T,
) {
  return { name, lazy: undefined, accepts, convert } satisfies YaqlParameter<T>;
}

/** Any value, null too. */
export const any = (name: string): YaqlParameter<YaqlValue> =>
  plain(
    name,
    () => true,
    (value) => value,
  );

/** Any value but null. */
export const some = (name: string): YaqlParameter<YaqlValue> =>
  plain(
    name,
    (value) => value !== null,
    (value) => value,
  );

/** A list, set or stream; it gives no more items than the limit. */
export const items = (name: string): YaqlParameter<Iterable<YaqlValue>> =>
  plain(name, isCollection, (value, run) => run.limited(value as YaqlCollection));

/** A list or stream, no set. */
export const sequence = (name: string): YaqlParameter<Iterable<YaqlValue>> =>
  plain(
    name,
    (value) => isCollection(value) && !(value instanceof YaqlSet),
    (value, run) => run.limited(value as YaqlCollection),
  );

/** A list. */
export const list = (name: string): YaqlParameter<readonly YaqlValue[]> =>
  plain(name, isList, (value) => value as readonly YaqlValue[]);

/** A stream. */
export const stream = (name: string): YaqlParameter<Iterable<YaqlValue>> =>
  plain(
    name,
    (value) => value instanceof YaqlStream && value.isIterator,
    (value, run) => run.limited(value as YaqlStream),
  );

const checked =
  <T>() =>
  (value: YaqlValue, run: YaqlRun): T => {
    run.charge(value);
    return value as T;
  };

/** A string. */
export const str = (name: string): YaqlParameter<string> =>
  plain(name, (value) => typeof value === 'string', checked<string>());

/** An integer; booleans count as 0 and 1. */
export const int = (name: string): YaqlParameter<bigint> =>
  plain(
    name,
    (value) => typeof value === 'bigint' || typeof value === 'boolean',
    (value) => BigInt(value as bigint | boolean),
  );

/** An integer or float, no boolean. */
export const num = (name: string): YaqlParameter<bigint | number> =>
  plain(name, (value) => typeof value === 'bigint' || typeof value === 'number', checked<bigint | number>());

/** A boolean. */
export const bool = (name: string): YaqlParameter<boolean> =>
  plain(
    name,
    (value) => typeof value === 'boolean',
    (value) => value as boolean,
  );

/** A dictionary. */
export const dict = (name: string): YaqlParameter<YaqlDict> =>
  plain(name, (value) => value instanceof YaqlDict, checked<YaqlDict>());

/** A set. */
export const set = (name: string): YaqlParameter<YaqlSet> =>
  plain(name, (value) => value instanceof YaqlSet, checked<YaqlSet>());

/** A regular expression object. */
export const pattern = (name: string): YaqlParameter<YaqlPattern> =>
  plain(
    name,
    (value) => value instanceof YaqlPattern,
    (value) => value as YaqlPattern,
  );

/** A point in time. */
export const time = (name: string): YaqlParameter<YaqlDateTime> =>
  plain(
    name,
    (value) => value instanceof YaqlDateTime,
    (value) => value as YaqlDateTime,
  );

/** A length of time. */
export const span = (name: string): YaqlParameter<YaqlTimespan> =>
  plain(
    name,
    (value) => value instanceof YaqlTimespan,
    (value) => value as YaqlTimespan,
  );

/** An expression with its own `$`. */
export const lambda = (name: string): YaqlParameter<YaqlLambda> => ({
  name,
  lazy: 'lambda',
  accepts: () => true,
  convert: (value) => value as unknown as YaqlLambda,
});

/** A `source => destination` argument. */
export const rule = (name: string): YaqlParameter<YaqlRule> => ({
  name,
  lazy: 'rule',
  accepts: () => true,
  convert: (value) => value as unknown as YaqlRule,
});

/** A parameter that may be left out. */
export function optional<T, F>(parameter: YaqlParameter<T>, fallback: F): YaqlParameter<T | F> {
  return { ...parameter, fallback: { value: fallback } };
}

/** A parameter that may be null. */
export function nullable<T>(parameter: YaqlParameter<T>): YaqlParameter<T | null> {
  return {
    ...parameter,
    accepts: (value) => value === null || parameter.accepts(value),
    convert: (value, run) => (value === null ? null : parameter.convert(value, run)),
  };
}

/** A parameter that can only be given by name. */
export function byName<T>(parameter: YaqlParameter<T>): YaqlParameter<T> {
  return { ...parameter, namedOnly: true };
}

/** A parameter that takes all further positional arguments. */
export function rest<T>(parameter: YaqlParameter<T>): YaqlParameter<T[]> {
  return {
    name: parameter.name,
    lazy: parameter.lazy,
    accepts: parameter.accepts,
    rest: true,
    convert: (value, run) => [parameter.convert(value, run)],
  };
}
