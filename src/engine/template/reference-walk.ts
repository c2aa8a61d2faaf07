import type { Expression, Reference, Scope } from './expression.js';

/** A reference to a resource with the place where it stands. */
export interface PlacedReference extends Reference {
  /** Keys, indices and names of functions from the walk's start down to the call that refers, which is not in it. */
  readonly path: readonly (string | number)[];
  /** The name of the function that refers. */
  readonly fn: string;
  /** True inside of a function that chooses, where it may turn out that nothing is referred to. */
  readonly conditional: boolean;
}

/** Walks over an expression and calls `visit` for each call and `refer` for each reference, with their places. */
export class ExpressionWalk {
  readonly #path: (string | number)[];
  readonly #scope: Scope | undefined;
  readonly #visit: (call: Expression & { kind: 'call' }) => void;
  readonly #refer: (reference: PlacedReference) => void;
  #choices = 0;

  constructor(options: {
    readonly path: (string | number)[];
    readonly scope?: Scope | undefined;
    readonly visit: (call: Expression & { kind: 'call' }) => void;
    readonly refer: (reference: PlacedReference) => void;
  }) {
    this.#path = options.path;
    this.#scope = options.scope;
    this.#visit = options.visit;
    this.#refer = options.refer;
  }

  walk(expression: Expression): void {
    switch (expression.kind) {
      case 'literal':
        break;
      case 'list':
        for (const [index, item] of expression.items.entries()) this.#below(index, item);
        break;
      case 'map':
        for (const entry of expression.entries) this.#below(entry.key, entry.value);
        break;
      case 'call':
        this.#call(expression);
        break;
    }
  }

  #below(key: string | number, expression: Expression): void {
    // Most leaves are literals; they need no path.
    if (expression.kind === 'literal') return;
    this.#path.push(key);
    this.walk(expression);
    this.#path.pop();
  }

  #call(call: Expression & { kind: 'call' }): void {
    const { fn, argument, at } = call;
    this.#visit(call);
    for (const reference of fn.references?.(argument, at, this.#scope) ?? []) {
      this.#refer({ ...reference, path: [...this.#path], fn: fn.name, conditional: this.#choices > 0 });
    }
    if (fn.chosen) this.#choices++;
    this.#below(fn.name, argument);
    if (fn.chosen) this.#choices--;
  }
}
