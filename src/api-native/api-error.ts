/** A refusal made by the API itself, before the engine was asked. */
export class ApiError extends Error {
  /**
   * @param type Heat's class of error, e.g. `HTTPBadRequest`.
   * @param shown undefined leaves the message out of the answer, as Heat does for errors that are not its own.
   */
  constructor(
    readonly status: number,
    readonly type: string,
    readonly shown: string | undefined,
    readonly headers: { readonly [name: string]: string } = {},
  ) {
    super(shown ?? type);
    this.name = 'ApiError';
  }
}

/** Heat's words for a request that makes no sense at all. */
export const MALFORMED =
  'The server could not comply with the request since it is either malformed or otherwise incorrect.';

/** A 400 of the API layer. */
export function badRequest(message: string = MALFORMED): ApiError {
  return new ApiError(400, 'HTTPBadRequest', message);
}

/** A 400 as Heat gives it for a Python ValueError inside its engine: without a message. */
export function valueError(): ApiError {
  return new ApiError(400, 'ValueError', undefined);
}

/** The same for a value of a wrong type. */
export function attributeError(): ApiError {
  return new ApiError(400, 'AttributeError', undefined);
}

/** A 404 of the API layer. */
export function httpNotFound(message: string): ApiError {
  return new ApiError(404, 'HTTPNotFound', message);
}

/** A 400 for a feature that is switched off or a state that does not allow it. */
export function notSupported(feature: string): ApiError {
  return new ApiError(400, 'NotSupported', `${feature} is not supported.`);
}

/** A 403 of the policy. */
export function notAuthorized(action: string): ApiError {
  return new ApiError(403, 'Forbidden', `You are not authorized to use ${action}.`);
}
