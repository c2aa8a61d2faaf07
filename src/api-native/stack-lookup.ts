import { NotFoundError } from '../engine/model/errors.js';
import type { StackPlace } from './links.js';
import { percentDecode, percentEncode } from './percent-encoding.js';
import { formatQuery } from './query.js';
import type { Reply } from './reply.js';
import type { RequestContext } from './request-context.js';
import type { Route } from './route-table.js';

/** Any of the forms of a UUID that Python takes. */
const UUID_LIKE = /^[{(]?(urn:uuid:)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}[)}]?$/i;

/** The parts of `arn:openstack:heat::<project>:stacks/<name>/<id><path>`; undefined if it is not one. */
export function parseArn(text: string): (StackPlace & { readonly path: string }) | undefined {
  const match = /^arn:openstack:heat::([^:]*):stacks\/([^/]+)\/([^/]+)(.*)$/i.exec(text);
  if (!match) return undefined;
  const [, projectId = '', name = '', id = '', path = ''] = match;
  return { projectId: percentDecode(projectId), name: percentDecode(name), id: percentDecode(id), path };
}

const quotePath = (path: string): string => path.split('/').map(percentEncode).join('/');

/** Redirects to the one true URL of a stack, for every method: clients send the same again there. */
async function lookUp(context: RequestContext): Promise<Reply> {
  const given = context.param('stack_name');
  const arn = parseArn(given);
  const stack = arn ?? (await find(context, given));
  const subPath = context.params.sub_path === undefined ? '' : `/${context.params.sub_path}`;
  const { pairs } = context.query;
  const query = pairs.length === 0 ? '' : `?${formatQuery(pairs)}`;
  return {
    kind: 'page',
    status: 302,
    location: `${context.links.stack(stack)}${quotePath(arn?.path ?? '')}${subPath}${query}`,
  };
}

async function find(context: RequestContext, nameOrId: string): Promise<StackPlace> {
  const { stacks } = context.deps;
  try {
    // Only an id leads to a deleted stack: its name may belong to another by now.
    const stack = await stacks.find(context.caller, nameOrId, { showDeleted: UUID_LIKE.test(nameOrId) });
    if (!context.mayKnow(stack)) throw new NotFoundError('Stack', nameOrId);
    return stack;
  } catch (error) {
    if (error instanceof NotFoundError) throw new NotFoundError('Stack', nameOrId);
    throw error;
  }
}

/** Finding a stack by name, id or ARN. */
export const lookUpRoutes: readonly Route[] = [
  {
    policy: 'stacks:lookup',
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    path: '/stacks/{stack_name}',
    access: 'stack-user',
    handle: lookUp,
  },
  {
    policy: 'stacks:lookup',
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    path: '/stacks/{stack_name*:arn:}',
    access: 'stack-user',
    handle: lookUp,
  },
  {
    policy: 'stacks:lookup',
    methods: ['GET'],
    path: '/stacks/{stack_name}/{sub_path:resources|events|template|actions|environment|files}',
    access: 'stack-user',
    handle: lookUp,
  },
  {
    policy: 'stacks:lookup',
    methods: ['POST'],
    path: '/stacks/{stack_name}/{sub_path:resources|events|template|actions}',
    access: 'stack-user',
    handle: lookUp,
  },
];
