import { type Diagnostic, formatDiagnostic } from './diagnostic.js';
import type { Json } from './value.js';

/** Root of all errors that baton throws on purpose; they are sorted by who can act on them. */
export abstract class EngineError extends Error {
  /** Stable name of the kind of error; the APIs' tables map it to statuses and fault types. */
  abstract readonly code: string;
  readonly details: { readonly [key: string]: Json };

  constructor(message: string, details: { readonly [key: string]: Json } = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.details = details;
  }
}

/** The caller can mend it. */
export abstract class UserError extends EngineError {}

/** The template, environment, parameters or properties are wrong; carries every diagnostic. */
export class ValidationError extends UserError {
  readonly code = 'validation';

  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.filter((d) => d.severity === 'error').map(formatDiagnostic)[0] ?? 'the template is invalid');
  }
}

/** What a not-found error speaks of. */
export type EntityKind =
  | 'Stack'
  | 'Resource'
  | 'Snapshot'
  | 'Event'
  | 'Output'
  | 'Resource Type'
  | 'Template'
  | 'Software config'
  | 'Software Deployment'
  | 'ChangeSet'
  | 'Hook';

export class NotFoundError extends UserError {
  readonly code = 'not-found';

  constructor(
    readonly entity: EntityKind,
    readonly entityName: string,
    message = `The ${entity} (${entityName}) could not be found.`,
  ) {
    super(message, { entity, name: entityName });
  }
}

/** A resource record exists but nothing is behind it yet. */
export class NotAvailableError extends UserError {
  readonly code = 'not-available';
}

export class AlreadyExistsError extends UserError {
  readonly code = 'already-exists';
}

export class OperationInProgressError extends UserError {
  readonly code = 'operation-in-progress';
}

export class LimitExceededError extends UserError {
  readonly code = 'limit-exceeded';
}

export class ForbiddenError extends UserError {
  readonly code = 'forbidden';
}

/** The request is understood and refused: a feature or a change that is not supported. */
export class NotSupportedError extends UserError {
  readonly code = 'not-supported';
}

/** A value of the request is wrong outside of any template. */
export class InvalidRequestError extends UserError {
  readonly code = 'invalid-request';

  /** @param heatType Heat's exception class, when it is not a plain bad request. */
  constructor(
    message: string,
    readonly heatType?: string,
    details: { readonly [key: string]: Json } = {},
  ) {
    super(message, details);
  }
}

/** The outside world refused or failed. */
export abstract class DriverError extends EngineError {
  /** True if trying again may help. */
  abstract readonly retryable: boolean;
  /** The class name that stands in status reasons (Heat's), e.g. `ResourceInError`. */
  readonly reasonClass: string;

  constructor(
    message: string,
    options: ErrorOptions & { reasonClass?: string; details?: { [key: string]: Json } } = {},
  ) {
    super(message, options.details ?? {}, options);
    this.reasonClass = options.reasonClass ?? this.constructor.name.replace(/Error$/, '');
  }
}

/** Too many requests: try again, later each time. */
export class ThrottledError extends DriverError {
  readonly code = 'throttled';
  readonly retryable = true;
}

/** The service cannot answer now: try again. */
export class UnavailableError extends DriverError {
  readonly code = 'unavailable';
  readonly retryable = true;
}

/** The thing went to an error state by itself, or is in somebody's way: delete it and make it again, a few times. */
export class FlakyError extends DriverError {
  readonly code = 'flaky';
  readonly retryable = true;
}

/** The request was refused for good. */
export class RejectedError extends DriverError {
  readonly code = 'rejected';
  readonly retryable = false;
}

/** It has not come to an end in the time that it has: what has become of it, nobody knows. */
export class OverdueError extends DriverError {
  readonly code = 'overdue';
  readonly retryable = false;
}

export class QuotaError extends DriverError {
  readonly code = 'quota';
  readonly retryable = false;
}

/** The thing is not there (any more). */
export class MissingError extends DriverError {
  readonly code = 'missing';
  readonly retryable = false;
}

/** No answer came: it may have happened or not. Only reading can tell. */
export class UncertainError extends DriverError {
  readonly code = 'uncertain';
  readonly retryable = true;
}

/** Somebody asked to stop, or time is up. */
export class CancelledError extends EngineError {
  readonly code = 'cancelled';
}

/** The store failed. */
export class StoreError extends EngineError {
  readonly code: string = 'store';
}

/** Another engine owns the operation or the data folder now: stop at once, write nothing. */
export class OwnershipLostError extends StoreError {
  override readonly code = 'ownership-lost';
}

/** Our own bug. */
export class InvariantError extends EngineError {
  readonly code = 'invariant';
}
