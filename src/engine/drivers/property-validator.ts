import { Ajv, type AnySchemaObject, type SchemaObject, type ValidateFunction } from 'ajv';
import type { Constraint } from '../model/constraint.js';
import { hasUnknown, type Json, Unknown, type Value } from '../model/value.js';
import { breaksConstraint, type CustomCheck } from './constraint-check.js';
import type { PropertySchema, ResourceSchema } from './resource-schema.js';

type Properties = { readonly [name: string]: PropertySchema };

/** What a compiled check is called with as `this`. */
export interface CheckScope {
  readonly customCheck: CustomCheck | undefined;
}

/** The parameters of an error of our own keyword. */
export interface ConstraintError {
  readonly constraint: Constraint;
  /** What the custom constraint's check said. */
  readonly reason?: string;
}

/** JSON Schema for properties that were already converted. Shapes become definitions, so recursion is no trouble. */
class SchemaWriter {
  readonly definitions: { [name: string]: SchemaObject } = {};
  readonly #names = new Map<Properties, string>();

  property(property: PropertySchema): SchemaObject {
    const { type, constraints, items, properties } = property;
    const written: SchemaObject = {};
    if (type !== 'any') written.type = type === 'list' ? 'array' : type === 'map' ? 'object' : type;
    if (constraints?.length) written.constraints = constraints;
    if (items && type === 'list') written.items = this.property(items);
    if (items && type === 'map') written.additionalProperties = this.property(items);
    if (properties) written.$ref = `#/definitions/${this.#nameOf(properties)}`;
    return written;
  }

  #nameOf(properties: Properties): string {
    const known = this.#names.get(properties);
    if (known !== undefined) return known;
    const name = `shape${this.#names.size}`;
    this.#names.set(properties, name);
    this.definitions[name] = this.shape(properties, false);
    return name;
  }

  shape(properties: Properties, open: boolean): SchemaObject {
    const names = Object.keys(properties);
    const required = names.filter((name) => properties[name]?.required);
    return {
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      ...(open ? {} : { additionalProperties: false }),
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, this.property(one)])),
    };
  }
}

/** The JSON Schema of a type's properties; `constraints` is a keyword of our own. */
export function jsonSchemaOf(schema: Pick<ResourceSchema, 'properties' | 'open'>): AnySchemaObject {
  const writer = new SchemaWriter();
  const root = writer.shape(schema.properties, schema.open ?? false);
  return { ...root, definitions: writer.definitions };
}

function checkConstraints(this: CheckScope, constraints: readonly Constraint[], data: Value): boolean {
  if (data instanceof Unknown) return true;
  const errors: ConstraintError[] = [];
  for (const constraint of constraints) {
    if (constraint.kind !== 'custom') {
      if (breaksConstraint(constraint, data)) errors.push({ constraint });
    } else if (this.customCheck && !hasUnknown(data)) {
      const reason = this.customCheck(constraint.name, data as Json);
      if (reason !== undefined) errors.push({ constraint, reason });
    }
  }
  if (errors.length === 0) return true;
  checkConstraints.errors = errors.map((params) => ({ keyword: 'constraints', params }));
  return false;
}
/** ajv's way for a keyword to say what was wrong. */
checkConstraints.errors = [] as { keyword: string; params: ConstraintError }[];

function createAjv(): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    passContext: true,
    validateSchema: false,
    strictTypes: false,
    messages: false,
  });
  ajv.addKeyword({ keyword: 'constraints', schemaType: 'array', errors: true, validate: checkConstraints });
  return ajv;
}

const compiled = new WeakMap<object, ValidateFunction>();

/** The compiled check of a schema's properties; made at the first call, kept as long as the schema lives. */
export function propertyValidator(schema: Pick<ResourceSchema, 'properties' | 'open'>): ValidateFunction {
  let validator = compiled.get(schema.properties);
  if (validator === undefined) {
    // An instance of its own: a shared one would keep every schema that was ever compiled.
    validator = createAjv().compile(jsonSchemaOf(schema));
    compiled.set(schema.properties, validator);
  }
  return validator;
}
