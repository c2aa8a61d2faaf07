import type { Constraint } from '../../model/constraint.js';
import type { Json } from '../../model/value.js';
import type { ParameterDeclaration } from '../template.js';

/** CloudFormation's text for a value that breaks a parameter's constraint. */
export function awsConstraintMessage(declaration: ParameterDeclaration, constraint: Constraint, value: Json): string {
  const { name } = declaration;
  const description = declaration.constraintDescription ?? constraint.description;
  if (description !== undefined) return `Parameter ${name} failed to satisfy constraint: ${description}`;
  switch (constraint.kind) {
    case 'allowed_values':
      return `Parameter '${name}' must be one of AllowedValues`;
    case 'allowed_pattern':
      return `Parameter '${name}' must match pattern ${constraint.pattern}`;
    case 'length': {
      const isShort = constraint.min !== undefined && [...String(value)].length < constraint.min;
      return isShort
        ? `Parameter '${name}' must contain at least ${constraint.min} characters`
        : `Parameter '${name}' must contain at most ${constraint.max} characters`;
    }
    case 'range': {
      const isSmall = constraint.min !== undefined && Number(value) < constraint.min;
      return isSmall
        ? `Parameter '${name}' must be a number not less than ${constraint.min}`
        : `Parameter '${name}' must be a number not greater than ${constraint.max}`;
    }
    case 'modulo':
    case 'custom':
      return `Parameter ${name} failed to satisfy constraint: ${constraint.kind}`;
  }
}
