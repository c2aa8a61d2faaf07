import { isMap, type JsonMap, Secret, Unknown, type Value } from '../../../model/value.js';
import { EvaluationError, type Scope } from '../../expression.js';
import { toJson } from '../../parse/json-node.js';
import type { ParseOptions } from '../../parse-options.js';
import type { SourceMap } from '../../source.js';
import { itemType, PARAMETER_TYPES, storedParameterType } from '../parameter-types.js';
import { childOf, scalarText, textOf } from '../source-nodes.js';

/** What a transform can know while it rewrites the template: parameters and mappings; all else is Unknown. */
export class TransformScope implements Scope {
  readonly #parameters: SourceMap | undefined;
  readonly #mappings: JsonMap;

  constructor(
    root: SourceMap,
    readonly options: ParseOptions,
  ) {
    const parameters = childOf(root, 'Parameters');
    this.#parameters = parameters?.kind === 'map' ? parameters : undefined;
    const mappings = childOf(root, 'Mappings');
    this.#mappings = mappings?.kind === 'map' ? (toJson(mappings) as JsonMap) : {};
  }

  /** The declared parameters with their types as written. */
  get parameterTypes(): ReadonlyMap<string, string> {
    const types = (this.#parameters?.entries ?? []).map(({ key, value }): [string, string] => [
      key,
      (value.kind === 'map' ? textOf(childOf(value, 'Type')) : undefined) ?? 'String',
    ]);
    return new Map(types);
  }

  get mappings(): { readonly [name: string]: JsonMap } {
    return this.#mappings as { [name: string]: JsonMap };
  }

  parameter(name: string): Value {
    const given = this.options.parameters?.get(name);
    const declaration = this.#parameters && childOf(this.#parameters, name);
    const type = (declaration?.kind === 'map' ? textOf(childOf(declaration, 'Type')) : undefined) ?? 'String';
    if (given !== undefined) return given instanceof Secret ? new Unknown([name]) : this.#typed(type, given);
    // The default of a stored parameter is only its name.
    if (declaration?.kind !== 'map' || storedParameterType(type)) return new Unknown([name]);
    const fallback = childOf(declaration, 'Default') ?? this.#example(declaration, type);
    return fallback === undefined ? new Unknown([name]) : this.#typed(type, toJson(fallback));
  }

  /** Without any given values the template is only checked: then an allowed value will do. */
  #example(declaration: SourceMap, type: string) {
    const allowed = this.options.parameters === undefined ? childOf(declaration, 'AllowedValues') : undefined;
    if (allowed?.kind !== 'list') return undefined;
    return isListType(type) ? allowed : allowed.items[0];
  }

  #typed(type: string, value: Value): Value {
    if (!isListType(type)) return scalarText(value) ?? value;
    if (typeof value !== 'string') return Array.isArray(value) ? value.map((item) => scalarText(item) ?? item) : value;
    return value === '' ? [] : value.split(',').map((item) => item.trim());
  }

  hasParameter(name: string): boolean {
    return (
      this.options.parameters?.has(name) === true ||
      (this.#parameters !== undefined && childOf(this.#parameters, name) !== undefined)
    );
  }

  mapping(name: string): JsonMap | undefined {
    const mapping = Object.hasOwn(this.#mappings, name) ? this.#mappings[name] : undefined;
    return isMap(mapping) ? (mapping as JsonMap) : undefined;
  }

  hasResource(): boolean {
    return false;
  }

  reference(resource: string): Value {
    return new Unknown([resource]);
  }

  attribute(resource: string, attribute: string): Value {
    return new Unknown([`${resource}.${attribute}`]);
  }

  attributes(resource: string): Value {
    return new Unknown([resource]);
  }

  condition(name: string): boolean {
    throw new EvaluationError(`condition ${name} is not known while the template is transformed`);
  }

  file(): undefined {
    return undefined;
  }

  facade(): Value {
    return new Unknown();
  }

  zones(): readonly string[] {
    throw new EvaluationError('zones are not known while the template is transformed');
  }

  exported(name: string): Value {
    return new Unknown([name]);
  }

  stackOutput(stack: string, output: string): Value {
    return new Unknown([`${stack}.${output}`]);
  }

  dynamicReference(service: string, reference: string): Value {
    return new Unknown([`${service}:${reference}`]);
  }
}

function isListType(type: string): boolean {
  return PARAMETER_TYPES.aws.get(type) === 'comma_delimited_list' || itemType(type) !== type;
}
