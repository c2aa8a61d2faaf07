import { didYouMean } from '../model/closest.js';
import { type Diagnostic, type DiagnosticCode, Diagnostics, formatPath, type Position } from '../model/diagnostic.js';
import { checkCfnReferences } from './cfn/check-references.js';
import { conditionsIn, evaluate, referencesIn } from './evaluate.js';
import { type CheckContext, EvaluationError, type Expression, type Scope } from './expression.js';
import { findCycles } from './find-cycles.js';
import { ExpressionWalk, type PlacedReference } from './reference-walk.js';
import type { Language, ResourceDeclaration, Template } from './template.js';

/** How the languages write the words that stand in paths. */
const WORDS = {
  hot: {
    resources: 'resources',
    outputs: 'outputs',
    conditions: 'conditions',
    rules: 'rules',
    properties: 'properties',
    metadata: 'metadata',
    dependsOn: 'depends_on',
    condition: 'condition',
    deletionPolicy: 'deletion_policy',
    updateReplacePolicy: 'update_replace_policy',
    updatePolicy: 'update_policy',
    creationPolicy: 'creation_policy',
    externalId: 'external_id',
    value: 'value',
    exportName: 'export',
  },
  cfn: {
    resources: 'Resources',
    outputs: 'Outputs',
    conditions: 'Conditions',
    rules: 'Rules',
    properties: 'Properties',
    metadata: 'Metadata',
    dependsOn: 'DependsOn',
    condition: 'Condition',
    deletionPolicy: 'DeletionPolicy',
    updateReplacePolicy: 'UpdateReplacePolicy',
    updatePolicy: 'UpdatePolicy',
    creationPolicy: 'CreationPolicy',
    externalId: 'ExternalId',
    value: 'Value',
    exportName: 'Export',
  },
} as const satisfies { readonly [language in Language]: object };

/** Suggestions are looked for this often at most: each one compares a name with all others. */
const MAX_SUGGESTIONS = 50;

/** What the languages take for a text in which a reference stands, for parts that Heat names in its own way. */
const HEAT_SECTIONS = { properties: 'Properties', metadata: 'Metadata' } as const;

type Path = readonly (string | number)[];

/**
 * Everything that can be seen to be wrong with a template before its resource types are asked: shapes of calls, references,
 * conditions, names and cycles, in both languages. With a scope, conditions are known: what stands in branches not taken
 * and in resources left out makes no cycle. Without one, only what holds whatever the conditions are is reported.
 */
export function validateTemplate(template: Template, scope?: Scope): Diagnostic[] {
  return new Validation(template, scope).run();
}

class Validation {
  readonly #diagnostics = new Diagnostics();
  readonly #template: Template;
  readonly #scope: Scope | undefined;
  readonly #words: (typeof WORDS)[Language];
  readonly #resources: ReadonlySet<string>;
  readonly #parameters: ReadonlySet<string>;
  readonly #conditions: ReadonlySet<string>;
  readonly #edges = new Map<string, Set<string>>();
  #suggestions = 0;

  constructor(template: Template, scope: Scope | undefined) {
    this.#template = template;
    this.#scope = scope;
    this.#words = WORDS[template.language];
    this.#resources = new Set(template.resources.keys());
    this.#parameters = new Set(template.parameters.keys());
    this.#conditions = new Set(template.conditions.keys());
  }

  run(): Diagnostic[] {
    const { conditions, rules, resources, outputs } = this.#template;
    this.#checkNames();
    for (const [name, condition] of conditions) this.#checkCondition(condition, [this.#words.conditions, name]);
    this.#checkConditionCycles();
    for (const rule of rules.values()) {
      const path = [this.#words.rules, rule.name];
      if (rule.condition) this.#checkCondition(rule.condition, path);
      for (const { assert } of rule.assertions) this.#checkCondition(assert, path);
    }
    for (const resource of resources.values()) this.#checkResource(resource);
    this.#checkResourceCycles();
    if (this.#template.language === 'cfn') this.#diagnostics.all.push(...checkCfnReferences(this.#template));
    for (const output of outputs.values()) {
      const path = [this.#words.outputs, output.name];
      if (output.condition) this.#checkConditionUse(output.condition, [...path, this.#words.condition]);
      const refer = (reference: PlacedReference) =>
        this.#checkReference(reference, 'unknown', {
          prefix: '',
          // Heat meets this one while it validates the output.
          ...(reference.fn === 'get_attr' ? { heatType: 'StackValidationFailed' } : {}),
        });
      this.#walk(output.value, [...path, this.#words.value], refer);
      if (output.exportName) this.#walk(output.exportName, [...path, this.#words.exportName], refer);
    }
    return this.#diagnostics.all;
  }

  #error(code: DiagnosticCode, message: string, path: Path, at: Position, rest: Partial<Diagnostic> = {}): void {
    this.#diagnostics.error(code, message, { path, at, ...rest });
  }

