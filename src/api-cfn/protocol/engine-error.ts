import { type Diagnostic, formatDiagnostic } from '../../engine/model/diagnostic.js';
import {
  AlreadyExistsError,
  DriverError,
  ForbiddenError,
  LimitExceededError,
  UserError,
  ValidationError,
} from '../../engine/model/errors.js';
import { EvaluationError } from '../../engine/template/expression.js';
import { CfnError, modeledError, validationError } from './cfn-error.js';

/** A diagnostic in CloudFormation's words. */
export function diagnosticText(diagnostic: Diagnostic): string {
  return diagnostic.awsMessage ?? (diagnostic.prefix === undefined ? diagnostic.message : formatDiagnostic(diagnostic));
}

/** Any error of the engine as CloudFormation's API tells it; undefined if it is our own fault. */
export function toCfnError(error: unknown): CfnError | undefined {
  if (error instanceof CfnError) return error;
  if (error instanceof ValidationError) {
    const first = error.diagnostics.find((diagnostic) => diagnostic.severity === 'error');
    return validationError(first ? diagnosticText(first) : error.message, { cause: error });
  }
  if (error instanceof AlreadyExistsError) return modeledError('AlreadyExistsException', error.message);
  if (error instanceof LimitExceededError) return modeledError('LimitExceededException', error.message);
  if (error instanceof ForbiddenError) return new CfnError('AccessDenied', error.message, 403);
  if (error instanceof UserError || error instanceof EvaluationError)
    return validationError(error.message, { cause: error });
  if (error instanceof DriverError) return validationError(error.message, { cause: error });
  return undefined;
}
