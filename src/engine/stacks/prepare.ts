import type { CustomCheck } from '../drivers/constraint-check.js';
import type { ImplicitDependencies } from '../drivers/implicit-dependencies.js';
import type { ChildStep } from '../drivers/resource-type.js';
import { type Diagnostic, Diagnostics } from '../model/diagnostic.js';
import { ForbiddenError, LimitExceededError, ValidationError } from '../model/errors.js';
import { newId } from '../model/ids.js';
import type { TemplateRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, revealed, Secret, setOwn, type Value, type ValueMap } from '../model/value.js';
import type { EngineParts } from '../operations/engine-parts.js';
import { buildDesired } from '../planning/build-desired.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import type { StackIdentity } from '../planning/stack-identity.js';
import { isOutputsOwn } from '../planning/template-type.js';
import { validateDesired } from '../planning/validate-desired.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { type Environment, environmentDocument } from '../template/environment/environment.js';
import { mergeEnvironments } from '../template/environment/merge-environments.js';
import { resolveType } from '../template/environment/resolve-type.js';
import { parseTemplate } from '../template/parse-template.js';
import type { ParameterType, Template } from '../template/template.js';
import { parseCached } from '../template/template-cache.js';
import { isAdminOnlyType } from './admin-only-types.js';
import { furtherMistakes } from './further-mistakes.js';
import type { TemplateInput } from './requests.js';

/** What preparing a template needs of the engine. */
export interface PrepareParts {
  readonly engine: EngineParts;
  readonly customCheck: CustomCheck | undefined;
  readonly implicit: ImplicitDependencies | undefined;
}

/** A template that has passed every check, ready to be stored and run. */
export interface Prepared {
  readonly record: TemplateRecord;
  readonly desired: DesiredStack;
  readonly warnings: readonly Diagnostic[];
}

export interface PrepareInput extends TemplateInput {
  readonly stack: StackIdentity;
  /** Values of parameters that the stack has now: immutable ones may not change. */
  readonly previous?: ReadonlyMap<string, Value>;
  readonly nestedDepth?: number;
  /** False: types that only administrators may use are refused. */
  readonly isAdmin?: boolean;
  /** Contents of the stored parameters that the input names; see `fetchStoredParameters`. */
  readonly storedParameters?: { readonly [name: string]: string };
}

/** Reads, merges and checks everything that a caller sends for a stack; throws a ValidationError with all mistakes. */
export function prepare(
  parts: PrepareParts,
  zones: (region: string) => readonly string[],
  input: PrepareInput,
): Prepared {
  const diagnostics = new Diagnostics();
  const environment = readEnvironment(input, diagnostics);
  const template = readTemplate(parts, input, environment, diagnostics);
  if (!template || !environment) throw new ValidationError(diagnostics.all);
  const record = templateRecord(input, template, environment);
  const refuse = () => {
    const refused = { template, record, stack: input.stack, known: diagnostics.all };
    return new ValidationError([...diagnostics.all, ...furtherMistakes(parts, zones, refused)]);
  };
  if (diagnostics.hasErrors) throw refuse();
  const built = buildDesired({
    record,
    template,
    stack: input.stack,
    types: parts.engine.types,
    zones,
    strict: true,
    ...(parts.implicit ? { implicit: parts.implicit } : {}),
    ...(input.previous ? { previous: input.previous } : {}),
  });
  diagnostics.all.push(...built.diagnostics);
  if (!built.desired || diagnostics.hasErrors) throw refuse();
  const { desired } = built;
  if (input.isAdmin === false) refuseAdminTypes(desired);
  const depth = input.nestedDepth ?? 0;
  const limit = parts.engine.limits.maxResourcesPerStack;
  if (desired.resources.size > limit)
    throw new LimitExceededError('Request limit exceeded: Maximum resources per stack exceeded.');
  const { customCheck } = parts;
  const checked = new Map<ChildStep['stack']['template'], number>();
  diagnostics.all.push(
    ...validateDesired({
      desired,
      stack: input.stack,
      zones,
      isNested: depth > 0,
      ...(customCheck ? { customCheck } : {}),
      child: (resource, step) =>
        isCheckedEnough(checked, step) ? [] : checkChild(parts, zones, desired, resource, step, input, depth + 1),
    }),
  );
  if (diagnostics.hasErrors) throw new ValidationError(diagnostics.all);
  return { record, desired, warnings: diagnostics.all };
}

