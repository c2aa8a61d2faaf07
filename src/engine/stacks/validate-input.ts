import type { ChildStep } from '../drivers/resource-type.js';
import { type Diagnostic, Diagnostics } from '../model/diagnostic.js';
import { ValidationError } from '../model/errors.js';
import { newId } from '../model/ids.js';
import type { Json, JsonMap } from '../model/value.js';
import { buildDesired } from '../planning/build-desired.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import { evaluateResource } from '../planning/evaluate-resource.js';
import { LookupNeeded } from '../planning/lookups.js';
import type { StackScope } from '../planning/scope.js';
import type { StackIdentity } from '../planning/stack-identity.js';
import { pendingScope, validateDesired } from '../planning/validate-desired.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { type Environment, environmentDocument } from '../template/environment/environment.js';
import { EvaluationError } from '../template/expression.js';
import { reportUnknownNames } from '../template/parameters/resolve-parameters.js';
import { parseTemplate } from '../template/parse-template.js';
import type { Template } from '../template/template.js';
import { validateTemplate } from '../template/validate-template.js';
import { blankStack, type Zones } from './create-stack.js';
import { type PrepareParts, readEnvironment } from './prepare.js';
import { shownValue } from './preview-stack.js';
import type { Caller, TemplateInput, ValidationView } from './requests.js';

/**
 * What a template says of itself, without making anything: parameters need not have values, and given ones are not
 * checked. Mistakes are in the view; throws a ValidationError only for what cannot be read at all.
 */
export function validateInput(
  parts: PrepareParts,
  caller: Caller,
  input: TemplateInput & { readonly showNested?: boolean },
): ValidationView {
  const diagnostics = new Diagnostics();
  const environment = readEnvironment(input, diagnostics);
  const { template, diagnostics: found } = parseTemplate(input.template ?? '', {
    maxBytes: parts.engine.limits.maxTemplateBytes,
    ...(input.files ? { files: input.files } : {}),
    parameters: new Map(Object.entries(environment?.parameters ?? {})),
  });
  diagnostics.all.push(...found);
  if (!template || !environment || diagnostics.hasErrors) throw new ValidationError(diagnostics.all);
  reportUnknownNames(template, { given: environment.parameters }, diagnostics);
  diagnostics.all.push(...validateTemplate(template));
  const built = diagnostics.hasErrors ? undefined : build(parts, caller, template, environment, input);
  if (built) diagnostics.all.push(...built.diagnostics);
  // CloudFormation refuses what Heat lets pass here: values that are missing or do not fit.
  if (diagnostics.hasErrors && caller.origin === 'cfn') throw new ValidationError(diagnostics.all);
  const nested = input.showNested && built ? nestedViews(parts, caller, built) : {};
  return view(template, environment, diagnostics.all, nested);
}

interface Built {
  readonly desired: DesiredStack | undefined;
  readonly stack: StackIdentity;
  readonly zones: Zones;
  readonly diagnostics: readonly Diagnostic[];
}

/** Types, properties and attributes, as far as they can be known without values of parameters. */
function build(
  parts: PrepareParts,
  caller: Caller,
  template: Template,
  environment: Environment,
  input: TemplateInput,
): Built {
  const stack = {
    id: newId(),
    name: 'validation',
    projectId: caller.projectId,
    region: caller.region,
    origin: caller.origin,
    notificationArns: [],
  };
  const { zones } = parts.engine.cloudOf(blankStack(caller, stack, { name: stack.name }, parts.engine.clock.now()));
  const { desired, diagnostics } = buildDesired({
    record: {
      id: newId(),
      document: template.document,
      text: undefined,
      files: input.files ?? {},
      environment: environmentDocument(environment),
      environmentFiles: [],
    },
    template,
    stack,
    types: parts.engine.types,
    zones,
    strict: false,
  });
  if (!desired) return { desired, stack, zones, diagnostics };
  const { customCheck } = parts;
  const found = validateDesired({ desired, stack, zones, ...(customCheck ? { customCheck } : {}) });
  return { desired, stack, zones, diagnostics: [...diagnostics, ...found] };
}

function view(
  template: Template,
  environment: Environment,
  diagnostics: readonly Diagnostic[],
  nested: ValidationView['nested'],
): ValidationView {
  const given: { readonly [name: string]: Json } = environment.parameters;
  return {
    template,
    parameters: [...template.parameters.values()].map((declaration) => ({
      declaration,
      value: given[declaration.name],
      defaultValue: environment.parameter_defaults[declaration.name] ?? declaration.defaultValue,
    })),
    environment: environmentDocument(environment),
    diagnostics,
    nested,
  };
}

/** The same for the child stack of each resource that composes one; of a group's members the first stands for all. */
function nestedViews(parts: PrepareParts, caller: Caller, { desired, stack, zones }: Built): ValidationView['nested'] {
  if (!desired) return {};
  const nested: { [resource: string]: ValidationView & { readonly type: string } } = {};
  const scope = pendingScope({ desired, stack, zones });
  for (const resource of desired.resources.values()) {
    const child = resource.type.composed && childOf(desired, resource, scope);
    if (!child) continue;
    const { template, diagnostics } = parseTemplate(child.stack.template, {
      files: child.stack.files ?? desired.record.files,
    });
    if (!template) throw new ValidationError(diagnostics);
    const around = childEnvironment(desired.environment, resource.name, resource.mappingPath);
    const environment = { ...around, parameters: child.stack.parameters };
    const built = build(parts, caller, template, environment, { files: child.stack.files ?? desired.record.files });
    nested[resource.name] = {
      ...view(template, environment, diagnostics, nestedViews(parts, caller, built)),
      type: resource.typeName,
    };
  }
  return nested;
}

/** The child of a resource as it would be made, with null for what is not known yet; undefined if that cannot be said. */
function childOf(desired: DesiredStack, resource: DesiredResource, scope: StackScope): ChildStep | undefined {
  try {
    const { evaluated } = evaluateResource(desired, resource, scope);
    const input = {
      name: resource.name,
      physicalName: resource.name,
      properties: shownValue(evaluated.properties) as JsonMap,
      previous: undefined,
      members: [],
      data: {},
      updatePolicy: evaluated.policies.update,
      files: desired.record.files,
    };
    const { composed } = resource.type;
    return composed?.sample ? composed.sample(input) : composed?.child(input)[0];
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof LookupNeeded) return undefined;
    throw error;
  }
}
