import type { ImplicitDependencies } from '../drivers/implicit-dependencies.js';
import type { ResourceType } from '../drivers/resource-type.js';
import { DependencyGraph } from '../graph/dependency-graph.js';
import { dependencyReasons } from '../graph/dependency-reasons.js';
import { type Diagnostic, Diagnostics } from '../model/diagnostic.js';
import type { TemplateRecord } from '../model/records.js';
import {
  hasSecret,
  hasUnknown,
  isMap,
  type JsonMap,
  masked,
  revealed,
  Secret,
  type Value,
  type ValueMap,
} from '../model/value.js';
import { checkRules } from '../template/cfn/check-rules.js';
import { hooksFor, restrictedActionsFor } from '../template/environment/child-environment.js';
import { type Environment, environmentOf } from '../template/environment/environment.js';
import { resolveType } from '../template/environment/resolve-type.js';
import { evaluate } from '../template/evaluate.js';
import { EvaluationError } from '../template/expression.js';
import { resolveParameters } from '../template/parameters/resolve-parameters.js';
import { type ParsedTemplate, parseTemplate } from '../template/parse-template.js';
import type { ResourceDeclaration, Template } from '../template/template.js';
import { parseCached } from '../template/template-cache.js';
import { validateTemplate } from '../template/validate-template.js';
import type { DesiredResource, DesiredStack } from './desired.js';
import { facadeProblem } from './facade-check.js';
import { LookupCache, LookupNeeded } from './lookups.js';
import { StackScope } from './scope.js';
import type { StackIdentity } from './stack-identity.js';
import { templateType } from './template-type.js';
import type { TypeResolver } from './type-resolver.js';

export interface BuildInput {
  readonly record: TemplateRecord;
  readonly stack: StackIdentity;
  readonly types: TypeResolver;
  readonly zones: (region: string) => readonly string[];
  readonly implicit?: ImplicitDependencies;
  /** Check everything that can be checked before anything runs; a stored template was checked when it came. */
  readonly strict: boolean;
  /** The values that the stack has now: immutable ones may not change. */
  readonly previous?: ReadonlyMap<string, Value>;
  /** A parsed template, if the caller has it already. */
  readonly template?: Template;
}

