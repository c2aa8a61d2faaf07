import { type Diagnostic, Diagnostics } from '../model/diagnostic.js';
import { ValidationError } from '../model/errors.js';
import type { Json } from '../model/value.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { type Environment, environmentDocument } from '../template/environment/environment.js';
import { isTemplateName, resolveType } from '../template/environment/resolve-type.js';
import { parseTemplate } from '../template/parse-template.js';
import type { Template } from '../template/template.js';
import { validateTemplate } from '../template/validate-template.js';
import { blankStack } from './create-stack.js';
import { buildDesired } from '../planning/build-desired.js';
import { validateDesired } from '../planning/validate-desired.js';
import { newId } from '../model/ids.js';
import { type PrepareParts, readEnvironment } from './prepare.js';
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
  diagnostics.all.push(...validateTemplate(template));
  if (!diagnostics.hasErrors) diagnostics.all.push(...checkResources(parts, caller, template, environment, input));
  // CloudFormation refuses what Heat lets pass here: values that are missing or do not fit.
  if (diagnostics.hasErrors && caller.origin === 'cfn') throw new ValidationError(diagnostics.all);
  return view(template, environment, diagnostics.all, input);
}

/** Types, properties and attributes, as far as they can be known without values of parameters. */
function checkResources(
  parts: PrepareParts,
  caller: Caller,
  template: Template,
  environment: Environment,
  input: TemplateInput,
): readonly Diagnostic[] {
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
  if (!desired) return diagnostics;
  const { customCheck } = parts;
  return [...diagnostics, ...validateDesired({ desired, stack, zones, ...(customCheck ? { customCheck } : {}) })];
}

function view(
  template: Template,
  environment: Environment,
  diagnostics: readonly Diagnostic[],
  input: TemplateInput & { readonly showNested?: boolean },
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
    nested: input.showNested ? nestedViews(template, environment, input) : {},
  };
}

function nestedViews(template: Template, environment: Environment, input: TemplateInput) {
  const nested: { [resource: string]: ValidationView & { readonly type: string } } = {};
  for (const { name, type } of template.resources.values()) {
    const target = resolveType(environment, type, name);
    const key = target?.kind === 'template' ? target.key : isTemplateName(type) ? type : undefined;
    const text = key === undefined ? undefined : input.files?.[key];
    if (text === undefined) continue;
    const { template: inner, diagnostics } = parseTemplate(text, { ...(input.files ? { files: input.files } : {}) });
    if (!inner) throw new ValidationError(diagnostics);
    const path = target?.kind === 'template' ? target.path : [];
    const child = childEnvironment(environment, name, path);
    nested[name] = { ...view(inner, child, diagnostics, { ...input, showNested: true }), type };
  }
  return nested;
}