/**
 * The merged environment of an input; parameters given outright win over those of environments. Merge strategies go by
 * the types of the parameters of all templates that came along.
 */
export function readEnvironment(input: TemplateInput, diagnostics: Diagnostics): Environment | undefined {
  for (const name of input.environmentFiles ?? []) {
    if (input.files?.[name] !== undefined) continue;
    diagnostics.error('missing-file', `The environment file "${name}" is not among the files.`, {
      path: [],
      hint: `send ${name} along in \`files\``,
    });
  }
  const files = (input.environmentFiles ?? []).map((name) => ({ name, content: input.files?.[name] ?? '' }));
  // A client that sends files sends their merge as well, for servers that know no files; it would only repeat them.
  const sources =
    files.length > 0 || input.environment === undefined ? files : [{ name: 'environment', content: input.environment }];
  const types = sources.length > 1 ? parameterTypes(input) : new Map<string, ParameterType>();
  const { environment, diagnostics: found } = mergeEnvironments(sources, types);
  diagnostics.all.push(...found);
  return environment && { ...environment, parameters: { ...environment.parameters, ...input.parameters } };
}

/** The parameters of the root template and of every template among its files. */
function parameterTypes(input: TemplateInput): Map<string, ParameterType> {
  const types = new Map<string, ParameterType>();
  for (const source of [...Object.values(input.files ?? {}), input.template ?? {}]) {
    if (typeof source === 'string' && !/[pP]arameters/.test(source)) continue;
    const { template } = typeof source === 'string' ? parseCached(source) : parseTemplate(source);
    for (const [name, { type }] of template?.parameters ?? []) types.set(name, type);
  }
  return types;
}

function readTemplate(
  { engine }: PrepareParts,
  input: TemplateInput,
  environment: Environment | undefined,
  diagnostics: Diagnostics,
): Template | undefined {
  if (input.template === undefined) return undefined;
  const text = typeof input.template === 'string' ? input.template : JSON.stringify(input.template);
  const bytes = Buffer.byteLength(text);
  const { maxTemplateBytes } = engine.limits;
  if (bytes > maxTemplateBytes) {
    throw new LimitExceededError(
      `Request limit exceeded: Template size (${bytes} bytes) exceeds maximum allowed size (${maxTemplateBytes} bytes).`,
    );
  }
  const options = {
    maxBytes: maxTemplateBytes,
    ...(input.files ? { files: input.files } : {}),
    parameters: new Map(Object.entries(environment?.parameters ?? {})),
  };
  const { template, diagnostics: found } =
    typeof input.template === 'string' ? parseCached(input.template, options) : parseTemplate(input.template, options);
  diagnostics.all.push(...found);
  return template;
}

function templateRecord(input: PrepareInput, template: Template, environment: Environment): TemplateRecord {
  const value = environmentDocument(environment);
  return {
    id: newId(),
    document: template.document,
    text: typeof input.template === 'string' ? input.template : undefined,
    files: input.files ?? {},
    environment: { ...value, parameters: hideParameters(template, environment.parameters) },
    environmentFiles: input.environmentFiles ?? [],
    ...(input.storedParameters ? { storedParameters: input.storedParameters } : {}),
  };
}

/** Values of hidden parameters become Secrets before they are stored. */
export function hideParameters(template: Template, given: { readonly [name: string]: Json }): ValueMap {
  const hidden: { [name: string]: Value } = {};
  for (const [name, value] of Object.entries(given)) {
    setOwn(hidden, name, template.parameters.get(name)?.hidden === true ? new Secret(value) : value);
  }
  return hidden;
}