export interface BuildResult {
  /** Absent if the template cannot be read at all, or (strict) if there is any error. */
  readonly desired: DesiredStack | undefined;
  readonly template: Template | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Makes the desired stack of a template with its environment: parameters resolved, conditions decided, types found. */
export function buildDesired(input: BuildInput): BuildResult {
  const { record, strict } = input;
  const diagnostics = new Diagnostics();
  const environment = storedEnvironment(record);
  const parsed = input.template ? { template: input.template, diagnostics: [] } : parseStored(record, environment);
  diagnostics.all.push(...parsed.diagnostics);
  const { template } = parsed;
  if (!template) return { desired: undefined, template, diagnostics: diagnostics.all };
  const parameters = resolveParameters(template, {
    given: environment.parameters,
    defaults: environment.parameter_defaults,
    strict,
    ...(input.previous ? { previous: input.previous } : {}),
    storedParameter: (name) => record.storedParameters?.[name],
  });
  const values = withStoredSecrets(parameters.values, record.environment.parameters);
  const scope = new StackScope({
    template,
    stack: input.stack,
    parameters: values,
    files: record.files,
    lookups: new LookupCache(),
    resource: () => ({ state: 'pending' }),
    zones: input.zones,
    facade: undefined,
  });
  if (strict) {
    const areParametersGood = parameters.diagnostics.every((diagnostic) => diagnostic.severity !== 'error');
    // With the parameters known the conditions are, and what they leave out is not held against the template.
    diagnostics.all.push(
      ...validateTemplate(template, areParametersGood ? scope : undefined),
      ...parameters.diagnostics,
    );
    if (areParametersGood) diagnostics.all.push(...checkRules(template, scope));
    if (diagnostics.hasErrors) return { desired: undefined, template, diagnostics: diagnostics.all };
  }
  const typeNamed = typeFinder(input, environment, template, diagnostics);
  const resources = new Map<string, DesiredResource>();
  for (const declaration of template.resources.values()) {
    if (!isActive(declaration, scope, template, diagnostics)) continue;
    const resource = findResource(declaration, environment, typeNamed, diagnostics, input.types, template);
    if (resource) resources.set(declaration.name, resource);
  }
  if (strict && diagnostics.hasErrors) return { desired: undefined, template, diagnostics: diagnostics.all };
  const active = new Set(resources.keys());
  const reasons = dependencyReasons(template, active, scope);
  const graph = new DependencyGraph([...active], [...reasons, ...implicitReasons(input, resources, scope)]);
  const desired: DesiredStack = {
    template,
    record,
    environment,
    parameters: values,
    resources,
    graph,
    typeNamed: (typeName, resourceName) => typeNamed(typeName, resourceName, undefined)?.type,
  };
  return { desired, template, diagnostics: diagnostics.all };
}

/** What a nested stack was given as a secret stays one, whether or not its template hides the parameter. */
function withStoredSecrets(values: ReadonlyMap<string, Value>, stored: Value | undefined): ReadonlyMap<string, Value> {
  if (!isMap(stored) || !hasSecret(stored)) return values;
  const isSecret = (name: string, value: Value) =>
    Object.hasOwn(stored, name) && hasSecret(stored[name] as Value) && !hasSecret(value) && !hasUnknown(value);
  return new Map(
    [...values].map(([name, value]) => [name, isSecret(name, value) ? new Secret(revealed(value)) : value]),
  );
}

/** A type with the place in the registry that led to it. */
interface FoundType {
  readonly type: ResourceType;
  readonly mappingPath: readonly string[];
}

type TypeFinder = (
  typeName: string,
  resourceName: string,
  declaration: ResourceDeclaration | undefined,
) => FoundType | undefined;

function typeFinder(
  input: BuildInput,
  environment: Environment,
  template: Template,
  diagnostics: Diagnostics,
): TypeFinder {
  const prefer = template.versionKey === 'AWSTemplateFormatVersion' ? 'aws' : 'heat';
  const templates = new Map<string, ResourceType | undefined>();
  const isKnownType = (name: string) => input.types.resolve(name, prefer) !== undefined;
  const checkFacade = (typeName: string, provider: ResourceType, declaration: ResourceDeclaration | undefined) => {
    const facade = input.strict && declaration ? input.types.resolve(typeName, prefer) : undefined;
    const problem = facade?.schema.origin === 'heat' ? facadeProblem(facade.schema, provider.schema) : undefined;
    if (!declaration || problem === undefined) return;
    diagnostics.error('invalid-property', problem, { path: ['resources', declaration.name], at: declaration.typeAt });
  };
  return (typeName, resourceName, declaration) => {
    const target = resolveType(environment, typeName, resourceName, { isKnownType });
    if (!target || target.kind === 'loop') return undefined;
    if (target.kind === 'type') {
      const type = input.types.resolve(target.name, prefer);
      return type && { type, mappingPath: [] };
    }
    if (!templates.has(target.key)) {
      templates.set(target.key, templateType(target.key, typeName, input.record.files, diagnostics, declaration));
    }
    const type = templates.get(target.key);
    if (type) checkFacade(typeName, type, declaration);
    return type && { type, mappingPath: target.path };
  };
}

function findResource(
  declaration: ResourceDeclaration,
  environment: Environment,
  typeNamed: TypeFinder,
  diagnostics: Diagnostics,
  types: TypeResolver,
  template: Template,
): DesiredResource | undefined {
  const before = diagnostics.all.length;
  const found = typeNamed(declaration.type, declaration.name, declaration);
  if (!found) {
    if (diagnostics.all.length === before) {
      const suggestion = types.suggest(declaration.type);
      diagnostics.error('unknown-type', `The Resource Type (${declaration.type}) could not be found.`, {
        path: [template.language === 'hot' ? 'resources' : 'Resources', declaration.name],
        at: declaration.typeAt,
        awsMessage: `Template format error: Unrecognized resource types: [${declaration.type}]`,
        ...(suggestion === undefined ? {} : { hint: `did you mean "${suggestion}"?` }),
      });
    }
    return undefined;
  }
  return {
    name: declaration.name,
    declaration,
    typeName: declaration.type,
    ...found,
    hooks: new Set(hooksFor(environment, declaration.name)),
    restrictedActions: new Set(restrictedActionsFor(environment, declaration.name)),
  };
}

function isActive(
  { condition, name }: ResourceDeclaration,
  scope: StackScope,
  template: Template,
  diagnostics: Diagnostics,
): boolean {
  if (condition === undefined) return true;
  try {
    // What cannot be decided yet may be there: it is checked along with the rest.
    return scope.truth(condition) !== false;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    diagnostics.error('invalid-condition', error.message, {
      path: [template.language === 'hot' ? 'resources' : 'Resources', name, 'condition'],
      at: error.at ?? condition.at,
    });
    return false;
  }
}

/** Edges that no reference spells out: what the types themselves know of each other. */
function implicitReasons({ implicit }: BuildInput, resources: ReadonlyMap<string, DesiredResource>, scope: StackScope) {
  if (!implicit) return [];
  const declared = [...resources.values()].map(({ name, typeName, declaration }) => {
    let properties: ValueMap = {};
    try {
      const value = evaluate(declaration.properties, scope);
      if (isMap(value)) properties = value;
    } catch (error) {
      // What cannot be evaluated is reported where it is evaluated for use; here it only has no say.
      if (!(error instanceof EvaluationError) && !(error instanceof LookupNeeded)) throw error;
    }
    return { name, type: typeName, properties };
  });
  return implicit(declared).map(({ resource, needs, why }) => ({ from: resource, to: needs, reason: why }));
}

function parseStored({ text, document, files }: TemplateRecord, environment: Environment): ParsedTemplate {
  const options = { files, parameters: new Map(Object.entries(environment.parameters)) };
  return text === undefined ? parseTemplate(document, options) : parseCached(text, options);
}

/** The environment that a stored template is evaluated with. */
export function storedEnvironment(record: TemplateRecord): Environment {
  return environmentOf(revealed(record.environment) as Partial<Environment>);
}

/** An environment's JSON as people may see it. */
export function shownEnvironment(record: TemplateRecord): JsonMap {
  return masked(record.environment) as JsonMap;
}
