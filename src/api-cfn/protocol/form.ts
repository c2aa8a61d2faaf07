import { CfnError } from './cfn-error.js';

/** Decoded names and values in the order in which they were sent. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** More names than any real request has; beyond them the work of reading one is no longer small. */
const MAX_PAIRS = 20_000;

/** Reads `a=1&b=2`, of a query or a form. Broken escapes stay as they are. */
export function parsePairs(text: string): Pairs {
  if (text === '') return [];
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MAX_PAIRS) throw new CfnError('MalformedQueryString', 'The query string has too many parameters.');
  return pairs;
}

/** A form as a tree: `Tags.member.1.Key=a` is Tags → member → 1 → Key. */
export class FormNode {
  value: string | undefined;
  readonly children = new Map<string, FormNode>();

  child(name: string): FormNode {
    let node = this.children.get(name);
    if (!node) {
      node = new FormNode();
      this.children.set(name, node);
    }
    return node;
  }

  /** True if something is below it. */
  get isComplex(): boolean {
    return this.children.size > 0;
  }
}

/** The deepest name of the model has eight steps. */
const MAX_STEPS = 24;

/** Builds the tree of a request's parameters. */
export function formTree(pairs: Pairs): FormNode {
  const root = new FormNode();
  for (const [name, value] of pairs) {
    const steps = name.split('.', MAX_STEPS + 1);
    if (steps.length > MAX_STEPS)
      throw new CfnError('MalformedInput', `The parameter name is too deep: ${name.slice(0, 100)}`);
    let node = root;
    for (const step of steps) node = node.child(step);
    node.value ??= value;
  }
  return root;
}
