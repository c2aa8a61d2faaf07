import type { Expression } from '../../engine/template/expression.js';
import { ExpressionWalk } from '../../engine/template/reference-walk.js';
import type { Template } from '../../engine/template/template.js';

/** Why a property changes. */
export interface Cause {
  readonly source: 'ParameterReference' | 'ResourceReference' | 'ResourceAttribute' | 'DirectModification';
  /** The parameter, resource or attribute that changes. */
  readonly entity: string | undefined;
  /** Dynamic: whether it changes at all is known only when it is carried out. */
  readonly evaluation: 'Static' | 'Dynamic';
}

/** What else changes besides the property. */
export interface ChangedEntities {
  readonly parameters: ReadonlySet<string>;
  /** Resources whose id or attributes may become other ones. */
  readonly resources: ReadonlySet<string>;
}

/** The reasons for the change of one property, as its declaration shows them. */
export function causesOf(template: Template, resource: string, property: string, changed: ChangedEntities): Cause[] {
  const declaration = template.resources.get(resource);
  const expression = declaration?.properties.entries.find((entry) => entry.key === property)?.value;
  const causes = expression ? referenceCauses(template, expression, changed) : [];
  const isDynamic = causes.some(({ source }) => source === 'ParameterReference');
  // Beside a changed parameter it cannot be told whether the declaration was changed as well.
  if (causes.length === 0 || isDynamic) {
    causes.push({ source: 'DirectModification', entity: undefined, evaluation: isDynamic ? 'Dynamic' : 'Static' });
  }
  return causes;
}

function referenceCauses(template: Template, expression: Expression, changed: ChangedEntities): Cause[] {
  const causes = new Map<string, Cause>();
  new ExpressionWalk({
    path: [],
    visit: ({ fn, argument }) => {
      const name = argument.kind === 'literal' ? String(argument.value) : '';
      const isParameter = (fn.name === 'Ref' || fn.name === 'get_param') && !template.resources.has(name);
      if (isParameter && changed.parameters.has(name)) {
        causes.set(name, { source: 'ParameterReference', entity: name, evaluation: 'Static' });
      }
    },
    refer: ({ resource, attribute }) => {
      if (!changed.resources.has(resource)) return;
      const entity = attribute === undefined ? resource : `${resource}.${attribute}`;
      causes.set(entity, {
        source: attribute === undefined ? 'ResourceReference' : 'ResourceAttribute',
        entity,
        evaluation: 'Dynamic',
      });
    },
  }).walk(expression);
  return [...causes.values()];
}
