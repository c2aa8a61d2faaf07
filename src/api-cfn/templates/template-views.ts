import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import type { Constraint } from '../../engine/model/constraint.js';
import type { ParameterDeclaration, Template } from '../../engine/template/template.js';
import type { Output } from '../protocol/write-output.js';
import { textValue } from '../stacks/text-value.js';

/** A parameter as `ValidateTemplate` shows it. */
export function templateParameter({ name, defaultValue, hidden, description }: ParameterDeclaration): Output {
  return {
    ParameterKey: name,
    DefaultValue: defaultValue === undefined || defaultValue === null ? undefined : textValue(defaultValue),
    NoEcho: hidden,
    Description: description,
  };
}

/** The same as `GetTemplateSummary` shows it. */
export function parameterDeclaration(declaration: ParameterDeclaration): Output {
  return {
    ...templateParameter(declaration),
    ParameterType: declaration.declaredType,
    ParameterConstraints: { AllowedValues: allowedValues(declaration.constraints) },
  };
}

function allowedValues(constraints: readonly Constraint[]): string[] | undefined {
  for (const constraint of constraints) {
    if (constraint.kind === 'allowed_values') return constraint.values.map((value) => textValue(value));
  }
  return undefined;
}

/** The types of a template's resources, each once. */
export function typesOf(template: Template): string[] {
  return [...new Set([...template.resources.values()].map(({ type }) => type))];
}

/** By which properties resources of each type are known: what an import has to name. */
export function identifierSummaries(
  template: Template,
  schemaOf: (type: string) => ResourceSchema | undefined,
): Output[] {
  return typesOf(template).flatMap((type) => {
    const identifiers = schemaOf(type)?.primaryIdentifier;
    if (!identifiers?.length) return [];
    const names = [...template.resources.values()].filter((resource) => resource.type === type).map(({ name }) => name);
    return [{ ResourceType: type, LogicalResourceIds: names, ResourceIdentifiers: [...identifiers] }];
  });
}
