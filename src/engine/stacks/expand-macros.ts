import { accountOf } from '../model/account.js';
import { Diagnostics } from '../model/diagnostic.js';
import { ValidationError } from '../model/errors.js';
import { newId } from '../model/ids.js';
import { isMap, type Json, type JsonMap, setOwn } from '../model/value.js';
import { toJson } from '../template/parse/json-node.js';
import { parseDocument } from '../template/parse/parse-document.js';
import type { MacroCall } from './macro-call.js';
import type { Caller, TemplateInput } from './requests.js';
import type { ServiceParts } from './service-parts.js';

const MACRO = 'AWS::CloudFormation::Macro';
/** As long as a function may take behind CloudFormation's macro. */
const TIMEOUT_MS = 60_000;

/** One use of a macro in a template. */
interface Use {
  readonly name: string;
  readonly params: JsonMap;
}

/**
 * The input with its template as the project's macros (resources of type AWS::CloudFormation::Macro) have rewritten it:
 * those inside of it first, then those of its Transform section in their order. Transforms of AWS's own and names that
 * nobody has registered stay. Throws a ValidationError with a macro's own words when it fails.
 */
export async function expandMacros<T extends TemplateInput>(parts: ServiceParts, caller: Caller, input: T): Promise<T> {
  const document = documentOf(input.template);
  if (!document || !parts.callMacro) return input;
  const expansion = new Expansion(parts, caller, parameterValues(document, input.parameters ?? {}));
  const expanded = await expansion.whole(document);
  return expansion.calls === 0 ? input : { ...input, template: expanded };
}

/** The template as JSON if it may use macros; one that cannot be read is left to whoever tells its mistakes. */
function documentOf(template: TemplateInput['template']): JsonMap | undefined {
  const isText = typeof template === 'string';
  if (template === undefined || !(isText ? template : JSON.stringify(template)).includes('Transform')) return undefined;
  const root = isText ? parseDocument(template).root : undefined;
  const document = isText ? root && toJson(root) : template;
  return isMap(document) && !('heat_template_version' in document) ? (document as JsonMap) : undefined;
}

function parameterValues({ Parameters }: JsonMap, given: JsonMap): JsonMap {
  const values: { [name: string]: Json } = {};
  for (const [name, declaration] of Object.entries(isMap(Parameters) ? Parameters : {})) {
    const value = given[name] ?? (isMap(declaration) ? (declaration as JsonMap).Default : undefined);
    if (value !== undefined) setOwn(values, name, value);
  }
  return values;
}

class Expansion {
  readonly #parts: ServiceParts;
  readonly #caller: Caller;
  readonly #values: JsonMap;
  readonly #addresses = new Map<string, string | undefined>();
  calls = 0;

  constructor(parts: ServiceParts, caller: Caller, values: JsonMap) {
    this.#parts = parts;
    this.#caller = caller;
    this.#values = values;
  }

  async whole(document: JsonMap): Promise<JsonMap> {
    const { Transform, ...rest } = document;
    let current = (await this.#inside(rest, [])) as JsonMap;
    const kept: Json[] = [];
    for (const item of itemsOf(Transform)) {
      const use = this.#useOf(item);
      if (!use || (await this.#address(use.name)) === undefined) {
        kept.push(item);
        continue;
      }
      const made = await this.#call(use, current, ['Transform']);
      if (!isMap(made))
        throw failure(`Transform ${this.#idOf(use.name)} failed with: it gave no template`, ['Transform']);
      current = made as JsonMap;
    }
    return kept.length > 0 ? { ...current, Transform: kept } : current;
  }

  /** A part of the template with the macros in it called, the innermost first; each takes the keys beside its call. */
  async #inside(node: Json, path: readonly (string | number)[]): Promise<Json> {
    if (Array.isArray(node)) {
      return Promise.all(node.map((item: Json, index) => this.#inside(item, [...path, index])));
    }
    if (!isMap(node)) return node;
    const entries = await Promise.all(
      Object.entries(node as JsonMap).map(
        async ([key, value]) =>
          [key, key === 'Fn::Transform' ? value : await this.#inside(value, [...path, key])] as const,
      ),
    );
    const { 'Fn::Transform': called, ...siblings } = Object.fromEntries(entries) as JsonMap;
    if (called === undefined) return siblings;
    let current: Json = siblings;
    for (const item of itemsOf(called)) {
      const use = this.#useOf(item);
      if (!use || (await this.#address(use.name)) === undefined) return { ...siblings, 'Fn::Transform': called };
      current = await this.#call(use, current, [...path, 'Fn::Transform']);
    }
    return current;
  }

  #useOf(item: Json): Use | undefined {
    const { Name, Parameters } = isMap(item) ? (item as JsonMap) : { Name: item, Parameters: {} };
    if (typeof Name !== 'string' || Name.startsWith('AWS::')) return undefined;
    const params: { [key: string]: Json } = {};
    for (const [key, value] of Object.entries(isMap(Parameters) ? (Parameters as JsonMap) : {})) {
      const reference = isMap(value) ? (value as JsonMap).Ref : undefined;
      setOwn(params, key, typeof reference === 'string' ? (this.#values[reference] ?? value) : value);
    }
    return { name: Name, params };
  }

  /** Where the project's macro of a name is; undefined if it has none. */
  async #address(name: string): Promise<string | undefined> {
    if (this.#addresses.has(name)) return this.#addresses.get(name);
    const found = await this.#registered(name);
    this.#addresses.set(name, found);
    return found;
  }

  async #registered(name: string): Promise<string | undefined> {
    const { store, operations } = this.#parts;
    for (const record of await store.reads.resourcesByPhysicalId(this.#caller.projectId, name)) {
      const stack = record.type === MACRO ? await operations.stack(record.stackId) : undefined;
      const isLive = stack !== undefined && stack.deletedAt === undefined && stack.region === this.#caller.region;
      if (isLive && typeof record.data.function === 'string') return record.data.function;
    }
    return undefined;
  }

  async #call(use: Use, fragment: Json, path: readonly (string | number)[]): Promise<Json> {
    this.calls += 1;
    const address = (await this.#address(use.name)) ?? '';
    const request: MacroCall = {
      accountId: accountOf(this.#caller.projectId),
      region: this.#caller.region,
      requestId: newId(),
      transformId: this.#idOf(use.name),
      fragment,
      params: use.params,
      templateParameterValues: this.#values,
    };
    if (!/^https?:/i.test(address)) {
      const why = `the function ${address} is not run here: give the macro's FunctionName an http or https address`;
      throw failure(`Transform ${request.transformId} failed with: ${why}`, path);
    }
    try {
      return (await this.#parts.callMacro?.(address, request, AbortSignal.timeout(TIMEOUT_MS))) ?? null;
    } catch (error) {
      throw failure(error instanceof Error ? error.message : String(error), path);
    }
  }

  #idOf(name: string): string {
    return `${accountOf(this.#caller.projectId)}::${name}`;
  }
}

function itemsOf(section: Json | undefined): readonly Json[] {
  if (section === undefined || section === null) return [];
  return Array.isArray(section) ? section : [section];
}

function failure(message: string, path: readonly (string | number)[]): ValidationError {
  const diagnostics = new Diagnostics();
  diagnostics.error('transform', message, { path: [...path] });
  return new ValidationError(diagnostics.all);
}
