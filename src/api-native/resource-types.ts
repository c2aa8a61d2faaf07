import type { ResourceSchema } from '../engine/drivers/resource-schema.js';
import { NotFoundError } from '../engine/model/errors.js';
import { isAdminOnlyType } from '../engine/stacks/admin-only-types.js';
import { ApiError, badRequest, notAuthorized, notSupported } from './api-error.js';
import type { TypeEntry } from './api-types.js';
import type { Query } from './query.js';
import { json } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route-table.js';

const STATUSES = ['UNKNOWN', 'SUPPORTED', 'DEPRECATED', 'UNSUPPORTED', 'HIDDEN'];

/** A regular expression that the client sends is matched at the start, as Python's `match` does; a bad one matches nothing. */
function nameMatcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  // Names are short and the pattern is bounded, but nested quantifiers could still take forever.
  if (pattern.length > 200 || /[*+}]\)*[*+{]/.test(pattern)) return () => false;
  try {
    const regexp = new RegExp(`^(?:${pattern})`);
    return (name) => regexp.test(name);
  } catch {
    return () => false;
  }
}

function readStatus(query: Query): string | undefined {
  const status = query.text('support_status')?.toUpperCase();
  if (status === undefined || STATUSES.includes(status)) return status;
  const names = STATUSES.map((name) => `'${name}'`).join(', ');
  throw new ApiError(
    400,
    'Invalid',
    `Data supplied was not valid: Invalid support status and should be one of (${names})`,
  );
}

function listTypes({ deps, caller, query }: RequestContext): TypeEntry[] {
  const status = readStatus(query);
  const version = query.text('version');
  const matches = nameMatcher(query.text('name'));
  return deps.catalogue
    .list(caller)
    .filter((entry) => status === undefined || entry.status === status)
    .filter((entry) => version === undefined || entry.version === version)
    .filter((entry) => matches(entry.type))
    .filter((entry) => caller.isAdmin || !isAdminOnlyType(entry.type));
}

/** The type of the path, if the caller may use it and it can be used here. */
function readType(context: RequestContext): ResourceSchema {
  const { deps, caller } = context;
  const type = context.param('type_name');
  if (!caller.isAdmin && isAdminOnlyType(type)) throw notAuthorized(`resource_types:${type}`);
  const schema = deps.catalogue.schema(type);
  if (schema === undefined) throw new NotFoundError('Resource Type', type);
  if (schema.supportStatus.status === 'HIDDEN') throw notSupported(type);
  const reason = deps.catalogue.unavailable?.(schema, caller);
  if (reason !== undefined) {
    throw new ApiError(
      400,
      'ResourceTypeUnavailable',
      `HEAT-E99001 Service ${schema.service ?? 'unknown'} is not available for resource type ${type}, reason: ${reason}`,
    );
  }
  return schema;
}

function readLanguage(query: Query): 'hot' | 'cfn' {
  const given = query.text('template_type') ?? 'cfn';
  const language = given.toLowerCase();
  if (language === 'hot' || language === 'cfn') return language;
  throw badRequest(`Template type is not supported: Invalid template type "${given}", valid types are: cfn, hot.`);
}

/** The types that templates may use. */
export const routes: readonly Route[] = [
  {
    policy: 'stacks:list_resource_types',
    methods: ['GET'],
    path: '/resource_types',
    access: 'member',
    async handle(context) {
      const withDescription = context.query.givenBoolean('with_description') ?? false;
      const entries = listTypes(context);
      return json({
        resource_types: entries.map(({ type, description }) =>
          withDescription ? { resource_type: type, description: description ?? '' } : type,
        ),
      });
    },
  },
  {
    policy: 'stacks:resource_schema',
    methods: ['GET'],
    path: '/resource_types/{type_name}',
    access: 'member',
    async handle(context) {
      const withDescription = context.query.givenBoolean('with_description') ?? false;
      return json(context.deps.catalogue.view(readType(context), withDescription));
    },
  },
  {
    policy: 'stacks:generate_template',
    methods: ['GET'],
    path: '/resource_types/{type_name}/template',
    access: 'member',
    async handle(context) {
      const language = readLanguage(context.query);
      return json(context.deps.catalogue.providerTemplate(readType(context), language));
    },
  },
];
