import type { Constraint } from '../../model/constraint.js';
import { type Diagnostic, Diagnostics } from '../../model/diagnostic.js';
import { hasUnknown, type Json, MASK, revealed, type Value } from '../../model/value.js';
import { itemType } from '../cfn/parameter-types.js';
import { checkConstraint } from '../constraints/check-constraint.js';
import {
  type CustomConstraintLookup,
  customConstraintText,
  isServiceConstraint,
} from '../constraints/custom-constraints.js';
import type { Language, ParameterDeclaration, Template } from '../template.js';

/** A constraint that a value breaks, with Heat's text. */
export interface BrokenConstraint {
  readonly constraint: Constraint;
  readonly text: string;
}

function withDescription(constraint: Constraint, declaration: ParameterDeclaration): Constraint {
  const description = constraint.description ?? declaration.constraintDescription;
  return description === undefined ? constraint : { ...constraint, description };
}

/** The first constraint that a value breaks. @param raw what was given, which Heat shows in its texts */
export function constraintProblem(
  declaration: ParameterDeclaration,
  value: Json,
  raw: Json,
  language: Language,
  skipped: readonly Constraint['kind'][] = [],
): BrokenConstraint | undefined {
  for (const each of declaration.constraints) {
    if (skipped.includes(each.kind)) continue;
    const constraint = withDescription(each, declaration);
    const isItemwise = language === 'cfn' && Array.isArray(value) && each.kind !== 'length';
    // Heat checks what was given, so a number given as text is shown as text; lists and maps are checked as parsed.
    const checked = declaration.type === 'comma_delimited_list' || declaration.type === 'json' ? value : raw;
    const subjects = isItemwise && each.kind !== 'allowed_values' ? (value as Json[]) : [checked];
    for (const subject of subjects) {
      const text = checkConstraint(constraint, subject, declaration.type, { language, hidden: declaration.hidden });
      if (text !== undefined) return { constraint, text };
    }
  }
  return undefined;
}

const LOOKED_UP_TYPES = /^AWS::(?:EC2|Route53)::/;

/**
 * Checks what only a service can tell: custom constraints such as `nova.flavor`, and that things named by parameters of
 * CloudFormation's own types (`AWS::EC2::KeyPair::KeyName`) exist; for these the lookup is asked with the type's name.
 */
export async function checkServiceConstraints(
  template: Template,
  values: ReadonlyMap<string, Value>,
  lookup: CustomConstraintLookup,
): Promise<Diagnostic[]> {
  const diagnostics = new Diagnostics();
  const section = template.language === 'cfn' ? 'Parameters' : 'parameters';
  for (const declaration of template.parameters.values()) {
    const value = values.get(declaration.name);
    if (value === undefined || value === null || hasUnknown(value)) continue;
    const plain = revealed(value);
    const place = { path: [section, declaration.name], at: declaration.at };
    for (const constraint of declaration.constraints) {
      if (constraint.kind !== 'custom' || !isServiceConstraint(constraint.name)) continue;
      const reason = await lookup(constraint.name, plain);
      if (reason === undefined) continue;
      const shown = declaration.hidden ? MASK : plain;
      const text = constraint.description ?? customConstraintText(shown, reason);
      diagnostics.error('constraint', `Parameter '${declaration.name}' is invalid: ${text}`, place);
    }
    const type = itemType(declaration.declaredType);
    if (template.language !== 'cfn' || !LOOKED_UP_TYPES.test(type)) continue;
    for (const item of Array.isArray(plain) ? plain : [plain]) {
      if ((await lookup(type, item)) === undefined) continue;
      const shown = declaration.hidden ? MASK : String(item);
      const awsMessage = `Parameter validation failed: parameter value ${shown} for parameter name ${declaration.name} does not exist`;
      diagnostics.error('constraint', awsMessage, { ...place, awsMessage });
    }
  }
  return diagnostics.all;
}
