import type { YaqlContext, YaqlFunction, YaqlLambda, YaqlParameter, YaqlRule, YaqlRun } from './context.js';
import type { YaqlLimits } from './limits.js';
import { itemAt, pythonStr } from './python-text.js';
import type { YaqlArgument, YaqlNode } from './syntax.js';
import {
  isCollection,
  type YaqlCollection,
  YaqlDateTime,
  YaqlDict,
  YaqlStream,
  YaqlTimespan,
  type YaqlValue,
} from './values.js';
import { YaqlError } from './yaql-error.js';

/** An argument before it is evaluated, or a value that is there already. */
type YaqlGiven = { readonly node: YaqlNode } | { readonly value: YaqlValue } | undefined;

/** Parsed arguments as a call takes them. */
function givenArguments(args: readonly YaqlArgument[]): YaqlGiven[] {
  return args.map((node) => node && { node });
}

interface Candidate {
  readonly fn: YaqlFunction;
  /** The parameter of each positional argument. */
  readonly positional: readonly YaqlParameter<unknown>[];
  readonly named: ReadonlyMap<string, YaqlParameter<unknown>>;
}

const NO_NAMED: ReadonlyMap<string, YaqlGiven> = new Map();

/** Walks over parsed expressions: finds overloads, evaluates arguments, keeps the limits. */
export class YaqlEvaluator {
  constructor(readonly limits: YaqlLimits) {}

