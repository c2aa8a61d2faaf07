import { didYouMean } from '../../model/closest.js';
import { type Diagnostic, Diagnostics } from '../../model/diagnostic.js';
import { type Json, Secret, sameValue, Unknown, type Value } from '../../model/value.js';
import { storedParameterType } from '../cfn/parameter-types.js';
import type { ParameterDeclaration, Template } from '../template.js';
import { awsConstraintMessage } from './aws-messages.js';
import { ConversionError, convertValue } from './convert-value.js';
import { constraintProblem } from './parameter-constraints.js';

/** What is given for a template's parameters. */
export interface ParameterInput {
  /** By name, from the environment's `parameters`; null counts as not given. */
  readonly given: { readonly [name: string]: Json };
  /** By name, from the environment's `parameter_defaults`; unknown names are no mistake. */
  readonly defaults?: { readonly [name: string]: Json };
  /** The values that the stack has now, to refuse changes of immutable parameters. */
  readonly previous?: ReadonlyMap<string, Value>;
  /** False while a template is only validated: missing values are unknown, given ones are not checked. */
  readonly strict: boolean;
  /** Names that count as declared besides the template's own. */
  readonly pseudo?: ReadonlySet<string>;
  /** The value of a stored parameter (`AWS::SSM::Parameter::Value<…>`); undefined if there is none. */
  readonly storedParameter?: (name: string) => string | undefined;
}

export interface ResolvedParameters {
  /** By name, in the template's order; hidden ones are Secret, missing ones (not strict) Unknown. */
  readonly values: ReadonlyMap<string, Value>;
  readonly diagnostics: readonly Diagnostic[];
}

type Raw = { readonly [name: string]: Json };

function own(values: Raw | undefined, name: string): Json | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The value before conversion: given, else the environment's default, else the template's. */
export function rawValue(declaration: ParameterDeclaration, given: Raw, defaults: Raw | undefined): Json | undefined {
  return own(given, declaration.name) ?? own(defaults, declaration.name) ?? declaration.defaultValue ?? undefined;
}

/**
 * Values for all parameters of a template, converted and checked. Mistakes are collected: unknown names first, then
 * the parameters in the template's order, as Heat reports them. Constraints that only a service can check are left to
 * `checkServiceConstraints`.
 */
export function resolveParameters(template: Template, input: ParameterInput): ResolvedParameters {
  const diagnostics = new Diagnostics();
  const section = sectionOf(template);
  reportUnknownNames(template, input, diagnostics);
  const missing = `Parameters: [${missingNames(template, input).join(', ')}] must have values`;
  const values = new Map<string, Value>();
  for (const declaration of template.parameters.values()) {
    const path = [section, declaration.name];
    const place = { path, at: declaration.at };
    checkDefault(declaration, template, place, diagnostics);
    const raw = rawValue(declaration, input.given, input.defaults);
    if (raw === undefined) {
      if (input.strict) {
        diagnostics.error('missing-parameter', `The Parameter (${declaration.name}) was not provided.`, {
          ...place,
          heatType: 'UserParameterMissing',
          awsMessage: missing,
          hint: 'give it a value, or a default in the template',
        });
      }
      values.set(declaration.name, new Unknown([`parameter ${declaration.name}`]));
      continue;
    }
    values.set(declaration.name, resolveOne(declaration, raw, template, input, place, diagnostics));
  }
  if (input.previous) reportImmutable(template, input.previous, values, section, diagnostics);
  return { values, diagnostics: diagnostics.all };
}

interface Place {
  readonly path: readonly (string | number)[];
  readonly at: ParameterDeclaration['at'];
}

