import { CancelledError, DriverError, ValidationError } from '../model/errors.js';
import type { Intent } from '../model/records.js';
import { EvaluationError } from '../template/expression.js';

/** A resource could not be brought to what its template wants. */
export class ResourceFailure extends Error {
  /** Where the culprit is declared in its own template. */
  line: number | undefined;
  /** Further failures of the same child stack. */
  others: readonly ResourceFailure[] = [];

  constructor(
    /** Logical ids below the stack that reports it, the culprit last. */
    readonly path: readonly string[],
    /** Heat's name for the kind of error, e.g. `ResourceInError`. */
    readonly errorClass: string,
    readonly text: string,
    readonly attempts: number,
    readonly type: string,
    readonly physicalId: string | undefined,
    options?: ErrorOptions,
    /** What the parent's resource tells instead, where the child failed in another action than its own. */
    readonly told?: string,
  ) {
    super(text, options);
    this.name = 'ResourceFailure';
  }

  /** `<class>: resources.<a>.resources.<b>: <text>`, as resources' status reasons say it. */
  get reason(): string {
    if (this.told !== undefined) return this.told;
    const place =
      this.path.length === 0
        ? ''
        : `${this.path.map((name) => (/^\d+$/.test(name) ? `resources[${name}]` : `resources.${name}`)).join('.')}: `;
    return `${this.errorClass === '' ? '' : `${this.errorClass}: `}${place}${this.text}`;
  }

  /** The same failure in other words. */
  saying(text: string): ResourceFailure {
    const { path, errorClass, attempts, type, physicalId, cause } = this;
    const other = new ResourceFailure(path, errorClass, text, attempts, type, physicalId, { cause }, this.told);
    other.line = this.line;
    other.others = this.others;
    return other;
  }

  /** The same failure as the parent stack's resource sees it. */
  within(name: string, childReason?: string): ResourceFailure {
    const inner = childReason ?? this.told;
    const outer = new ResourceFailure(
      [name, ...this.path],
      this.errorClass,
      this.text,
      this.attempts,
      this.type,
      this.physicalId,
      { cause: this.cause },
      inner === undefined ? undefined : `${/^\d+$/.test(name) ? `resources[${name}]` : `resources.${name}`}: ${inner}`,
    );
    outer.line = this.line;
    outer.others = this.others.map((other) => other.within(name));
    return outer;
  }
}

/** The child stack of a composing resource has been deleted by somebody else. */
export class ChildGone extends ResourceFailure {
  constructor(
    resource: { readonly name: string; readonly type: string; readonly physicalId: string | undefined },
    stackName: string,
  ) {
    const text = `The Stack (${stackName}) could not be found.`;
    super([resource.name], 'EntityNotFound', text, 1, resource.type, resource.physicalId);
  }
}

/** The failure that a record tells of in its status reason. */
export function failureOf(record: {
  readonly name: string;
  readonly type: string;
  readonly physicalId: string | undefined;
  readonly statusReason: string;
  readonly intent?: Intent | undefined;
}): ResourceFailure {
  const { path, errorClass, text } = parseReason(record.statusReason) ?? {
    path: [record.name],
    errorClass: 'CancelledError',
    text: record.statusReason,
  };
  return new ResourceFailure(path, errorClass, text, record.intent?.attempt ?? 1, record.type, record.physicalId);
}

/** The parts of `<class>: resources.<a>.resources.<b>: <text>`; undefined if the text is not of that form. */
export function parseReason(
  reason: string,
): { readonly path: readonly string[]; readonly errorClass: string; readonly text: string } | undefined {
  const match = /^(?:(\w+): )?resources[.[](.+?)\]?: (.*)$/s.exec(reason);
  if (!match) return undefined;
  const [, errorClass = '', path = '', text = ''] = match;
  return { errorClass, path: path.split(/\]?\.resources[.[]/), text };
}

/** Any error of a resource's verb as a ResourceFailure. */
export function resourceFailure(
  error: unknown,
  resource: { readonly name: string; readonly type: string; readonly physicalId: string | undefined },
  attempts: number,
): ResourceFailure {
  if (error instanceof ResourceFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const make = (errorClass: string, text: string) =>
    new ResourceFailure([resource.name], errorClass, text, attempts, resource.type, resource.physicalId, {
      cause: error,
    });
  if (error instanceof DriverError) return make(error.reasonClass, message);
  if (error instanceof ValidationError) return make('StackValidationFailed', message);
  if (error instanceof EvaluationError) return make(error.heatType ?? 'ValueError', message);
  if (error instanceof CancelledError) return make('CancelledError', message);
  return make(error instanceof Error && error.name !== 'Error' ? error.name : 'Exception', message);
}
