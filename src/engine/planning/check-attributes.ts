import { attributeOf } from '../drivers/resource-attributes.js';
import type { ChildStep } from '../drivers/resource-type.js';
import { didYouMean } from '../model/closest.js';
import type { Diagnostics, Position } from '../model/diagnostic.js';
import { isMap } from '../model/value.js';
import { referencesIn } from '../template/evaluate.js';
import type { Expression } from '../template/expression.js';
import { ExpressionWalk, type PlacedReference } from '../template/reference-walk.js';
import type { OutputDeclaration } from '../template/template.js';
import type { DesiredStack } from './desired.js';
import type { StackScope } from './scope.js';

/** An attribute of a group that its members have to have. */
interface AskedOfMembers {
  readonly group: string;
  readonly attribute: string;
  readonly at: Position;
}

/** Checks what a template's expressions ask of other resources. */
export class AttributeCheck {
  readonly #desired: DesiredStack;
  readonly #scope: StackScope;
  readonly #diagnostics: Diagnostics;
  readonly #asked: AskedOfMembers[] = [];

  constructor(desired: DesiredStack, scope: StackScope, diagnostics: Diagnostics) {
    this.#desired = desired;
    this.#scope = scope;
    this.#diagnostics = diagnostics;
  }

  /** References to attributes that the other resource's type does not have. */
  check(expression: Expression, start: readonly string[]): void {
    for (const { resource, attribute, at } of referencesIn(expression, [], this.#scope)) {
      const target = attribute === undefined ? undefined : this.#desired.resources.get(resource);
      if (attribute === undefined || !target) continue;
      if (attributeOf(target.type.schema, attribute)) {
        if (target.type.composed?.sample && !Object.hasOwn(target.type.schema.attributes, attribute))
          this.#asked.push({ group: resource, attribute, at });
        continue;
      }
      this.#diagnostics.error(
        'unknown-attribute',
        `The Referenced Attribute (${resource} ${attribute}) is incorrect.`,
        {
          path: placeOf(expression, start, at),
          at,
          prefix: '',
          awsMessage: `Template error: resource ${resource} does not support attribute type ${attribute} in Fn::GetAtt`,
          ...didYouMean(attribute, Object.keys(target.type.schema.attributes)),
        },
      );
    }
  }

  /** References of an output to resources that a condition leaves out: Heat refuses them where the output itself is not left out. */
  checkLeftOut(output: OutputDeclaration, start: readonly string[]): void {
    const { template, resources } = this.#desired;
    if (template.language !== 'hot' || template.resources.size === resources.size) return;
    if (output.condition && this.#scope.truth(output.condition) === false) return;
    for (const { resource, at } of referencesIn(output.value, [], this.#scope)) {
      if (resources.has(resource) || !template.resources.has(resource)) continue;
      this.#diagnostics.error('unknown-reference', `The specified reference "${resource}" (in unknown) is incorrect.`, {
        path: placeOf(output.value, start, at),
        at,
        prefix: '',
        hint: `a condition leaves "${resource}" out; choose another value for that case with \`if\``,
      });
    }
  }

  /** What is asked of a group's members is looked for in their types, as far as a sample of them is known. */
  checkMembers(samples: ReadonlyMap<string, ChildStep>): void {
    for (const { group, attribute, at } of this.#asked) {
      if (attribute.startsWith('resource.')) continue;
      const template = samples.get(group)?.stack.template;
      const members = isMap(template) && isMap(template.resources) ? Object.entries(template.resources) : [];
      const index = members.findIndex(([name, declaration]) => {
        const typeName = isMap(declaration) && typeof declaration.type === 'string' ? declaration.type : '';
        const type = this.#desired.typeNamed(typeName, name);
        return type !== undefined && !type.composed && !attributeOf(type.schema, attribute);
      });
      if (index < 0) continue;
      this.#diagnostics.error(
        'unknown-attribute',
        `The Referenced Attribute (${members[index]?.[0]} ${attribute}) is incorrect.`,
        {
          path: ['resources', `${group}<nested_stack>`, 'outputs', attribute, 'Value', index, 'get_attr'],
          at,
          prefix: '',
        },
      );
    }
  }
}

/** The path of the reference that stands at a position, with the function that refers at its end. */
function placeOf(expression: Expression, start: readonly string[], at: Position): readonly (string | number)[] {
  let place: readonly (string | number)[] = start;
  const refer = (reference: PlacedReference): void => {
    if (reference.at === at) place = [...reference.path, reference.fn];
  };
  new ExpressionWalk({ path: [...start], visit: () => undefined, refer }).walk(expression);
  return place;
}
