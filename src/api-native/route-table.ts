import type { Reply } from './reply.js';
import type { RequestContext } from './request-context.js';

/** Who may call a route: any member of the project but not stack users; also stack users; administrators only. */
export type Access = 'member' | 'stack-user' | 'admin';

/** One entry of the route table. */
export interface Route {
  /** The policy's name, which Heat shows in its 403: `stacks:index`. */
  readonly policy: string;
  readonly methods: readonly Method[];
  /** Below `/v1/{project}`; `{name}` takes one segment, `{name:a|b}` one of the given ones, `{name*:x}` all that begins with x. */
  readonly path: string;
  readonly access: Access;
  /** True if a reader may call it; GET if not said. */
  readonly readOnly?: boolean;
  handle(context: RequestContext): Promise<Reply>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type Segment =
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'any'; readonly name: string }
  | { readonly kind: 'choice'; readonly name: string; readonly choices: ReadonlySet<string> }
  | { readonly kind: 'rest'; readonly name: string; readonly prefix: string };

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly Segment[];
}

/** What a path leads to. */
export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly params: { readonly [name: string]: string } }
  /** The URL exists, but not for this method. */
  | { readonly kind: 'other-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

function compileSegment(text: string): Segment {
  const variable = /^\{(\w+)(\*?)(?::(.*))?\}$/.exec(text);
  if (!variable) return { kind: 'fixed', text };
  const [, name = '', star, detail] = variable;
  if (star === '*') return { kind: 'rest', name, prefix: detail ?? '' };
  return detail === undefined ? { kind: 'any', name } : { kind: 'choice', name, choices: new Set(detail.split('|')) };
}

/** The route table, ready for look-ups. Earlier routes win. */
export class RouteTable {
  readonly #routes: readonly CompiledRoute[];
  readonly #methodsOf = new Map<string, string[]>();

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.path.slice(1).split('/').map(compileSegment) }));
    for (const { path, methods } of routes) {
      this.#methodsOf.set(path, [...(this.#methodsOf.get(path) ?? []), ...methods]);
    }
  }

  /** @param segments the decoded path below the project, without a slash at the end. */
  match(method: string, segments: readonly string[]): Match {
    let other: string | undefined;
    for (const { route, segments: pattern } of this.#routes) {
      const params = matchSegments(pattern, segments);
      if (params === undefined) continue;
      if ((route.methods as readonly string[]).includes(method)) return { kind: 'route', route, params };
      other ??= route.path;
    }
    return other === undefined ? { kind: 'none' } : { kind: 'other-method', allowed: this.#methodsOf.get(other) ?? [] };
  }
}

function matchSegments(
  pattern: readonly Segment[],
  segments: readonly string[],
): { [name: string]: string } | undefined {
  const last = pattern.at(-1);
  if (last?.kind === 'rest' ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  const params: { [name: string]: string } = {};
  for (let index = 0; index < pattern.length; index++) {
    const expected = pattern[index];
    const given = segments[index] ?? '';
    if (expected === undefined || given === '') return undefined;
    if (expected.kind === 'fixed') {
      if (expected.text !== given) return undefined;
    } else if (expected.kind === 'rest') {
      const rest = segments.slice(index).join('/');
      if (!rest.startsWith(expected.prefix)) return undefined;
      params[expected.name] = rest;
    } else if (expected.kind === 'any' || expected.choices.has(given)) params[expected.name] = given;
    else return undefined;
  }
  return params;
}
