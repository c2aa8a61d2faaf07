import { doubledText } from '../../src/api-native/diagnostic-text.js';
import { faultBody, faultOf, validateFault, validationFault } from '../../src/api-native/fault.js';
import type { Diagnostic } from '../../src/engine/model/diagnostic.js';
import * as errors from '../../src/engine/model/errors.js';
import { fakeApi } from '../helpers/native-client.js';

const error = (rest: Partial<Diagnostic>): Diagnostic => ({
  severity: 'error',
  code: 'unknown-property',
  message: 'Unknown Property foo',
  path: [],
  ...rest,
});

test.each([
  [
    error({ prefix: 'Property error', path: ['resources', 'r', 'properties'] }),
    'Property error: : resources.r.properties: : Unknown Property foo',
  ],
  [error({ prefix: '', path: ['outputs', 'o', 'value', 0] }), 'outputs.o.value[0]: : Unknown Property foo'],
  [error({ path: ['resources', 'r'] }), 'Unknown Property foo'],
  [
    error({ message: 'Condition validation error: The definition of condition "a" is invalid: x' }),
    'Condition validation error: : The definition of condition "a" is invalid: x',
  ],
])('the separators of %j are doubled', (diagnostic, text) => {
  expect(doubledText(diagnostic)).toBe(text);
});

test("the first error is Heat's, and all of them stand beside it for who asks", () => {
  const diagnostics = [
    error({ severity: 'warning', message: 'careful' }),
    error({ message: 'first', at: { line: 3, column: 5 }, hint: 'did you mean "bar"?' }),
    error({ message: 'second' }),
  ];
  const { error: plain } = faultBody(validationFault(diagnostics)) as { error: object };
  expect(plain).toEqual({ type: 'StackValidationFailed', traceback: null, message: 'first' });
  expect(faultBody(validationFault(diagnostics), true)).toEqual({
    code: 400,
    title: 'Bad Request',
    explanation: 'The server could not comply with the request since it is either malformed or otherwise incorrect.',
    error: {
      type: 'StackValidationFailed',
      traceback: null,
      message: 'first',
      diagnostics: [
        {
          severity: 'error',
          code: 'unknown-property',
          message: 'first',
          path: '',
          line: 3,
          column: 5,
          hint: 'did you mean "bar"?',
        },
        { severity: 'error', code: 'unknown-property', message: 'second', path: '' },
      ],
    },
  });
});

test.each([
  {
    reason: 'a class of its own is kept',
    given: error({ heatType: 'UserParameterMissing', message: 'm' }),
    type: 'UserParameterMissing',
    message: 'm',
  },
  {
    reason: 'text that is no YAML is found by the API layer',
    given: error({ code: 'syntax', message: 'bad' }),
    type: 'HTTPBadRequest',
    message: 'Template not in valid format: Error parsing template [root stack] bad',
  },
  {
    reason: 'so is a bad environment',
    given: error({ code: 'invalid-environment', message: 'bad' }),
    type: 'HTTPBadRequest',
    message: 'Environment not in valid format: bad',
  },
])('$reason', ({ given, type, message }) => {
  expect(validationFault([given])).toMatchObject({ status: 400, type, message });
});

describe('POST /validate', () => {
  test('tells texts that are not doubled, as a bad request', () => {
    const diagnostic = error({ prefix: 'Property error', path: ['resources', 'r'] });
    expect(validateFault([diagnostic])).toMatchObject({
      type: 'HTTPBadRequest',
      message: 'Property error: resources.r: Unknown Property foo',
    });
  });

  test('does not mind what depends on values', () => {
    expect(validateFault([error({ code: 'missing-parameter' }), error({ code: 'constraint' })])).toBeUndefined();
  });
});

test.each([
  [new errors.NotFoundError('Stack', 'x'), 404, 'EntityNotFound', 'The Stack (x) could not be found.'],
  [
    new errors.NotFoundError('Resource', 'r'),
    404,
    'ResourceNotFound',
    'The Resource (r) could not be found in Stack web.',
  ],
  [new errors.NotFoundError('Snapshot', 's'), 404, 'NotFound', 'Snapshot with id s not found'],
  [new errors.NotFoundError('Output', 'o'), 404, 'NotFound', 'Specified output key o not found.'],
  [new errors.NotFoundError('Software config', 'c'), 404, 'NotFound', 'Software config with id c not found'],
  [new errors.NotFoundError('Software Deployment', 'd'), 404, 'NotFound', 'Deployment with id d not found'],
  [new errors.NotFoundError('Resource Type', 't'), 404, 'EntityNotFound', 'The Resource Type (t) could not be found.'],
  [
    new errors.NotAvailableError('The Resource (r) is not available.'),
    404,
    'ResourceNotAvailable',
    'The Resource (r) is not available.',
  ],
  [new errors.AlreadyExistsError('The Stack (a) already exists.'), 409, 'StackExists', 'The Stack (a) already exists.'],
  [new errors.OperationInProgressError('busy'), 409, 'ActionInProgress', 'busy'],
  [new errors.LimitExceededError('too many'), 400, 'RequestLimitExceeded', 'Request limit exceeded: too many'],
  [new errors.ForbiddenError('no'), 403, 'Forbidden', 'no'],
  [new errors.NotSupportedError('x is not supported.'), 400, 'NotSupported', 'x is not supported.'],
  [
    new errors.NotSupportedError('signal is not supported for resource.'),
    400,
    'ResourceActionNotSupported',
    'signal is not supported for resource.',
  ],
  [new errors.InvalidRequestError('bad', 'InvalidBreakPointHook'), 400, 'InvalidBreakPointHook', 'bad'],
  [new errors.InvalidRequestError('used', 'InvalidRestrictedAction'), 500, 'InvalidRestrictedAction', 'used'],
  [new errors.UnavailableError('down'), 503, 'Unavailable', 'down'],
  [new errors.InvariantError('our fault'), 500, 'InvariantError', undefined],
  [new RangeError('our fault'), 500, 'RangeError', undefined],
])('%p is told as %i %s', (thrown, status, type, message) => {
  expect(faultOf(thrown, 'web')).toMatchObject({ status, type, message });
});

test("our own mistakes are reported with the request's id and told without a message", async () => {
  const reported: unknown[] = [];
  const { send, stacks } = fakeApi({ reportBug: (bug, requestId) => reported.push([bug, requestId]) });
  stacks.failure = new TypeError('secret details');
  const answer = await send('GET', '/stacks');
  expect(answer.status).toBe(500);
  expect(answer.json.error).toEqual({ type: 'TypeError', traceback: null });
  expect(reported).toEqual([[stacks.failure, answer.headers['x-openstack-request-id']]]);
});
