import { type Diagnostic, formatDiagnostic } from '../engine/model/diagnostic.js';
import {
  AlreadyExistsError,
  DriverError,
  EngineError,
  ForbiddenError,
  InvalidRequestError,
  LimitExceededError,
  NotAvailableError,
  NotFoundError,
  NotSupportedError,
  OperationInProgressError,
  ValidationError,
} from '../engine/model/errors.js';
import type { JsonMap } from '../engine/model/value.js';
import { ApiError, MALFORMED } from './api-error.js';
import { diagnosticView, doubledText } from './diagnostic-text.js';
import { yamlErrorText } from './yaml-error-text.js';

/** An error as Heat's API tells it. */
export interface Fault {
  readonly status: number;
  readonly type: string;
  /** Absent where Heat gives none. */
  readonly message: string | undefined;
  readonly diagnostics?: readonly Diagnostic[];
  readonly headers?: { readonly [name: string]: string };
  /** True if it is our own fault and has to be looked into. */
  readonly bug?: boolean;
}

/** Carries a finished fault to where it is answered. */
export class FaultError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
    this.name = 'FaultError';
  }
}

/** Statuses of Heat's types of error; all others are 500. */
const STATUS_OF_TYPE: { readonly [type: string]: number } = Object.fromEntries(
  Object.entries({
    400: [
      'AttributeError',
      'ValueError',
      'TypeError',
      'ResourceActionNotSupported',
      'PhysicalResourceNameAmbiguity',
      'PhysicalResourceIDAmbiguity',
      'StackValidationFailed',
      'InvalidSchemaError',
      'InvalidTemplateReference',
      'InvalidTemplateVersion',
      'InvalidTemplateSection',
      'InvalidTemplateAttribute',
      'InvalidTemplateParameter',
      'UnknownUserParameter',
      'NotSupported',
      'MissingCredentialError',
      'UserParameterMissing',
      'RequestLimitExceeded',
      'DownloadLimitExceeded',
      'Invalid',
      'ResourcePropertyConflict',
      'PropertyUnspecifiedError',
      'ResourceTypeUnavailable',
      'InvalidBreakPointHook',
      'ImmutableParameterModified',
      'CircularDependencyException',
      'ResourceActionRestricted',
      'HTTPBadRequest',
      'InvalidEnvironment',
    ],
    403: ['InvalidTenant', 'Forbidden', 'HTTPForbidden'],
    404: ['EntityNotFound', 'NotFound', 'ResourceNotAvailable', 'ResourceNotFound', 'SnapshotNotFound', 'HTTPNotFound'],
    409: ['ActionInProgress', 'StackExists'],
  }).flatMap(([status, types]) => types.map((type) => [type, Number(status)])),
);

/** The status of one of Heat's types of error. */
export function statusOfType(type: string): number {
  return STATUS_OF_TYPE[type] ?? 500;
}

/** Titles and explanations of the HTTP classes. */
const CLASSES: { readonly [status: number]: readonly [title: string, explanation: string] } = {
  400: ['Bad Request', MALFORMED],
  403: ['Forbidden', 'Access was denied to this resource.'],
  404: ['Not Found', 'The resource could not be found.'],
  405: ['Method Not Allowed', MALFORMED],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  500: ['Internal Server Error', 'The server has either erred or is incapable of performing the requested operation.'],
  503: ['Service Unavailable', 'The server is currently unavailable. Please try again at a later time.'],
};

/**
 * The body of an error, in the shape of Heat's fault filter. Diagnostics are told to who asks for them only: other clients
 * get what Heat would have sent, key by key.
 */
export function faultBody(fault: Fault, allDiagnostics = false): JsonMap {
  const [title, explanation] = CLASSES[fault.status] ?? ['Error', MALFORMED];
  const { diagnostics = [] } = fault;
  return {
    code: fault.status,
    title,
    explanation,
    error: {
      type: fault.type,
      traceback: null,
      ...(fault.message === undefined ? {} : { message: fault.message }),
      ...(allDiagnostics && diagnostics.length > 0 ? { diagnostics: diagnostics.map(diagnosticView) } : {}),
    },
  };
}

/**
 * Turns whatever was thrown into what Heat would answer; `stackName` is the stack that the request was about, `template`
 * the text that it brought.
 */
