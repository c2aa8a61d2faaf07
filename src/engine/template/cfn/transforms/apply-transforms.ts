import type { Position } from '../../../model/diagnostic.js';
import { type Json, type JsonMap, Secret, setOwn } from '../../../model/value.js';
import { toJson } from '../../parse/json-node.js';
import { parseDocument } from '../../parse/parse-document.js';
import type { ParseOptions } from '../../parse-options.js';
import type { SourceEntry, SourceMap, SourceNode } from '../../source.js';
import type { PathItem, Report } from '../report.js';
import { childOf, entryOf, isNull, jsonToSource, scalarText, singleEntry, textOf } from '../source-nodes.js';
import { applyLanguageExtensions, LANGUAGE_EXTENSIONS } from './language-extensions.js';
import { TransformScope } from './transform-scope.js';

const INCLUDE = 'AWS::Include';
const SERVERLESS = 'AWS::Serverless-2016-10-31';

/** A template after its transforms. */
export interface Transformed {
  readonly root: SourceMap;
  /** The names of all transforms and macros that the template asks for, each once. */
  readonly names: readonly string[];
  readonly extensions: boolean;
  /** True if macros are left that nobody knows. */
  readonly awaitsMacros: boolean;
}

/** One use of a transform. */
interface Use {
  readonly name: string;
  readonly parameters: SourceMap | undefined;
  readonly at: Position;
}

/** Applies the transforms of a template: those inside of it first, then those of its Transform section in their order. */
export function applyTransforms(root: SourceMap, options: ParseOptions, report: Report): Transformed {
  return new Transforms(root, options, report).apply(root);
}

class Transforms {
  readonly #names = new Set<string>();
  #awaitsMacros = false;
  readonly #scope: TransformScope;

  constructor(
    root: SourceMap,
    readonly options: ParseOptions,
    readonly report: Report,
  ) {
    this.#scope = new TransformScope(root, options);
  }

  apply(root: SourceMap): Transformed {
    const section = entryOf(root, 'Transform')?.value;
    const uses = section === undefined || isNull(section) ? [] : this.#uses(section, ['Transform']);
    for (const use of uses) this.#names.add(use.name);
    let current = this.#inside(root, []);
    if (current.kind !== 'map') current = root;
    for (const use of uses) current = this.#whole(current, use);
    return {
      root: current,
      names: [...this.#names],
      extensions: this.#names.has(LANGUAGE_EXTENSIONS),
      awaitsMacros: this.#awaitsMacros,
    };
  }

  /** The uses that a Transform section or the argument of an Fn::Transform names. */
  #uses(node: SourceNode, path: readonly PathItem[]): Use[] {
    const items = node.kind === 'list' ? node.items : [node];
    return items.flatMap((item) => {
      const name = item.kind === 'map' ? textOf(childOf(item, 'Name')) : textOf(item);
      if (name !== undefined && name !== '') {
        const parameters = item.kind === 'map' ? childOf(item, 'Parameters') : undefined;
        return [{ name, parameters: parameters?.kind === 'map' ? parameters : undefined, at: item.at }];
      }
      const aws = 'Template format error: Every Transform has to be a name, or an object with a Name and Parameters.';
      this.report.error('transform', { aws }, path, item.at);
      return [];
    });
  }

  #whole(root: SourceMap, use: Use): SourceMap {
    const path = ['Transform'];
    switch (use.name) {
      case LANGUAGE_EXTENSIONS:
        return applyLanguageExtensions(root, this.#scope, this.report);
      case INCLUDE: {
        const included = this.#include(use, path);
        return included?.kind === 'map' ? mergeSections(root, included) : root;
      }
      default: {
        const made = this.#macro(use, toJson(root), path);
        return made?.kind === 'map' ? made : root;
      }
    }
  }

