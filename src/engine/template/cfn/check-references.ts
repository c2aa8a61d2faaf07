import { didYouMean } from '../../model/closest.js';
import { type Diagnostic, Diagnostics, formatPath, type Position } from '../../model/diagnostic.js';
import type { Expression, TemplateFunction } from '../expression.js';
import type { Template } from '../template.js';
import { ifElse } from './functions/condition-functions.js';
import { literalText, subGetAtt } from './functions/reference-functions.js';
import type { PathItem } from './report.js';

/** A name that a template refers to without having it. */
interface Dangling {
  readonly name: string;
  readonly attribute: string | undefined;
  readonly fn: TemplateFunction | undefined;
  readonly path: readonly PathItem[];
  readonly at: Position;
}

/**
 * The references to resources and parameters that a template does not have, in both worlds' words: Heat names each by its
 * place; AWS answers with all the missing names of a section at once.
 *
 * @param isTrue the values of the conditions, once they are known: then a resource whose condition is false is missing
 *   as well (AWS refuses to refer to one), and what stands in a branch or resource that is not taken is not looked at.
 */
export function checkCfnReferences(template: Template, isTrue?: (condition: string) => boolean): Diagnostic[] {
  const diagnostics = new Diagnostics();
  const search = new Search(template, isTrue);
  report(template, 'Resources', search.inResources(), diagnostics);
  report(template, 'Outputs', search.inOutputs(), diagnostics);
  return diagnostics.all;
}

function report(template: Template, block: string, dangling: readonly Dangling[], diagnostics: Diagnostics): void {
  const isAttribute = (item: Dangling) => item.attribute !== undefined;
  const names = [...new Set(dangling.filter((item) => !isAttribute(item)).map(({ name }) => name))].sort();
  const unresolved = `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the ${block} block of the template`;
  const candidates = [...template.resources.keys(), ...template.parameters.keys()];
  for (const item of dangling) {
    const { name, attribute, fn, path, at } = item;
    const ofAttribute =
      fn === subGetAtt
        ? `Template error: instance of Fn::Sub references invalid resource attribute ${name}.${attribute}`
        : `Template error: instance of Fn::GetAtt references undefined resource ${name}`;
    diagnostics.error('unknown-reference', `The specified reference "${name}" (in ${formatPath(path)}) is incorrect.`, {
      path: [block, ...path],
      at,
      heatType: 'InvalidTemplateReference',
      awsMessage: isAttribute(item) ? ofAttribute : unresolved,
      ...didYouMean(name, candidates),
    });
  }
}

class Search {
  readonly #live: ReadonlySet<string>;

  constructor(
    readonly template: Template,
    readonly isTrue: ((condition: string) => boolean) | undefined,
  ) {
    const live = [...template.resources.values()].filter((resource) => this.#isLive(resource.condition));
    this.#live = new Set(live.map(({ name }) => name));
  }

  inResources(): Dangling[] {
    const found: Dangling[] = [];
    for (const resource of this.template.resources.values()) {
      if (!this.#live.has(resource.name)) continue;
      const parts = {
        Properties: resource.properties,
        Metadata: resource.metadata,
        UpdatePolicy: resource.updatePolicy,
        CreationPolicy: resource.creationPolicy,
      };
      for (const [key, expression] of Object.entries(parts)) {
        if (expression) this.#walk(expression, [resource.name, key], found);
      }
      for (const { name, at } of resource.dependsOn) {
        // Waiting for a resource that its condition leaves out is waiting for nothing.
        if (this.template.resources.has(name)) continue;
        found.push({ name, attribute: undefined, fn: undefined, path: [resource.name, 'DependsOn'], at });
      }
    }
    return found;
  }

  inOutputs(): Dangling[] {
    const found: Dangling[] = [];
    for (const output of this.template.outputs.values()) {
      if (!this.#isLive(output.condition)) continue;
      this.#walk(output.value, [output.name, 'Value'], found);
      if (output.exportName) this.#walk(output.exportName, [output.name, 'Export', 'Name'], found);
    }
    return found;
  }

  #isLive(condition: Expression | undefined): boolean {
    const name = literalText(condition);
    return name === undefined || this.isTrue === undefined || this.isTrue(name);
  }

  #walk(expression: Expression, path: readonly PathItem[], found: Dangling[]): void {
    switch (expression.kind) {
      case 'literal':
        break;
      case 'list':
        for (const [index, item] of expression.items.entries()) this.#walk(item, [...path, index], found);
        break;
      case 'map':
        for (const entry of expression.entries) this.#walk(entry.value, [...path, entry.key], found);
        break;
      case 'call': {
        const { fn, argument } = expression;
        const here = [...path, fn.name];
        const taken = this.#takenBranch(fn, argument);
        if (taken) {
          this.#walk(taken.branch, [...here, taken.index], found);
          return;
        }
        for (const { resource, at } of fn.references?.(argument, expression.at) ?? []) {
          if (this.#live.has(resource)) continue;
          const attribute = argument.kind === 'list' ? (literalText(argument.items[1]) ?? '') : undefined;
          found.push({ name: resource, attribute, fn: isSub(fn) ? subGetAtt : fn, path, at });
        }
        this.#walk(argument, here, found);
      }
    }
  }

  #takenBranch(fn: TemplateFunction, argument: Expression): { branch: Expression; index: number } | undefined {
    if (fn.name !== ifElse.name || argument.kind !== 'list' || this.isTrue === undefined) return undefined;
    const name = literalText(argument.items[0]);
    const index = name === undefined ? undefined : this.isTrue(name) ? 1 : 2;
    const branch = index === undefined ? undefined : argument.items[index];
    return branch && index !== undefined ? { branch, index } : undefined;
  }
}

/** By name, since a call in properties has its own copy of the function. */
function isSub(fn: TemplateFunction): boolean {
  return fn.name === subGetAtt.name;
}