  #suggest(name: string, candidates: ReadonlySet<string>): { hint?: string } {
    return this.#suggestions++ < MAX_SUGGESTIONS ? didYouMean(name, candidates) : {};
  }

  #checkNames(): void {
    const shared = [...this.#parameters].filter((name) => this.#resources.has(name)).sort();
    if (shared.length === 0) return;
    const resource = this.#template.resources.get(shared[0] ?? '');
    const message = `Duplicate names {${shared.map((name) => `'${name}'`).join(', ')}}`;
    this.#error('duplicate-name', message, [this.#words.resources, shared[0] ?? ''], resource?.at ?? START, {
      hint: 'a parameter and a resource cannot have the same name',
      awsMessage: `Template error: all resources and parameters must have unique names. Common name(s):[${shared.join(', ')}]`,
    });
  }

  /** Checks the definition of a named condition, or of a rule. */
  #checkCondition(condition: Expression, path: Path): void {
    this.#walk(condition, path, () => undefined, true);
  }

  /** Checks the condition of a resource or output: a name, a boolean or a call. */
  #checkConditionUse(condition: Expression, path: Path): void {
    if (condition.kind === 'literal' && typeof condition.value === 'string') {
      this.#checkConditionName(condition.value, path, condition.at);
    } else this.#checkCondition(condition, path);
  }

  #checkConditionName(name: string, path: Path, at: Position): void {
    if (this.#conditions.has(name)) return;
    this.#error('invalid-condition', `Invalid condition "${name}"`, path, at, {
      prefix: '',
      ...this.#suggest(name, this.#conditions),
    });
  }

  #checkConditionCycles(): void {
    const edges = new Map<string, Set<string>>();
    for (const [name, condition] of this.#template.conditions) {
      edges.set(name, new Set(conditionsIn(condition).map((reference) => reference.name)));
    }
    for (const cycle of findCycles(edges)) {
      const name = cycle[0] ?? '';
      const message = `Condition validation error: Circular definition for condition "${name}"`;
      const at = this.#template.conditions.get(name)?.at ?? START;
      this.#error('cycle', message, [this.#words.conditions, name], at, { hint: [...cycle, name].join(' -> ') });
    }
  }

  #checkResource(resource: ResourceDeclaration): void {
    const { name, properties, metadata, condition } = resource;
    const words = this.#words;
    const path = [words.resources, name];
    const edges = new Set<string>();
    this.#edges.set(name, edges);
    const isCertain = this.#isCertain(resource);
    const connect = (reference: PlacedReference) => {
      if (!isCertain || !this.#resources.has(reference.resource)) return;
      if (!reference.conditional || this.#scope) edges.add(reference.resource);
    };
    for (const [section, expression] of [
      ['properties', properties],
      ['metadata', metadata],
    ] as const) {
      if (!expression) continue;
      const start = [...path, words[section]];
      this.#walk(expression, start, (reference) => {
        const where = formatPath([name, HEAT_SECTIONS[section], ...reference.path.slice(start.length)]);
        this.#checkReference(reference, where);
        if (!this.#scope) connect(reference);
      });
      if (this.#scope) this.#connectChosen(expression, connect);
    }
    for (const dependency of resource.dependsOn) {
      if (isCertain && this.#resources.has(dependency.name)) edges.add(dependency.name);
      this.#checkResourceName(dependency.name, name, [...path, words.dependsOn], dependency.at);
    }
    if (condition) this.#checkConditionUse(condition, [...path, words.condition]);
    const others = (reference: PlacedReference) =>
      this.#checkReference(reference, formatPath([name, ...reference.path.slice(2)]));
    for (const section of [
      'deletionPolicy',
      'updateReplacePolicy',
      'updatePolicy',
      'creationPolicy',
      'externalId',
    ] as const) {
      const expression = resource[section];
      if (expression) this.#walk(expression, [...path, words[section]], others);
    }
    this.#checkExternal(resource, edges);
  }

  /** True if the resource is in the stack for certain: it has no condition, or a scope says that it holds. */
  #isCertain({ condition }: ResourceDeclaration): boolean {
    if (!condition) return true;
    if (condition.kind === 'literal' && typeof condition.value === 'boolean') return condition.value;
    if (!this.#scope) return false;
    try {
      const value = evaluate(condition, this.#scope);
      return value === true || (typeof value === 'string' && this.#scope.condition(value) === true);
    } catch (error) {
      // A condition that cannot be evaluated is reported where it stands.
      if (error instanceof EvaluationError) return false;
      throw error;
    }
  }

  #connectChosen(expression: Expression, connect: (reference: PlacedReference) => void): void {
    for (const reference of referencesIn(expression, [], this.#scope)) {
      connect({ ...reference, path: [], fn: '', conditional: false });
    }
  }

  #checkExternal(resource: ResourceDeclaration, edges: ReadonlySet<string>): void {
    const { externalId, name, type } = resource;
    if (!externalId || edges.size === 0) return;
    const id = externalId.kind === 'literal' ? String(externalId.value) : name;
    const message = `Invalid dependency with external ${type} resource: ${id}`;
    this.#error('not-supported', message, [this.#words.resources, name, this.#words.externalId], externalId.at, {
      heatType: 'InvalidExternalResourceDependency',
      hint: `a resource that exists already cannot depend on ${[...edges].join(', ')}`,
    });
  }

  #checkResourceCycles(): void {
    for (const cycle of findCycles(this.#edges)) {
      const name = cycle[0] ?? '';
      const at = this.#template.resources.get(name)?.at ?? START;
      const message = `Circular Dependency Found: ${formatCycle(cycle)}`;
      this.#error('cycle', message, [this.#words.resources, name], at, {
        heatType: 'CircularDependencyException',
        awsMessage: `Circular dependency between resources: [${cycle.join(', ')}]`,
        hint: 'remove the reference or dependency from one of them to the next',
      });
    }
  }

  /** Checks all calls in an expression and hands its references on. */
  #walk(expression: Expression, start: Path, refer: (reference: PlacedReference) => void, inCondition = false): void {
    if (expression.kind === 'literal') return;
    const path = [...start];
    const context = new LazyContext(this.#diagnostics, path, {
      resources: this.#resources,
      parameters: this.#parameters,
      conditions: this.#conditions,
      inCondition,
    });
    const visit = ({ fn, argument, at }: Expression & { kind: 'call' }) => {
      fn.check?.(argument, context, at);
      for (const { name, at: place } of fn.conditions?.(argument, at) ?? []) {
        this.#checkConditionName(name, [...path, fn.name], place);
      }
    };
    new ExpressionWalk({ path, visit, refer }).walk(expression);
  }

  #checkReference(reference: PlacedReference, where: string, rest: Partial<Diagnostic> = {}): void {
    const { resource: name, maybeParameter, path, at, fn } = reference;
    if (maybeParameter && (this.#parameters.has(name) || name.includes('::'))) return;
    const candidates = maybeParameter ? new Set([...this.#resources, ...this.#parameters]) : this.#resources;
    this.#checkResourceName(name, where, [...path, fn], at, candidates, rest);
  }

  #checkResourceName(
    name: string,
    where: string,
    path: Path,
    at: Position,
    candidates: ReadonlySet<string> = this.#resources,
    rest: Partial<Diagnostic> = {},
  ): void {
    // CloudFormation answers with all missing names of a section at once, see checkCfnReferences.
    if (this.#resources.has(name) || this.#template.language === 'cfn') return;
    const isParameter = this.#parameters.has(name);
    this.#error('unknown-reference', `The specified reference "${name}" (in ${where}) is incorrect.`, path, at, {
      heatType: 'InvalidTemplateReference',
      ...(isParameter ? { hint: `"${name}" is a parameter, not a resource` } : this.#suggest(name, candidates)),
      ...rest,
    });
  }
}

const START: Position = { line: 1, column: 1 };

/** A cycle as a chain that ends where it began; of a long one only both ends. */
function formatCycle(cycle: readonly string[]): string {
  const shown =
    cycle.length <= 20 ? cycle : [...cycle.slice(0, 10), `(${cycle.length - 20} more)`, ...cycle.slice(-10)];
  return [...shown, cycle[0] ?? ''].join(' -> ');
}

/** What functions may look up; the path is copied only when somebody asks for it. */
class LazyContext implements CheckContext {
  readonly resources: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
  readonly conditions: ReadonlySet<string>;
  readonly inCondition: boolean;
  readonly #path: Path;

  constructor(
    readonly diagnostics: Diagnostics,
    path: Path,
    known: Pick<CheckContext, 'resources' | 'parameters' | 'conditions' | 'inCondition'>,
  ) {
    this.#path = path;
    this.resources = known.resources;
    this.parameters = known.parameters;
    this.conditions = known.conditions;
    this.inCondition = known.inCondition;
  }

  get path(): Path {
    return [...this.#path];
  }
}