  /** A node with the Fn::Transform calls in it done, the innermost first. */
  #inside(node: SourceNode, path: readonly PathItem[]): SourceNode {
    if (node.kind === 'scalar' || !mentionsTransform(node)) return node;
    if (node.kind === 'list') {
      return { ...node, items: node.items.map((item, index) => this.#inside(item, [...path, index])) };
    }
    const entries = node.entries.map((entry) =>
      path.length === 0 && entry.key === 'Transform'
        ? entry
        : { ...entry, value: this.#inside(entry.value, [...path, entry.key]) },
    );
    const call = entries.find((entry) => entry.key === 'Fn::Transform');
    if (!call) return { ...node, entries };
    const siblings = entries.filter((entry) => entry !== call);
    return this.#expandCall({ ...node, entries: siblings }, call, path) ?? { ...node, entries };
  }

  /** What an Fn::Transform makes of the keys beside it; undefined if it has to stay. */
  #expandCall(siblings: SourceMap, call: SourceEntry, path: readonly PathItem[]): SourceNode | undefined {
    const here = [...path, call.key];
    let current: SourceNode = siblings;
    for (const use of this.#uses(call.value, here)) {
      this.#names.add(use.name);
      if (use.name === LANGUAGE_EXTENSIONS) {
        const aws = `Transform ${LANGUAGE_EXTENSIONS} failed with: it has to stand in the Transform section of the template`;
        this.report.error('transform', { aws }, here, use.at);
        return undefined;
      }
      const made: SourceNode | undefined =
        use.name === INCLUDE ? this.#include(use, here) : this.#macro(use, toJson(current), here);
      if (made === undefined) return undefined;
      current = use.name === INCLUDE && current.kind === 'map' && made.kind === 'map' ? merge(current, made) : made;
    }
    return current;
  }

  #include(use: Use, path: readonly PathItem[]): SourceNode | undefined {
    const fail = (why: string, hint?: string) => {
      const aws = `Transform ${INCLUDE} failed with: ${why}`;
      this.report.error('missing-file', { aws }, path, use.at, hint === undefined ? {} : { hint });
      return undefined;
    };
    const location = use.parameters && this.#text(childOf(use.parameters, 'Location'));
    if (location === undefined)
      return fail('The location parameter is not a string', 'write Parameters: {Location: …}');
    const files = this.options.files ?? {};
    if (!Object.hasOwn(files, location)) {
      return fail(
        `The file ${location} did not come with the template`,
        `send its text among the files as "${location}"`,
      );
    }
    const { limits } = this.options;
    const parsed = parseDocument(files[location] ?? '', { source: location, ...(limits ? { limits } : {}) });
    const [mistake] = parsed.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
    if (!mistake && parsed.root) return parsed.root;
    const aws = `Transform ${INCLUDE} failed with: The specified S3 object's content should be valid Yaml/JSON`;
    const at = mistake?.at ?? use.at;
    this.report.error('transform', { aws }, path, at, mistake ? { hint: mistake.message } : {});
    return undefined;
  }

  /** The text of a parameter of a transform: written out, or a Ref to a parameter of the template. */
  #text(node: SourceNode | undefined): string | undefined {
    const entry = node && singleEntry(node);
    if (entry?.key !== 'Ref') return textOf(node);
    const value = this.#scope.parameter(textOf(entry.value) ?? '');
    return value instanceof Secret ? undefined : scalarText(value);
  }

  #macro(use: Use, fragment: Json, path: readonly PathItem[]): SourceNode | undefined {
    if (use.name === SERVERLESS) {
      const aws = `Transform ${SERVERLESS} is not supported`;
      const hint =
        'write its resources out in plain CloudFormation (AWS::Lambda::Function, AWS::ApiGateway::RestApi, …)';
      this.report.error('not-supported', { aws }, path, use.at, { hint });
      return undefined;
    }
    try {
      const made = this.options.macros?.(use.name, fragment, this.#macroParameters(use.parameters));
      if (made !== undefined) return jsonToSource(made, use.at);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.report.error('transform', { aws: `Transform ${use.name} failed with: ${why}` }, path, use.at);
      return undefined;
    }
    this.#awaitsMacros = true;
    this.report.warn(
      'transform',
      `No transform named ${use.name} found.`,
      path,
      use.at,
      'what it would rewrite stays as it is',
    );
    return undefined;
  }

  #macroParameters(parameters: SourceMap | undefined): JsonMap {
    const json: JsonMap = {};
    for (const { key, value } of parameters?.entries ?? []) {
      const reference = singleEntry(value)?.key === 'Ref' ? this.#text(value) : undefined;
      setOwn(json, key, reference ?? toJson(value));
    }
    return json;
  }
}

function mentionsTransform(node: SourceNode): boolean {
  if (node.kind === 'scalar') return false;
  if (node.kind === 'list') return node.items.some(mentionsTransform);
  return node.entries.some((entry) => entry.key === 'Fn::Transform' || mentionsTransform(entry.value));
}

/** The keys of both maps; the second one's win. */
function merge(first: SourceMap, second: SourceMap): SourceMap {
  const keys = new Set(second.entries.map((entry) => entry.key));
  return { ...first, entries: [...first.entries.filter((entry) => !keys.has(entry.key)), ...second.entries] };
}

/** As `merge`, but sections that both have are joined. */
function mergeSections(root: SourceMap, included: SourceMap): SourceMap {
  const joined = included.entries.map((entry) => {
    const own = entryOf(root, entry.key)?.value;
    return own?.kind === 'map' && entry.value.kind === 'map' ? { ...entry, value: merge(own, entry.value) } : entry;
  });
  return merge(root, { ...included, entries: joined });
}
