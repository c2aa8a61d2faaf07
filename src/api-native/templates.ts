import { NotFoundError, ValidationError } from '../engine/model/errors.js';
import { pythonList } from '../engine/model/python-text.js';
import type { Caller, ValidationView } from '../engine/stacks/requests.js';
import type { Stacks } from '../engine/stacks/stacks.js';
import { badRequest } from './api-error.js';
import { FaultError, validateFault, validationFault } from './fault.js';
import type { Query } from './query.js';
import { json } from './reply.js';
import type { Route } from './route-table.js';
import { StackInputReader } from './stack-input.js';
import { validationView } from './views/validation-view.js';

/** A template that cannot even be read has no view: its mistakes come as an error. */
async function validate(
  stacks: Stacks,
  caller: Caller,
  input: Parameters<Stacks['validate']>[1],
): Promise<ValidationView> {
  try {
    return await stacks.validate(caller, input);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const text = typeof input.template === 'string' ? input.template : undefined;
    throw new FaultError(validateFault(error.diagnostics, text) ?? validationFault(error.diagnostics, text));
  }
}

/** The only mistake that can be told to be ignored: a service that is not there. */
const IGNORABLE = ['99001'];

function checkIgnored(query: Query): void {
  const unknown = (query.text('ignore_errors') ?? '')
    .split(',')
    .filter((code) => code !== '' && !IGNORABLE.includes(code));
  if (unknown.length > 0) throw badRequest(`Invalid codes in ignore_errors : ${pythonList(unknown)}`);
}

/** Templates without stacks. */
export const routes: readonly Route[] = [
  {
    policy: 'stacks:validate_template',
    methods: ['POST'],
    path: '/validate',
    access: 'member',
    readOnly: true,
    async handle(context) {
      const { deps, caller, query } = context;
      const body = context.requiredBody();
      const showNested = query.boolean('show_nested') ?? false;
      checkIgnored(query);
      const input = await new StackInputReader(deps, body, caller).validation();
      const view = await validate(deps.stacks, caller, { ...input, showNested });
      const fault = validateFault(view.diagnostics);
      if (fault !== undefined) throw new FaultError(fault);
      return json(validationView(view, showNested));
    },
  },
  {
    policy: 'stacks:list_template_versions',
    methods: ['GET'],
    path: '/template_versions',
    access: 'member',
    async handle({ deps }) {
      return json({ template_versions: deps.templates.versions() });
    },
  },
  {
    policy: 'stacks:list_template_functions',
    methods: ['GET'],
    path: '/template_versions/{template_version}/functions',
    access: 'member',
    async handle(context) {
      const version = context.param('template_version');
      const functions = context.deps.templates.functions(
        version,
        context.query.givenBoolean('with_condition_func') ?? false,
      );
      if (functions === undefined) {
        throw new NotFoundError('Template', version, `Template with version ${version} not found`);
      }
      return json({ template_functions: functions });
    },
  },
];