/** Children of one template that are checked in depth; the mistakes of the rest show when they are made. */
const CHECKED_PER_TEMPLATE = 50;

function isCheckedEnough(checked: Map<ChildStep['stack']['template'], number>, { stack }: ChildStep): boolean {
  const count = checked.get(stack.template) ?? 0;
  checked.set(stack.template, count + 1);
  return count >= CHECKED_PER_TEMPLATE;
}

function checkChild(
  parts: PrepareParts,
  zones: (region: string) => readonly string[],
  parent: DesiredStack,
  resource: DesiredResource,
  step: ChildStep,
  { stack, isAdmin }: Pick<PrepareInput, 'stack' | 'isAdmin'>,
  depth: number,
): readonly Diagnostic[] {
  const place = { path: ['resources', resource.name], at: resource.declaration.at };
  if (depth > parts.engine.limits.maxNestedDepth) {
    const message = `Recursion depth exceeds ${parts.engine.limits.maxNestedDepth}.`;
    return [{ severity: 'error', code: 'limit', message, ...place, heatType: 'RequestLimitExceeded' }];
  }
  const environment = childEnvironment(parent.environment, resource.name, resource.mappingPath);
  try {
    prepareChild(
      parts,
      zones,
      step,
      environment,
      { stack, ...(isAdmin === undefined ? {} : { isAdmin }) },
      depth,
      parent,
    );
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const target = resolveType(parent.environment, resource.typeName, resource.name);
    const within = [
      sectionOf(parent),
      `${resource.name}<${target?.kind === 'template' ? target.key : 'nested_stack'}>`,
    ];
    return error.diagnostics
      .filter((diagnostic) => !isOutputsOwn(diagnostic))
      .map((diagnostic) => insideChild(diagnostic, within));
  }
}

/** A mistake of a child stack as its parent tells it: what is no StackValidationFailed in Heat becomes its "error" part. */
function insideChild({ heatType, prefix, ...diagnostic }: Diagnostic, within: readonly string[]): Diagnostic {
  if (heatType === 'RequestLimitExceeded') return { ...diagnostic, heatType, path: within };
  // A group's own check of its members' type comes before its child is looked at.
  if (diagnostic.code === 'unknown-type' && within[1]?.endsWith('<nested_stack>'))
    return { ...diagnostic, path: within };
  return prefix === undefined
    ? { ...diagnostic, path: within, prefix: heatType ?? '' }
    : { ...diagnostic, path: [...within, ...diagnostic.path], prefix };
}

const sectionOf = ({ template }: DesiredStack): string => (template.language === 'hot' ? 'resources' : 'Resources');

function prepareChild(
  parts: PrepareParts,
  zones: (region: string) => readonly string[],
  step: ChildStep,
  environment: Environment,
  caller: Pick<PrepareInput, 'stack' | 'isAdmin'>,
  depth: number,
  parent: DesiredStack,
): void {
  const asValue = environmentDocument(environment);
  prepare(parts, zones, {
    template: step.stack.template,
    files: step.stack.files ?? parent.record.files,
    environment: revealed({ ...asValue, parameters: {} }) as JsonMap,
    parameters: step.stack.parameters,
    ...(parent.record.storedParameters ? { storedParameters: parent.record.storedParameters } : {}),
    ...caller,
    nestedDepth: depth,
  });
}

function refuseAdminTypes({ resources }: DesiredStack): void {
  for (const { type } of resources.values()) {
    const name = type.schema.type;
    if (isAdminOnlyType(name)) throw new ForbiddenError(`You are not authorized to use resource_types:${name}.`);
  }
}

/** The parameters that a stored template was given, plain. */
export function storedParameters(record: TemplateRecord): { [name: string]: Json } {
  const { parameters } = record.environment;
  return isMap(parameters) ? (revealed(parameters) as JsonMap) : {};
}
