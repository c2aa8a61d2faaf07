import type { ErrorObject } from 'ajv';
import { didYouMean } from '../model/closest.js';
import type { Diagnostic, DiagnosticCode, Position, Severity } from '../model/diagnostic.js';
import { type Json, MASK, masked, Secret, Unknown, type Value, type ValueMap } from '../model/value.js';
import { unwrapSecrets } from '../template/evaluate.js';
import { Coercion, nameIn } from './coerce-properties.js';
import { type CustomCheck, constraintMessage } from './constraint-check.js';
import { AWS_CONVERSIONS, HEAT_CONVERSIONS } from './conversions.js';
import { type CheckScope, type ConstraintError, propertyValidator } from './property-validator.js';
import type { ResourceSchema } from './resource-schema.js';

type Path = readonly (string | number)[];

/** Where the properties stand, and who answers what a schema alone cannot. */
export interface PropertyContext {
  /** The place of the property map in the document, e.g. `['resources', 'server', 'properties']`. */
  readonly path: Path;
  /** The place in the text of what a path names. */
  readonly positions?: (path: Path) => Position | undefined;
  /** Answers custom constraints (`neutron.network`, `ip_addr`); without it they hold. */
  readonly customCheck?: CustomCheck;
}

export interface ValidatedProperties {
  /** Converted to the schema's types, defaults filled in (Heat), secret ones wrapped. */
  readonly properties: ValueMap;
  readonly diagnostics: readonly Diagnostic[];
}

interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  /** Below the property map. */
  readonly path: Path;
  /** The property that it is about, when the path ends above it. */
  readonly name?: string;
  readonly severity?: Severity;
  readonly hint?: string;
}

/**
 * Checks and converts a resource's properties by its type's schema: unknown names, missing ones, types, constraints,
 * at any depth. Unknown values are accepted anywhere; secrets are checked but never quoted. The words are Heat's or
 * CloudFormation's, by the schema's origin.
 */
export function validateProperties(
  schema: Pick<ResourceSchema, 'origin' | 'properties' | 'open'>,
  properties: ValueMap,
  context: PropertyContext,
): ValidatedProperties {
  const coercion = new Coercion(schema.origin === 'aws' ? AWS_CONVERSIONS : HEAT_CONVERSIONS);
  const coerced = coercion.properties(schema.properties, properties, []);
  const plain = coercion.hasSecrets ? unwrapSecrets(coerced) : coerced;
  const findings: Finding[] = coercion.faults.map((fault) => ({ code: 'invalid-property', ...fault }));
  const validator = propertyValidator(schema);
  const scope: CheckScope = { customCheck: context.customCheck };
  if (!validator.call(scope, plain)) {
    for (const error of validator.errors ?? []) {
      const place = locate(error.instancePath, coerced);
      if (!place.isUnknown) findings.push(findingOf(error, place, schema));
    }
  }
  findings.push(...notImplemented(schema, properties));
  if (findings.length === 0) return { properties: coerced, diagnostics: [] };
  const order = Object.keys(schema.properties);
  findings.sort((a, b) => rank(a, order) - rank(b, order));
  return { properties: coerced, diagnostics: findings.map((finding) => diagnosticOf(finding, schema, context)) };
}

/** Heat answers the first mistake only, and looks for unknown names first: so they come first here. */
function rank(finding: Finding, order: readonly string[]): number {
  if (finding.path.length === 0 && finding.code === 'unknown-property') return -1;
  return order.indexOf(String(finding.path[0] ?? finding.name));
}

function notImplemented(schema: Pick<ResourceSchema, 'properties'>, properties: ValueMap): Finding[] {
  return Object.keys(properties)
    .filter((name) => Object.hasOwn(schema.properties, name) && schema.properties[name]?.notImplemented)
    .map((name) => ({ code: 'not-supported', message: `Property ${name} not implemented yet`, path: [], name }));
}

function findingOf(error: ErrorObject, place: Place, schema: Pick<ResourceSchema, 'origin'>): Finding {
  const isAws = schema.origin === 'aws';
  const { path, isSecret } = place;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty);
      const candidates = Object.keys((error.parentSchema?.properties ?? {}) as object);
      const message = isAws ? `Encountered unsupported property ${name}` : `Unknown Property ${name}`;
      return { code: 'unknown-property', message, path, name, ...didYouMean(name, candidates) };
    }
    case 'required': {
      const name = String(error.params.missingProperty);
      const message = isAws ? `Property ${name} cannot be empty.` : `Property ${name} not assigned`;
      return { code: 'missing-property', message, path, name };
    }
    case 'constraints': {
      const { constraint, reason } = error.params as ConstraintError;
      const value = error.data as Value;
      const shown = isSecret ? MASK : masked(value);
      // A reason comes from outside and may quote the value.
      const message = isSecret || reason === undefined ? constraintMessage(constraint, value, shown) : reason;
      return { code: 'constraint', message, path, ...(isAws ? awsConstraint(constraint, path, shown) : {}) };
    }
    case 'type':
      return {
        code: 'invalid-property',
        message: `Value of property ${nameIn(path)} must be of type ${error.params.type}`,
        path,
      };
    default:
      // The schema uses no other keyword.
      throw new TypeError(`unexpected schema keyword ${error.keyword}`);
  }
}

/** The service specification lags behind the services: a value that it does not list only earns a warning. */
function awsConstraint(constraint: ConstraintError['constraint'], path: Path, shown: Json): Partial<Finding> {
  if (constraint.kind !== 'allowed_values') return { severity: 'warning' };
  const values = constraint.values.map(String);
  const message = `Value of property ${nameIn(path)} is not one of the known values: ${JSON.stringify(shown)} (${values.join(', ')})`;
  return { severity: 'warning', message, ...didYouMean(String(shown), values) };
}

interface Place {
  readonly path: Path;
  /** It lies in a secret. */
  readonly isSecret: boolean;
  /** It is, or lies in, a value that is not known: JSON Schema takes our stand-in for a map. */
  readonly isUnknown: boolean;
}

/** ajv's JSON pointer as a path; what is an index, a secret or unknown is seen from the value. */
function locate(pointer: string, root: ValueMap): Place {
  const path: (string | number)[] = [];
  let value: unknown = root;
  let isSecret = false;
  let isUnknown = false;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step = Array.isArray(value) ? Number(key) : key;
    path.push(step);
    value = (value as { [key: string | number]: unknown })[step];
    if (value instanceof Secret) {
      isSecret = true;
      value = value.reveal();
    }
    isUnknown ||= value instanceof Unknown;
  }
  return { path, isSecret, isUnknown };
}

function diagnosticOf(finding: Finding, schema: Pick<ResourceSchema, 'origin'>, context: PropertyContext): Diagnostic {
  const path = [...context.path, ...finding.path];
  const named = finding.name === undefined ? undefined : context.positions?.([...path, finding.name]);
  const at = named ?? context.positions?.(path);
  return {
    severity: finding.severity ?? 'error',
    code: finding.code,
    message: finding.message,
    path,
    ...(at === undefined ? {} : { at }),
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
    ...(schema.origin === 'aws' ? {} : { prefix: 'Property error' }),
  };
}
