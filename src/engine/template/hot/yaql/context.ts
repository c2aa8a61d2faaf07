import { type YaqlCollection, YaqlScope, type YaqlValue } from './values.js';

/** An argument that is evaluated when the function asks for it, with values for `$1`, `$2`… */
export interface YaqlLambda {
  (...args: YaqlValue[]): YaqlValue;
  /** The same in a scope of the caller's choice. */
  readonly inContext: (context: YaqlContext) => YaqlValue;
}

/** An argument `source => destination`; both sides are evaluated when asked for. */
export interface YaqlRule {
  source(): YaqlValue;
  destination(): YaqlValue;
}

/** What a function may use while it runs. */
export interface YaqlRun {
  /** The function's own scope, below the caller's. */
  readonly context: YaqlContext;
  /** Calls another function, operator or method (with a receiver) by name. */
  call(name: string, args: readonly YaqlValue[], receiver?: YaqlValue): YaqlValue;
  /** As `call`, with named arguments. */
  callNamed(
    name: string,
    args: readonly YaqlValue[],
    named: ReadonlyMap<string, YaqlValue>,
    receiver?: YaqlValue,
  ): YaqlValue;
  /** A collection that refuses to give more than the limit of items. */
  limited(collection: YaqlCollection): Iterable<YaqlValue>;
  /** Refuses values whose sizes together are over the memory limit. */
  charge(...values: unknown[]): void;
  /** Refuses as many bytes at once. */
  chargeBytes(bytes: number): void;
}

/** How a parameter takes its argument. */
export interface YaqlParameter<T> {
  readonly name: string;
  /** Lazy arguments are not evaluated before the call. */
  readonly lazy: 'lambda' | 'rule' | undefined;
  accepts(value: YaqlValue): boolean;
  convert(value: YaqlValue, run: YaqlRun): T;
  /** Present if the argument may be left out. */
  readonly fallback?: { readonly value: T };
  /** Takes all further positional arguments. */
  readonly rest?: boolean;
  /** May only be given by name. */
  readonly namedOnly?: boolean;
}

/** One overload of a function. */
export interface YaqlFunction {
  readonly name: string;
  readonly kind: 'function' | 'method' | 'both';
  readonly parameters: readonly YaqlParameter<unknown>[];
  /** True if `name => value` arguments are rules, not named arguments. */
  readonly takesRules: boolean;
  /** True if unknown named arguments are handed over in a map after the others. */
  readonly takesNamed: boolean;
  invoke(run: YaqlRun, args: readonly unknown[], named: ReadonlyMap<string, YaqlValue>): YaqlValue;
}

/** A scope of an expression: its variables and the functions defined in it. */
export class YaqlContext extends YaqlScope {
  readonly #data = new Map<string, YaqlValue>();
  readonly #functions = new Map<string, YaqlFunction[]>();

  constructor(readonly parent?: YaqlContext) {
    super();
  }

  child(): YaqlContext {
    return new YaqlContext(this);
  }

  /** Sets a variable; `$` and `$1` are one, and the dollar may be left out. */
  set(name: string, value: YaqlValue): void {
    this.#data.set(variableName(name), value);
  }

  /** A variable's value; null if nobody set it. */
  get(name: string): YaqlValue {
    const wanted = variableName(name);
    for (let scope: YaqlContext | undefined = this; scope; scope = scope.parent) {
      const value = scope.#data.get(wanted);
      if (value !== undefined) return value;
    }
    return null;
  }

  define(fn: YaqlFunction): void {
    const known = this.#functions.get(fn.name);
    if (known) known.push(fn);
    else this.#functions.set(fn.name, [fn]);
  }

  /** The functions of a name, layer by layer, from the innermost scope. */
  functions(name: string): YaqlFunction[][] {
    const wanted = name.replace(/_+$/, '');
    const layers: YaqlFunction[][] = [];
    for (let scope: YaqlContext | undefined = this; scope; scope = scope.parent) {
      const layer = scope.#functions.get(wanted);
      if (layer) layers.push(layer);
    }
    return layers;
  }
}

function variableName(name: string): string {
  const plain = name.startsWith('$') ? name.slice(1) : name;
  return plain === '' ? '1' : plain;
}