  evaluate(node: YaqlNode, context: YaqlContext): YaqlValue {
    this.limits.step();
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'variable':
        return context.get(node.name);
      case 'call':
        return this.#callNode(node.name, node.args, context);
      case 'operator': {
        const first = node.operands[0];
        if (node.name === '()' && first) return this.evaluate(first, context);
        return this.call(node.name, givenArguments(node.operands), NO_NAMED, context, undefined);
      }
      case 'dot':
        return this.#dot(node, context);
      case 'rule':
        throw new YaqlError('Cannot convert mapping to keyword argument');
    }
  }

  #callNode(
    name: string,
    args: readonly (YaqlNode | undefined)[],
    context: YaqlContext,
    receiver?: YaqlValue,
  ): YaqlValue {
    return this.call(name, givenArguments(args), NO_NAMED, context, receiver);
  }

  #dot(node: YaqlNode & { kind: 'dot' }, context: YaqlContext): YaqlValue {
    const receiver = this.evaluate(node.receiver, context);
    if (node.optional && receiver === null) return null;
    return this.member(receiver, node.member, context);
  }

  /** What stands right of a dot: a method call, or the name of a key or property. */
  member(receiver: YaqlValue, member: YaqlNode, context: YaqlContext): YaqlValue {
    if (member.kind === 'call' && !member.name.startsWith('#')) {
      return this.#callNode(member.name, member.args, context, receiver);
    }
    if (member.kind === 'constant' && member.keyword) return this.#property(receiver, member.value as string);
    throw new YaqlError('No function "#operator_." matches supplied arguments');
  }

  #property(receiver: YaqlValue, name: string): YaqlValue {
    if (receiver instanceof YaqlDict) return itemAt(receiver, name);
    if (isCollection(receiver)) {
      const source = this.limits.limited(receiver)[Symbol.iterator]();
      const property = (item: YaqlValue) => this.#property(item, name);
      return YaqlStream.once(
        (function* () {
          for (let step = source.next(); !step.done; step = source.next()) yield property(step.value);
        })(),
      );
    }
    if (receiver instanceof YaqlDateTime || receiver instanceof YaqlTimespan) {
      const result = PROPERTIES.get(`${receiver instanceof YaqlDateTime ? 'time' : 'span'}.${name}`)?.(receiver);
      if (result !== undefined) return result;
    }
    throw new YaqlError(`Unknown function "#property#${name}"`);
  }

  /** Calls a function, or with a receiver a method; arguments are evaluated in `context` unless the function is lazy. */
  call(
    name: string,
    given: readonly YaqlGiven[],
    givenNamed: ReadonlyMap<string, YaqlGiven>,
    context: YaqlContext,
    receiver: YaqlValue | undefined,
  ): YaqlValue {
    this.limits.step();
    const isMethod = receiver !== undefined;
    const layers = context
      .functions(name)
      .map((layer) => layer.filter((fn) => fn.kind === 'both' || fn.kind === (isMethod ? 'method' : 'function')))
      .filter((layer) => layer.length > 0);
    const shownReceiver = () => pythonStr(receiver ?? null);
    if (layers.length === 0) {
      throw new YaqlError(
        isMethod ? `Unknown method "${name}" for receiver ${shownReceiver()}` : `Unknown function "${name}"`,
      );
    }
    const noMatch = () =>
      new YaqlError(
        isMethod
          ? `No method "${name}" for receiver ${shownReceiver()} matches supplied arguments`
          : `No function "${name}" matches supplied arguments`,
      );
    const all: YaqlGiven[] = isMethod ? [{ value: receiver }, ...given] : [...given];
    const takesRules = layers[0]?.[0]?.takesRules ?? false;
    const { positional, named } = takesRules
      ? { positional: all, named: new Map(givenNamed) }
      : splitNamed(all, givenNamed);
    const candidates = layers.map((layer) => layer.flatMap((fn) => this.#fit(fn, positional, named) ?? []));
    const first = candidates.flat()[0];
    if (!first) throw noMatch();

    // Lazy and eager overloads never share a shape, so the first candidate tells which arguments are evaluated now.
    const values = positional.map((argument, index) => this.#eager(argument, first.positional[index], context));
    const namedValues = new Map<string, YaqlGiven>();
    for (const [key, argument] of named) namedValues.set(key, this.#eager(argument, first.named.get(key), context));
    for (const layer of candidates) {
      for (const candidate of layer) {
        if (accepts(candidate, values, namedValues)) return this.#invoke(candidate, values, namedValues, context);
      }
    }
    throw noMatch();
  }

  #eager(argument: YaqlGiven, parameter: YaqlParameter<unknown> | undefined, context: YaqlContext): YaqlGiven {
    if (!argument || parameter?.lazy || !('node' in argument)) return argument;
    return { value: this.evaluate(argument.node, context) };
  }

  /** How the arguments would go to a function's parameters, or undefined if their number or names do not fit. */
  #fit(fn: YaqlFunction, given: readonly YaqlGiven[], named: ReadonlyMap<string, YaqlGiven>): Candidate | undefined {
    const slots = fn.parameters.filter((parameter) => !parameter.namedOnly);
    const positional: YaqlParameter<unknown>[] = [];
    for (const [index, argument] of given.entries()) {
      const last = slots.at(-1);
      const parameter = slots[index] ?? (last?.rest ? last : undefined);
      if (!parameter) return undefined;
      if (argument === undefined && !parameter.fallback) return undefined;
      const isRule = argument !== undefined && 'node' in argument && argument.node.kind === 'rule';
      if (isRule !== (parameter.lazy === 'rule')) return undefined;
      positional.push(parameter);
    }
    const used = new Map<string, YaqlParameter<unknown>>();
    for (const [index, parameter] of fn.parameters.entries()) {
      if (parameter.rest) continue;
      const isGiven = !parameter.namedOnly && slots.indexOf(parameter) < given.length && given[index] !== undefined;
      if (named.has(parameter.name)) {
        if (isGiven) return undefined;
        used.set(parameter.name, parameter);
      } else if (!isGiven && !parameter.fallback) return undefined;
    }
    if (!fn.takesNamed && used.size < named.size) return undefined;
    return { fn, positional, named: used };
  }

  #invoke(
    candidate: Candidate,
    values: readonly YaqlGiven[],
    named: ReadonlyMap<string, YaqlGiven>,
    outer: YaqlContext,
  ): YaqlValue {
    const context = outer.child();
    const run = this.#run(context);
    const convert = (parameter: YaqlParameter<unknown>, argument: YaqlGiven): unknown => {
      if (argument === undefined) return parameter.fallback?.value;
      if (parameter.lazy === 'lambda') return this.#lambda(argument, context);
      if (parameter.lazy === 'rule' && 'node' in argument) return this.#rule(argument.node, context, parameter, run);
      return 'value' in argument ? parameter.convert(argument.value, run) : undefined;
    };
    const args: unknown[] = [];
    const slots = candidate.fn.parameters.filter((parameter) => !parameter.namedOnly);
    for (const parameter of candidate.fn.parameters) {
      if (parameter.rest) {
        const from = slots.indexOf(parameter);
        args.push(values.slice(from).flatMap((argument) => convertRest(convert(parameter, argument), parameter)));
      } else if (named.has(parameter.name) && candidate.named.has(parameter.name)) {
        args.push(convert(parameter, named.get(parameter.name)));
      } else {
        args.push(convert(parameter, parameter.namedOnly ? undefined : values[slots.indexOf(parameter)]));
      }
    }
    const extra = new Map<string, YaqlValue>();
    for (const [key, argument] of named) {
      if (!candidate.named.has(key) && argument && 'value' in argument) extra.set(key, argument.value);
    }
    const result = candidate.fn.invoke(run, args, extra);
    this.limits.charge(result);
    return result;
  }

  #lambda(argument: YaqlGiven & object, context: YaqlContext): YaqlLambda {
    const inContext = (scope: YaqlContext): YaqlValue =>
      'node' in argument ? this.evaluate(argument.node, scope) : argument.value;
    const call = (...args: YaqlValue[]): YaqlValue => {
      const scope = context.child();
      for (const [index, value] of args.entries()) scope.set(String(index + 1), value);
      return inContext(scope);
    };
    return Object.assign(call, { inContext });
  }

  /** Rules are lazy; an eager taker asks both sides at once. */
  #rule(node: YaqlNode, context: YaqlContext, parameter: YaqlParameter<unknown>, run: YaqlRun): unknown {
    if (node.kind !== 'rule') throw new YaqlError('Cannot convert mapping to keyword argument');
    const lazy: YaqlRule = {
      source: () => this.evaluate(node.source, context),
      destination: () => this.evaluate(node.destination, context),
    };
    return parameter.convert(lazy as unknown as YaqlValue, run);
  }

  #run(context: YaqlContext): YaqlRun {
    return {
      context,
      call: (name, args, receiver) => this.call(name, wrap(args), NO_NAMED, context.child(), receiver),
      callNamed: (name, args, named, receiver) =>
        this.call(
          name,
          wrap(args),
          new Map([...named].map(([key, value]): [string, YaqlGiven] => [key, { value }])),
          context.child(),
          receiver,
        ),
      limited: (collection: YaqlCollection) => this.limits.limited(collection),
      charge: (...values) => this.limits.charge(...values),
      chargeBytes: (bytes) => this.limits.chargeBytes(bytes),
    };
  }
}

