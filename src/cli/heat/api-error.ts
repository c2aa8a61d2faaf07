import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { CommandError, EXIT } from '../program/exit-codes.js';
import type { TransportResponse } from '../transport/transport.js';

/** A mistake in a template as the API tells it. */
export interface WireDiagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly line?: number;
  readonly column?: number;
  /** The file it is in, when not the root template. */
  readonly source?: string;
  readonly hint?: string;
}

/** An answer that refuses: with the API's own message and all diagnostics that came with it. */
export class ApiError extends CommandError {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly diagnostics: readonly WireDiagnostic[] = [],
  ) {
    super(message, status === 404 ? EXIT.notFound : EXIT.failed);
    this.name = 'ApiError';
  }
}

/** The error that a response stands for. */
export function apiErrorOf(response: TransportResponse): ApiError {
  const body = isMap(response.body) ? (response.body as JsonMap) : {};
  const error = isMap(body.error) ? (body.error as JsonMap) : {};
  const type = typeof error.type === 'string' ? error.type : typeof error.title === 'string' ? error.title : 'Error';
  const message = [error.message, body.explanation, body.message].find(
    (text) => typeof text === 'string' && text !== '',
  );
  const diagnostics = Array.isArray(error.diagnostics) ? error.diagnostics.flatMap(toDiagnostic) : [];
  const text = String(message ?? `the server answered ${response.status}`);
  return new ApiError(response.status, type, text, diagnostics.length > 0 ? diagnostics : placedIn(text));
}

/** Heat's own messages name the place in the template: `Property error: : resources.a.properties: : Unknown Property b`. */
function placedIn(message: string): WireDiagnostic[] {
  const match = /(?:^|: ?: )((?:resources|parameters|outputs|conditions)\.[^:\s]+)(?:: ?: |: )/.exec(message);
  return match?.[1] === undefined ? [] : [{ severity: 'error', message, path: parsePath(match[1]) }];
}

function toDiagnostic(value: Json): WireDiagnostic[] {
  if (!isMap(value) || typeof value.message !== 'string') return [];
  const { line, column, source, hint } = value;
  const path = Array.isArray(value.path) ? value.path : parsePath(String(value.path ?? ''));
  return [
    {
      severity: value.severity === 'warning' ? 'warning' : 'error',
      message: value.message,
      path: path.map((item) => (typeof item === 'number' ? item : String(item))),
      ...(typeof line === 'number' ? { line } : {}),
      ...(typeof column === 'number' ? { column } : {}),
      ...(typeof source === 'string' ? { source } : {}),
      ...(typeof hint === 'string' ? { hint } : {}),
    },
  ];
}

/** The items of `resources.a.properties.list[0]`; a name with a dot in it comes out as two, which `locate` knows. */
function parsePath(text: string): (string | number)[] {
  return [...text.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map((match) =>
    match[1] === undefined ? match[0] : Number(match[1]),
  );
}

/** Says "not found" in a command's own words; other refusals are thrown on as they are. */
export function orNotFound(message: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof ApiError && error.status === 404) throw new CommandError(message, EXIT.notFound);
    throw error;
  };
}