function resolveOne(
  declaration: ParameterDeclaration,
  raw: Json,
  template: Template,
  input: ParameterInput,
  place: Place,
  diagnostics: Diagnostics,
): Value {
  const { name } = declaration;
  const unknown = new Unknown([`parameter ${name}`]);
  const report = (code: 'invalid-parameter' | 'constraint', text: string, awsMessage: string) => {
    if (!input.strict) return;
    diagnostics.error(code, `Parameter '${name}' is invalid: ${text}`, { ...place, awsMessage });
  };
  let value: Json;
  try {
    value = convertValue(declaration, raw, template.language);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const kind = declaration.type === 'number' ? 'a number' : `of type ${declaration.declaredType}`;
    report('invalid-parameter', error.message, `Parameter '${name}' must be ${kind}`);
    return unknown;
  }
  const stored = storedParameterType(declaration.declaredType);
  if (stored) {
    const content = input.storedParameter?.(value as string);
    if (content === undefined) {
      const text = `Unable to fetch parameters [${value as string}] from parameter store for this account.`;
      report('invalid-parameter', text, text);
      return unknown;
    }
    value = stored.isList ? content.split(',').map((item) => item.trim()) : content;
  } else if (input.strict) {
    const broken = constraintProblem(declaration, value, raw, template.language);
    if (broken) {
      report('constraint', broken.text, awsConstraintMessage(declaration, broken.constraint, value));
      return unknown;
    }
  }
  return declaration.hidden ? new Secret(value) : value;
}

function missingNames(template: Template, input: ParameterInput): string[] {
  return [...template.parameters.values()]
    .filter((declaration) => rawValue(declaration, input.given, input.defaults) === undefined)
    .map((declaration) => declaration.name);
}

const sectionOf = ({ language }: Template): string => (language === 'cfn' ? 'Parameters' : 'parameters');

/** Values for parameters that the template does not have. */
export function reportUnknownNames(
  template: Template,
  input: Pick<ParameterInput, 'given' | 'pseudo'>,
  diagnostics: Diagnostics,
): void {
  const section = sectionOf(template);
  const unknown = Object.keys(input.given).filter((name) => !template.parameters.has(name) && !input.pseudo?.has(name));
  const awsMessage = `Parameters: [${unknown.join(', ')}] do not exist in the template`;
  for (const name of unknown) {
    diagnostics.error('unknown-parameter', `The Parameter (${name}) was not defined in template.`, {
      path: [section, name],
      heatType: 'UnknownUserParameter',
      awsMessage,
      ...didYouMean(name, template.parameters.keys()),
    });
  }
}

/** A default must keep the constraints itself, even if another value is given; custom ones are not asked. */
function checkDefault(
  declaration: ParameterDeclaration,
  template: Template,
  place: Place,
  diagnostics: Diagnostics,
): void {
  const { defaultValue, name } = declaration;
  if (defaultValue === undefined || defaultValue === null || storedParameterType(declaration.declaredType)) return;
  let value: Json;
  try {
    value = convertValue(declaration, defaultValue, template.language);
  } catch (error) {
    if (error instanceof ConversionError) return;
    throw error;
  }
  const broken = constraintProblem(declaration, value, defaultValue, template.language, ['custom']);
  if (!broken) return;
  const shown = typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue);
  diagnostics.error('constraint', `Parameter '${name}' is invalid: Invalid default ${shown} (${broken.text})`, {
    ...place,
    heatType: 'InvalidSchemaError',
    awsMessage: `Template format error: ${awsConstraintMessage(declaration, broken.constraint, value)}`,
  });
}

function reportImmutable(
  template: Template,
  previous: ReadonlyMap<string, Value>,
  values: ReadonlyMap<string, Value>,
  section: string,
  diagnostics: Diagnostics,
): void {
  const changed = [...template.parameters.values()].filter((declaration) => {
    const before = previous.get(declaration.name);
    const after = values.get(declaration.name);
    // An unknown value has been reported already, or is not known in a mere validation.
    return declaration.immutable && before !== undefined && !(after instanceof Unknown) && !sameValue(before, after);
  });
  const first = changed[0];
  if (!first) return;
  const names = changed.map((declaration) => declaration.name).join(', ');
  diagnostics.error('immutable-parameter', `The following parameters are immutable and may not be updated: ${names}`, {
    path: [section, first.name],
    at: first.at,
    heatType: 'ImmutableParameterModified',
  });
}