export function faultOf(error: unknown, stackName: string | undefined, template?: string): Fault {
  if (error instanceof ApiError) {
    return { status: error.status, type: error.type, message: error.shown, headers: error.headers };
  }
  if (error instanceof FaultError) return error.fault;
  if (error instanceof ValidationError) return validationFault(error.diagnostics, template);
  if (error instanceof NotFoundError) return notFoundFault(error, stackName);
  if (error instanceof InvalidRequestError) {
    const type = error.heatType ?? 'HTTPBadRequest';
    return { status: statusOfType(type), type, message: error.message };
  }
  if (error instanceof NotSupportedError) {
    const type = /is not supported for resource\.$/.test(error.message) ? 'ResourceActionNotSupported' : 'NotSupported';
    return { status: 400, type, message: error.message };
  }
  if (error instanceof LimitExceededError) {
    const prefix = 'Request limit exceeded: ';
    const message = error.message.startsWith(prefix) ? error.message : `${prefix}${error.message}`;
    return { status: 400, type: 'RequestLimitExceeded', message };
  }
  if (error instanceof NotAvailableError) return { status: 404, type: 'ResourceNotAvailable', message: error.message };
  if (error instanceof AlreadyExistsError) return { status: 409, type: 'StackExists', message: error.message };
  if (error instanceof OperationInProgressError)
    return { status: 409, type: 'ActionInProgress', message: error.message };
  if (error instanceof ForbiddenError) return { status: 403, type: 'Forbidden', message: error.message };
  if (error instanceof DriverError) {
    return { status: error.retryable ? 503 : 400, type: error.reasonClass, message: error.message };
  }
  if (error instanceof EngineError && error.code === 'cancelled') {
    return { status: 503, type: 'HTTPServiceUnavailable', message: error.message };
  }
  return { status: 500, type: error instanceof Error ? error.name : 'Exception', message: undefined, bug: true };
}

function notFoundFault(error: NotFoundError, stackName: string | undefined): Fault {
  const { entity, entityName, message } = error;
  const fault = (type: string, text = message): Fault => ({ status: statusOfType(type), type, message: text });
  switch (entity) {
    case 'Resource':
      return fault(
        'ResourceNotFound',
        / in Stack /.test(message) || stackName === undefined
          ? message
          : `The Resource (${entityName}) could not be found in Stack ${stackName}.`,
      );
    case 'Snapshot':
      return / for Stack /.test(message)
        ? fault('SnapshotNotFound')
        : fault('NotFound', `Snapshot with id ${entityName} not found`);
    case 'Event':
      return fault('HTTPNotFound', `No event ${entityName} found`);
    case 'Output':
      return fault('NotFound', `Specified output key ${entityName} not found.`);
    case 'Template':
      return fault('NotFound');
    case 'Software config':
      return fault('NotFound', `Software config with id ${entityName} not found`);
    case 'Software Deployment':
      return fault('NotFound', `Deployment with id ${entityName} not found`);
    case 'Hook':
      return fault('InvalidBreakPointHook');
    default:
      return fault('EntityNotFound');
  }
}

const NO_MAP = 'The template is not a JSON object or YAML mapping.';

/** Mistakes that Heat's API layer finds itself, before its engine sees the request. */
function inApiLayer(diagnostic: Diagnostic, source: string | undefined): string | undefined {
  const text = formatDiagnostic(diagnostic);
  if (diagnostic.code === 'invalid-environment') {
    return text.startsWith('Environment not in valid format') ? text : `Environment not in valid format: ${text}`;
  }
  // A mistake in a nested template's text is the engine's to find: its source is named.
  if (diagnostic.at?.source !== undefined || diagnostic.path.length > 0) return undefined;
  switch (diagnostic.code) {
    case 'syntax':
      return `Template not in valid format: Error parsing template [root stack] ${yamlErrorText(diagnostic, source)}`;
    case 'invalid-version':
      return `Template not in valid format: ${text}`;
    default:
      return text === NO_MAP ? `Template not in valid format: ${text}` : undefined;
  }
}

function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error';
}

/** The first error is what Heat would have said; all of them are told beside it. */
export function validationFault(diagnostics: readonly Diagnostic[], template?: string): Fault {
  const errors = diagnostics.filter(isError);
  const first = errors[0] ?? diagnostics[0];
  if (first === undefined) return { status: 400, type: 'StackValidationFailed', message: 'The template is invalid.' };
  const early = first.heatType === undefined ? inApiLayer(first, template) : undefined;
  if (early !== undefined) return { status: 400, type: 'HTTPBadRequest', message: early, diagnostics: errors };
  const type = first.heatType ?? 'StackValidationFailed';
  const message = type === 'StackValidationFailed' ? doubledText(first) : first.message;
  // Whatever the author of a template got wrong is the author's mistake, even where Heat stumbles with a 500.
  const status = statusOfType(type);
  return { status: status === 500 ? 400 : status, type, message, diagnostics: errors };
}

/** Mistakes that `POST /validate` does not look for: it needs no values and does not check those that are there. */
function needsValues(diagnostic: Diagnostic): boolean {
  if (diagnostic.heatType === 'InvalidSchemaError') return false;
  return (
    ['missing-property', 'invalid-property', 'constraint', 'missing-parameter', 'immutable-parameter'].includes(
      diagnostic.code,
    ) || /^The Parameter \(.*\) was not provided\.$/.test(diagnostic.message)
  );
}

/** What `POST /validate` answers to these diagnostics; undefined if the template is good enough for it. */
export function validateFault(diagnostics: readonly Diagnostic[], template?: string): Fault | undefined {
  const errors = diagnostics.filter((diagnostic) => isError(diagnostic) && !needsValues(diagnostic));
  const first = errors[0];
  if (first === undefined) return undefined;
  const fault = validationFault(errors, template);
  // Heat hands these over as text instead of raising them, so nothing doubles the separators.
  return fault.type === 'StackValidationFailed'
    ? { ...fault, type: 'HTTPBadRequest', message: formatDiagnostic(first) }
    : fault;
}
