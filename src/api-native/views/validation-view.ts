import type { Constraint } from '../../engine/model/constraint.js';
import type { Json, JsonMap } from '../../engine/model/value.js';
import type { ValidationView } from '../../engine/stacks/requests.js';
import type { ParameterType } from '../../engine/template/template.js';
import { environmentView } from './environment-view.js';

const TYPES: { readonly [type in ParameterType]: string } = {
  string: 'String',
  number: 'Number',
  comma_delimited_list: 'CommaDelimitedList',
  json: 'Json',
  boolean: 'Boolean',
};

function constraintFields(constraint: Constraint): JsonMap {
  const bounds = (names: readonly [string, string], min: number | undefined, max: number | undefined): JsonMap => ({
    ...(min === undefined ? {} : { [names[0]]: min }),
    ...(max === undefined ? {} : { [names[1]]: max }),
  });
  switch (constraint.kind) {
    case 'length':
      return bounds(['MinLength', 'MaxLength'], constraint.min, constraint.max);
    case 'range':
      return bounds(['MinValue', 'MaxValue'], constraint.min, constraint.max);
    case 'modulo':
      return { Step: constraint.step, Offset: constraint.offset };
    case 'allowed_values':
      return { AllowedValues: [...constraint.values] };
    case 'allowed_pattern':
      return { AllowedPattern: constraint.pattern };
    case 'custom':
      return { CustomConstraint: constraint.name };
  }
}

/** Python's idea of an empty value: Heat leaves those out. */
function isEmpty(value: Json | undefined): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

function parameterView({ declaration, value, defaultValue }: ValidationView['parameters'][number]): JsonMap {
  const { constraints, constraintDescription, label, name, tags } = declaration;
  const descriptions = constraints.flatMap(({ description }) => description ?? []);
  const description = descriptions.length > 0 ? descriptions.join(' ') : constraintDescription;
  return {
    Type: TYPES[declaration.type],
    Description: declaration.description ?? '',
    NoEcho: declaration.hidden ? 'true' : 'false',
    Label: label ?? name,
    ...(defaultValue === undefined ? {} : { Default: defaultValue }),
    ...(isEmpty(value) || value === undefined ? {} : { Value: value }),
    ...(tags.length === 0 ? {} : { Tags: [...tags] }),
    ...Object.assign({}, ...constraints.map(constraintFields)),
    ...(description === undefined ? {} : { ConstraintDescription: description }),
  };
}

function groupsView(view: ValidationView): JsonMap[] {
  return view.template.parameterGroups.map(({ label, description, parameters }) => ({
    ...(label === undefined ? {} : { label }),
    ...(description === undefined ? {} : { description }),
    parameters: [...parameters],
  }));
}

function ownView(view: ValidationView, showNested: boolean): JsonMap {
  const groups = groupsView(view);
  const nested = Object.entries(view.nested).map(([name, child]): [string, Json] => [
    name,
    { Type: child.type, ...ownView(child, true) },
  ]);
  return {
    Description: view.template.description ?? 'No description',
    Parameters: Object.fromEntries(
      view.parameters.map((parameter) => [parameter.declaration.name, parameterView(parameter)]),
    ),
    ...(groups.length === 0 ? {} : { ParameterGroups: groups }),
    ...(showNested && nested.length > 0 ? { NestedParameters: Object.fromEntries(nested) } : {}),
  };
}

/** The answer of `POST /validate`. */
export function validationView(view: ValidationView, showNested: boolean): JsonMap {
  return {
    ...ownView(view, showNested),
    Environment: environmentView(view.environment, view.template, { members: false }),
  };
}
