import { Diagnostics, type Position } from '../../../model/diagnostic.js';
import { hasSecret, hasUnknown, type Json, NO_VALUE, revealed, type Value } from '../../../model/value.js';
import { evaluate } from '../../evaluate.js';
import { EvaluationError } from '../../expression.js';
import { DEFAULT_LIMITS } from '../../parse-options.js';
import type { SourceEntry, SourceMap, SourceNode } from '../../source.js';
import { Compiler } from '../compiler.js';
import { type PathItem, Report } from '../report.js';
import { entryOf, jsonToSource, scalarText, singleEntry, textOf } from '../source-nodes.js';
import type { TransformScope } from './transform-scope.js';

/** The name of the transform. */
export const LANGUAGE_EXTENSIONS = 'AWS::LanguageExtensions';

const LOOP = 'Fn::ForEach::';
const SECTIONS: readonly string[] = ['Conditions', 'Resources', 'Outputs'];
const PLACEHOLDER = /([$&])\{([^!{}][^{}]*)\}/g;

/** The loops around a node: each identifier with the item it stands for. */
type Bindings = ReadonlyMap<string, string>;

class ExpansionLimit extends Error {}

/**
 * Applies `AWS::LanguageExtensions`: unrolls Fn::ForEach, and resolves names of references, lengths and JSON texts that
 * depend on nothing but parameters and mappings. Each new node keeps the place that it was written at.
 */
export function applyLanguageExtensions(root: SourceMap, scope: TransformScope, report: Report): SourceMap {
  return new Expansion(scope, report).root(root);
}

class Expansion {
  readonly #compiler: Compiler;
  readonly #loops = new Set<string>();
  #budget: number;

  constructor(
    readonly scope: TransformScope,
    readonly report: Report,
  ) {
    this.#budget = scope.options.limits?.maxNodes ?? DEFAULT_LIMITS.maxNodes;
    // Only values are wanted here: what is wrong with an expression is reported when the template is read.
    const names = {
      parameters: scope.parameterTypes,
      mappings: scope.mappings,
      resources: new Set<string>(),
      conditions: new Set<string>(),
      extensions: true,
      awaitsMacros: false,
    };
    this.#compiler = new Compiler(names, new Report(new Diagnostics(), 'aws'));
  }

