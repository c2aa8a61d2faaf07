import type { ResourceRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, Unknown, type Value } from '../model/value.js';
import { evaluate } from '../template/evaluate.js';
import { EvaluationError, type Expression, type Scope } from '../template/expression.js';
import type { Template } from '../template/template.js';
import type { LookupCache } from './lookups.js';
import { pseudoParameter } from './pseudo-parameters.js';
import type { StackIdentity } from './stack-identity.js';

/** What is known of a resource while expressions are evaluated. */
export type KnownResource =
  /** Its condition is false: references to it give null. */
  | { readonly state: 'inactive' }
  /** It is not there yet, or will be another one. */
  | { readonly state: 'pending' }
  /** It stays the same thing, but its attributes may change. */
  | { readonly state: 'changing'; readonly record: ResourceRecord }
  | { readonly state: 'there'; readonly record: ResourceRecord; readonly live: (attribute: string) => boolean };

/** Everything around an expression of one stack. */
export interface ScopeInput {
  readonly template: Template;
  readonly stack: StackIdentity;
  readonly parameters: ReadonlyMap<string, Value>;
  readonly files: { readonly [key: string]: string };
  readonly lookups: LookupCache;
  readonly resource: (name: string) => KnownResource;
  readonly zones: (region: string) => readonly string[];
  readonly facade: { readonly [part: string]: Json } | undefined;
}

/** The scope of one stack's expressions. */
export class StackScope implements Scope {
  readonly #input: ScopeInput;
  readonly #conditions = new Map<string, boolean | Unknown>();
  readonly #open = new Set<string>();

  constructor(input: ScopeInput) {
    this.#input = input;
  }

  get stack(): StackIdentity {
    return this.#input.stack;
  }

  /** Whether an output whose condition is false is shown all the same, without a value: Heat's API does, in all languages. */
  get showsEmptyOutputs(): boolean {
    return this.#input.stack.origin === 'heat' || this.language === 'hot';
  }

  get language(): Template['language'] {
    return this.#input.template.language;
  }

  parameter(name: string): Value {
    const given = this.#input.parameters.get(name);
    if (given !== undefined) return given;
    const pseudo = pseudoParameter(this.#input.template.language, name, this.#input.stack);
    if (pseudo !== undefined) return pseudo;
    throw new EvaluationError(`The Parameter (${name}) was not provided.`, undefined, 'UserParameterMissing');
  }

  hasParameter(name: string): boolean {
    return (
      this.#input.template.parameters.has(name) ||
      pseudoParameter(this.#input.template.language, name, this.#input.stack) !== undefined
    );
  }

  hasResource(name: string): boolean {
    return this.#input.template.resources.has(name);
  }

  reference(name: string): Value {
    const known = this.#input.resource(name);
    if (known.state === 'inactive') return null;
    if (known.state === 'pending') return new Unknown([name]);
    const { reference, physicalId } = known.record;
    return reference ?? physicalId ?? null;
  }

  attribute(name: string, attribute: string, path: readonly Value[]): Value {
    const known = this.#input.resource(name);
    if (known.state === 'inactive') return null;
    if (known.state !== 'there') return new Unknown([`${name}.${attribute}`]);
    const { attributes } = known.record;
    if (!known.live(attribute) && Object.hasOwn(attributes, attribute))
      return walk(attributes[attribute] ?? null, path);
    return this.#input.lookups.take({ kind: 'attribute', resource: name, attribute, path });
  }

  attributes(name: string): Value {
    const known = this.#input.resource(name);
    if (known.state === 'inactive') return null;
    if (known.state !== 'there') return new Unknown([name]);
    const { show: _, ...rest } = known.record.attributes;
    return rest;
  }

  condition(name: string): boolean | Unknown {
    const done = this.#conditions.get(name);
    if (done !== undefined) return done;
    const expression = this.#input.template.conditions.get(name);
    if (!expression) throw new EvaluationError(`Invalid condition "${name}"`);
    if (this.#open.has(name)) throw new EvaluationError(`Circular definition for condition "${name}"`);
    this.#open.add(name);
    try {
      const value = this.truth(expression);
      this.#conditions.set(name, value);
      return value;
    } finally {
      this.#open.delete(name);
    }
  }

  /**
   * The truth of a condition as it stands on a resource or output: a name, a boolean or a condition function. Unknown
   * when it hangs on something that has no value yet.
   */
  truth(expression: Expression): boolean | Unknown {
    if (expression.kind === 'literal' && typeof expression.value === 'string') return this.condition(expression.value);
    const value = evaluate(expression, this);
    if (typeof value === 'boolean' || value instanceof Unknown) return value;
    if (typeof value === 'string' && this.#input.template.conditions.has(value)) return this.condition(value);
    throw new EvaluationError(`Invalid condition "${String(value)}"`, expression.at);
  }

  file(key: string): string | undefined {
    return this.#input.files[key];
  }

  mapping(name: string): JsonMap | undefined {
    return this.#input.template.mappings[name];
  }

  facade(part: 'metadata' | 'deletion_policy' | 'update_policy'): Value | undefined {
    return this.#input.facade?.[part];
  }

  zones(region: string): readonly string[] {
    return this.#input.zones(region === '' ? this.#input.stack.region : region);
  }

  exported(name: string): Value {
    return this.#input.lookups.take({ kind: 'export', name });
  }

  stackOutput(stack: string, output: string): Value {
    return this.#input.lookups.take({ kind: 'stack-output', stack, output });
  }

  dynamicReference(service: string, reference: string): Value {
    return this.#input.lookups.take({ kind: 'dynamic-reference', service, reference });
  }
}

/** What lies at a path inside a value; null where the path leads nowhere. */
export function walk(value: Value, path: readonly Value[]): Value {
  let current: Value = value;
  for (const step of path) {
    if (current instanceof Unknown) return current;
    if (Array.isArray(current)) {
      const index = typeof step === 'number' ? step : Number.parseInt(String(step), 10);
      current = current[index < 0 ? current.length + index : index] ?? null;
    } else if (isMap(current) && Object.hasOwn(current, String(step))) {
      current = current[String(step)] ?? null;
    } else {
      return null;
    }
  }
  return current;
}
