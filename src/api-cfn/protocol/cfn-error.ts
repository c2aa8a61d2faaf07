import { errorShape } from '../model/service-model.js';

/** An error as CloudFormation's API answers it. */
export class CfnError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CfnError';
  }

  /** Who is to blame: the sender of the request, or the service. */
  get type(): 'Sender' | 'Receiver' {
    return this.status >= 500 ? 'Receiver' : 'Sender';
  }
}

/** The error for almost everything that is wrong with a request. */
export function validationError(message: string, options?: ErrorOptions): CfnError {
  return new CfnError('ValidationError', message, 400, options);
}

/** One of the errors that the service model names, e.g. `ChangeSetNotFoundException`, with its code and status. */
export function modeledError(shape: string, message: string): CfnError {
  const { code, status } = errorShape(shape);
  return new CfnError(code, message, status);
}