  root(root: SourceMap): SourceMap {
    try {
      const entries = root.entries.map((entry) =>
        SECTIONS.includes(entry.key) && entry.value.kind === 'map'
          ? { ...entry, value: this.#section(entry.value, entry.key) }
          : entry,
      );
      return { ...root, entries };
    } catch (error) {
      if (!(error instanceof ExpansionLimit)) throw error;
      this.report.error('limit', { aws: this.#failed('the loops make the template too large') }, [], root.at);
      return root;
    }
  }

  #section(map: SourceMap, section: string): SourceMap {
    const expanded = this.#map(map, new Map(), [section]);
    if (section === 'Conditions') return expanded;
    const entries = expanded.entries.map((entry) => {
      const condition = entry.value.kind === 'map' ? entryOf(entry.value, 'Condition') : undefined;
      if (entry.value.kind !== 'map' || condition?.value.kind !== 'map') return entry;
      const name = this.#resolvedName(condition.value);
      const members = entry.value.entries.map((member) => (member === condition ? { ...member, value: name } : member));
      return { ...entry, value: { ...entry.value, entries: members } };
    });
    return { ...expanded, entries };
  }

  #node(node: SourceNode, bindings: Bindings, path: readonly PathItem[]): SourceNode {
    switch (node.kind) {
      case 'scalar': {
        if (typeof node.value !== 'string') return node;
        const value = this.#substitute(node.value, bindings);
        return value === node.value ? node : { ...node, value };
      }
      case 'list':
        return { ...node, items: node.items.map((item, index) => this.#node(item, bindings, [...path, index])) };
      case 'map':
        return this.#call(node, bindings, path) ?? this.#map(node, bindings, path);
    }
  }

  /** The calls that the transform itself rewrites. */
  #call(node: SourceMap, bindings: Bindings, path: readonly PathItem[]): SourceNode | undefined {
    const entry = singleEntry(node);
    if (!entry) return undefined;
    const argument = () => this.#node(entry.value, bindings, [...path, entry.key]);
    switch (entry.key) {
      case 'Ref': {
        const item = bindings.get(textOf(entry.value) ?? '');
        if (item !== undefined) return { kind: 'scalar', value: item, at: node.at };
        return withValue(node, entry, this.#resolvedName(argument()));
      }
      case 'Fn::GetAtt':
      case 'Fn::If': {
        const names = entry.key === 'Fn::If' ? 1 : 2;
        const list = argument();
        if (list.kind !== 'list') return withValue(node, entry, list);
        const items = list.items.map((item, index) => (index < names ? this.#resolvedName(item) : item));
        return withValue(node, entry, { ...list, items });
      }
      case 'Fn::Length':
      case 'Fn::ToJsonString': {
        const rewritten = withValue(node, entry, argument());
        const value = this.#resolve(rewritten);
        return value === undefined ? rewritten : jsonToSource(value, node.at);
      }
      default:
        return undefined;
    }
  }

  #map(map: SourceMap, bindings: Bindings, path: readonly PathItem[]): SourceMap {
    const entries: SourceEntry[] = [];
    const keys = new Set<string>();
    const add = (entry: SourceEntry, loop: string | undefined) => {
      if (keys.has(entry.key)) {
        const where = loop ?? [...path].reverse().find((item) => String(item).startsWith(LOOP));
        const aws = this.#failed(`Duplicate key '${entry.key}' when merging keys to parent object in Fn::ForEach`);
        if (where !== undefined) this.report.error('transform', { aws }, [...path, where], entry.keyAt);
        return;
      }
      keys.add(entry.key);
      entries.push(entry);
    };
    for (const entry of map.entries) {
      const here = [...path, entry.key];
      if (entry.key.startsWith(LOOP)) {
        for (const produced of this.#loop(entry, bindings, here)) add(produced, entry.key);
      } else {
        const key = this.#substitute(entry.key, bindings);
        add({ ...entry, key, value: this.#node(entry.value, bindings, here) }, undefined);
      }
    }
    return { ...map, entries };
  }

  #loop(entry: SourceEntry, bindings: Bindings, path: readonly PathItem[]): readonly SourceEntry[] {
    const fail = (why: string, at: Position, hint?: string) => {
      this.report.error('transform', { aws: this.#failed(why) }, path, at, hint === undefined ? {} : { hint });
      return [];
    };
    const name = entry.key.slice(LOOP.length);
    const [identifierNode, collection, body, ...more] = entry.value.kind === 'list' ? entry.value.items : [];
    const identifier = textOf(identifierNode);
    const isLaidOut = name !== '' && identifier && collection && body?.kind === 'map' && more.length === 0;
    if (!isLaidOut || collection.kind === 'scalar') return fail('Fn::ForEach layout is incorrect', entry.value.at);
    // A loop inside of another one is met once for every turn of the outer one.
    if (bindings.size === 0) {
      if (this.#loops.has(name)) return fail(`The loop name ${name} is used more than once`, entry.keyAt);
      this.#loops.add(name);
    }
    const items = this.#collection(this.#node(collection, bindings, path));
    if (items === undefined) {
      const hint = 'give values for the parameters that the collection comes from';
      return fail('Could not find a collection or could not be resolved for Fn::ForEach', collection.at, hint);
    }
    return items.flatMap((item) => {
      const scoped = new Map(bindings).set(identifier, item);
      return this.#map(body, scoped, path).entries;
    });
  }

  #collection(node: SourceNode): string[] | undefined {
    const value = this.#value(node);
    if (!Array.isArray(value)) return undefined;
    const items = (value as readonly Value[])
      .flat()
      .map((item) => (typeof item === 'symbol' ? undefined : scalarText(item)));
    const texts = items.filter((item) => item !== undefined);
    return texts.length === items.length ? texts : undefined;
  }

  /** A name that a function gives, written out; the function itself if its value is not known yet. */
  #resolvedName(node: SourceNode): SourceNode {
    if (node.kind !== 'map') return node;
    const name = this.#resolve(node);
    return typeof name === 'string' ? { kind: 'scalar', value: name, at: node.at } : node;
  }

  #resolve(node: SourceNode): Json | undefined {
    const value = this.#value(node);
    return value === undefined || value === NO_VALUE ? undefined : revealed(value);
  }

  #value(node: SourceNode): Value | undefined {
    const { report } = this.#compiler;
    const before = report.diagnostics.all.length;
    const expression = this.#compiler.compile(node, { path: [] });
    if (report.diagnostics.all.length > before) return undefined;
    try {
      const value = evaluate(expression, this.scope);
      return hasUnknown(value) || hasSecret(value) ? undefined : value;
    } catch (error) {
      if (error instanceof EvaluationError) return undefined;
      throw error;
    }
  }

  /** `${Identifier}` is the item as it is, `&{Identifier}` only its letters and digits. */
  #substitute(text: string, bindings: Bindings): string {
    this.#budget -= 1 + (text.length >> 6);
    if (this.#budget < 0) throw new ExpansionLimit();
    if (bindings.size === 0 || !text.includes('{')) return text;
    return text.replace(PLACEHOLDER, (whole, form: string, name: string) => {
      const item = bindings.get(name.trim());
      if (item === undefined) return whole;
      return form === '&' ? item.replace(/[^0-9A-Za-z]/g, '') : item;
    });
  }

  #failed(why: string): string {
    return `Transform ${LANGUAGE_EXTENSIONS} failed with: ${why}`;
  }
}

function withValue(node: SourceMap, entry: SourceEntry, value: SourceNode): SourceMap {
  return value === entry.value ? node : { ...node, entries: [{ ...entry, value }] };
}
