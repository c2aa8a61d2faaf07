import type { Handler, Routes } from './api-types.js';

/** Where a path leads. */
export type Match =
  | {
      readonly kind: 'handler';
      readonly handler: Handler;
      readonly route: string;
      readonly params: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'wrong method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

interface CompiledRoute {
  readonly pattern: string;
  readonly segments: readonly string[];
  readonly methods: { readonly [method: string]: Handler };
}

/** Finds handlers by path; literal segments win over parameters. */
export class Router {
  readonly #byLength = new Map<number, CompiledRoute[]>();

  constructor(...tables: readonly Routes[]) {
    for (const table of tables) {
      for (const [pattern, methods] of Object.entries(table)) {
        const segments = pattern.split('/').filter((segment) => segment !== '');
        const sameLength = this.#byLength.get(segments.length) ?? [];
        sameLength.push({ pattern, segments, methods });
        sameLength.sort((a, b) => parameterCount(a) - parameterCount(b));
        this.#byLength.set(segments.length, sameLength);
      }
    }
  }

  /** A path that cannot be decoded is unknown. */
  match(method: string, path: string): Match {
    const segments = decoded(path);
    const routes = segments && this.#byLength.get(segments.length)?.filter((route) => fits(route, segments));
    const [route] = routes ?? [];
    if (!route || !segments) return { kind: 'unknown' };
    const handler = route.methods[method] ?? (method === 'HEAD' ? route.methods.GET : undefined);
    if (!handler) {
      const methods = Object.keys(route.methods);
      return { kind: 'wrong method', allowed: methods.includes('GET') ? ['HEAD', ...methods] : methods };
    }
    const params = new Map(
      route.segments.flatMap((segment, index) =>
        segment.startsWith('{') ? [[segment.slice(1, -1), segments[index] ?? ''] as const] : [],
      ),
    );
    return { kind: 'handler', handler, route: route.pattern, params };
  }
}

function parameterCount({ segments }: CompiledRoute): number {
  return segments.filter((segment) => segment.startsWith('{')).length;
}

function fits(route: CompiledRoute, segments: readonly string[]): boolean {
  return route.segments.every((segment, index) => segment.startsWith('{') || segment === segments[index]);
}

function decoded(path: string): string[] | undefined {
  try {
    return path
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
  } catch {
    // A stray percent sign: no address of ours has one.
    return undefined;
  }
}