function convertRest(converted: unknown, parameter: YaqlParameter<unknown>): unknown[] {
  return parameter.lazy === 'lambda' ? [converted] : (converted as unknown[]);
}

function wrap(values: readonly YaqlValue[]): YaqlGiven[] {
  return values.map((value) => ({ value }));
}

/** Sets `name => value` arguments apart from positional ones. */
function splitNamed(given: readonly YaqlGiven[], known: ReadonlyMap<string, YaqlGiven>) {
  const positional: YaqlGiven[] = [];
  const named = new Map<string, YaqlGiven>(known);
  for (const argument of given) {
    if (!argument || !('node' in argument) || argument.node.kind !== 'rule') {
      positional.push(argument);
      continue;
    }
    const { source, destination } = argument.node;
    const name = source.kind === 'constant' && source.keyword ? (source.value as string) : undefined;
    if (name === undefined || named.has(name)) throw new YaqlError('Cannot convert mapping to keyword argument');
    named.set(name, { node: destination });
  }
  return { positional, named };
}

function accepts(candidate: Candidate, values: readonly YaqlGiven[], named: ReadonlyMap<string, YaqlGiven>): boolean {
  const fits = (parameter: YaqlParameter<unknown> | undefined, argument: YaqlGiven) =>
    !parameter ||
    !argument ||
    parameter.lazy !== undefined ||
    !('value' in argument) ||
    parameter.accepts(argument.value);
  if (!values.every((argument, index) => fits(candidate.positional[index], argument))) return false;
  for (const [name, argument] of named) if (!fits(candidate.named.get(name), argument)) return false;
  return true;
}

type Property = (value: YaqlDateTime | YaqlTimespan) => YaqlValue;

/** Properties of times and spans, as `time.year`; the date library fills it. */
export const PROPERTIES = new Map<string, Property>();
