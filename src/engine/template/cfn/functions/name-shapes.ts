import { didYouMean } from '../../../model/closest.js';
import type { Position } from '../../../model/diagnostic.js';
import { referencesIn } from '../../evaluate.js';
import type { Expression, MapEntry, TemplateFunction } from '../../expression.js';
import type { SourceNode } from '../../source.js';
import type { CompileContext, FunctionEntry } from '../compile-context.js';
import { NO_VALUE_NAME, PSEUDO_PARAMETERS } from '../dialect.js';
import { itemType } from '../parameter-types.js';
import { entryOf, isNull, textOf } from '../source-nodes.js';
import { condition as conditionFunction, ifElse as ifElseFunction } from './condition-functions.js';
import {
  getAzs as getAzsFunction,
  getStackOutput as getStackOutputFunction,
  importValue as importValueFunction,
} from './lookup-functions.js';
import * as references from './reference-functions.js';
import * as rules from './rule-functions.js';
import { isText, literal } from './shapes.js';
import { hasNestedVariable, sub as subFunction, subVariables } from './text-functions.js';
import { USAGE } from './usage.js';

type Compile = FunctionEntry['compile'];

/** Ref. */
export const ref: Compile = (compiler, argument, at) => {
  const name = textOf(argument);
  if (name !== undefined) return reference(compiler, name, argument.at, at, references.resourceRef);
  if (argument.kind === 'map' && compiler.names.extensions) {
    const computed = compiler.expression(argument);
    if (computed.kind === 'call') return compiler.call(references.computedRef, computed, at);
  }
  return compiler.invalid({ aws: USAGE.ref }, at);
};

function reference(
  compiler: CompileContext,
  name: string,
  nameAt: Position,
  at: Position,
  toResource: TemplateFunction,
): Expression | undefined {
  const { names, report, context } = compiler;
  if (name === NO_VALUE_NAME && report.dialect === 'aws') {
    return compiler.call(references.noValueRef, literal(name, nameAt), at);
  }
  const isResource = names.resources.has(name);
  if (!isResource && (names.parameters.has(name) || PSEUDO_PARAMETERS[report.dialect].has(name))) {
    return compiler.call(references.parameterRef, literal(name, nameAt), at);
  }
  if (context === 'value') return compiler.call(toResource, literal(name, nameAt), at);
  return noResources(compiler, name, at);
}

function noResources(compiler: CompileContext, name: string, at: Position): undefined {
  const block = compiler.context === 'rule' ? 'Rules' : 'Conditions';
  const aws = `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the ${block} block of the template`;
  const hint = compiler.names.resources.has(name) ? {} : didYouMean(name, compiler.names.parameters.keys());
  return compiler.invalid({ aws }, at, hint);
}

/** Fn::GetAtt: `[resource, attribute]` or, for AWS, `'resource.attribute'`. */
export const getAtt: Compile = (compiler, argument, at) => {
  const { report, names } = compiler;
  const wording = {
    aws: USAGE.getAtt,
    heat: 'Arguments to "Fn::GetAtt" must be of the form [resource_name, attribute]',
  };
  const items = getAttItems(compiler, argument);
  const [resource, attribute] = items ?? [];
  const isComputed = resource?.kind === 'call' && names.extensions;
  if (!items || !resource || !attribute || !(references.literalText(resource) || isComputed)) {
    return compiler.invalid(report.dialect === 'heat' ? wording : { aws: wording.aws }, at);
  }
  if (!(references.literalText(attribute) || attribute.kind === 'call')) {
    return compiler.invalid(report.dialect === 'heat' ? wording : { aws: wording.aws }, at);
  }
  if (compiler.context !== 'value') return noResources(compiler, references.literalText(resource) ?? '', at);
  return compiler.call(references.getAtt, { kind: 'list', items, at: argument.at }, at);
};

function getAttItems(compiler: CompileContext, argument: SourceNode): Expression[] | undefined {
  if (argument.kind === 'list') {
    if (argument.items.length !== 2) return undefined;
    return argument.items.map((item, index) => compiler.child(index, item));
  }
  const text = compiler.report.dialect === 'aws' ? textOf(argument) : undefined;
  const dot = text?.indexOf('.') ?? -1;
  if (text === undefined || dot <= 0 || dot === text.length - 1) return undefined;
  return [literal(text.slice(0, dot), argument.at), literal(text.slice(dot + 1), argument.at)];
}

/** Fn::Sub; the variables that its text names become references beside those that it is given. */
export const sub: Compile = (compiler, argument, at) => {
  const [textNode, variablesNode] = argument.kind === 'list' ? argument.items : [argument];
  const wellFormed = argument.kind !== 'list' || (argument.items.length === 2 && variablesNode?.kind === 'map');
  const text = textOf(textNode);
  if (!wellFormed || text === undefined || !textNode) return compiler.invalid({ aws: USAGE.sub }, at);
  const entries: MapEntry[] = [];
  if (variablesNode?.kind === 'map') {
    for (const { key, keyAt, value } of variablesNode.entries) {
      if (!/^[A-Za-z0-9_.:]+$/.test(key)) return compiler.invalid({ aws: USAGE.subKey }, keyAt);
      const expression = compiler.child(key, value);
      if (!isText(expression)) return compiler.invalid({ aws: USAGE.subValue }, value.at);
      entries.push({ key, keyAt, value: expression });
    }
  }
  if (hasNestedVariable(text)) return compiler.invalid({ aws: USAGE.subName }, at);
  const given = new Set(entries.map((entry) => entry.key));
  for (const name of subVariables(text)) {
    if (!/^[A-Za-z0-9_.:]+$/.test(name)) return compiler.invalid({ aws: USAGE.subName }, at);
    if (given.has(name)) continue;
    const value = variable(compiler, name, textNode.at);
    if (value === undefined) return undefined;
    entries.push({ key: name, keyAt: textNode.at, value });
  }
  const variables: Expression = { kind: 'map', entries, at: variablesNode?.at ?? textNode.at };
  return compiler.call(subFunction, { kind: 'list', items: [literal(text, textNode.at), variables], at }, at);
};

function variable(compiler: CompileContext, name: string, at: Position): Expression | undefined {
  if (name === NO_VALUE_NAME) return literal('', at);
  const dot = name.indexOf('.');
  if (dot < 0) return reference(compiler, name, at, at, references.subRef);
  const [resource, attribute] = [name.slice(0, dot), name.slice(dot + 1)];
  if (resource === '' || attribute === '') return compiler.invalid({ aws: USAGE.subName }, at);
  if (compiler.context !== 'value') return noResources(compiler, resource, at);
  const items = [literal(resource, at), literal(attribute, at)];
  return compiler.call(references.subGetAtt, { kind: 'list', items, at }, at);
}

/** Fn::If: `[condition, then, else]`. */
export const ifElse: Compile = (compiler, argument, at) => {
  if (argument.kind !== 'list' || argument.items.length === 0) return compiler.invalid({ aws: USAGE.ifCondition }, at);
  const [test, then, otherwise, ...more] = argument.items;
  const heat = 'Arguments to "Fn::If" must be of the form: [condition_name, value_if_true, value_if_false]';
  if (!test || !then || !otherwise || more.length > 0) return compiler.invalid({ aws: USAGE.ifElements, heat }, at);
  const chosen = ifTest(compiler, test);
  const items = [chosen, compiler.child(1, then), compiler.child(2, otherwise)];
  const complete = items.filter((item) => item !== undefined);
  return complete.length === 3
    ? compiler.call(ifElseFunction, { kind: 'list', items: complete, at: argument.at }, at)
    : undefined;
};

function ifTest(compiler: CompileContext, test: SourceNode): Expression | undefined {
  const name = textOf(test);
  if (name === undefined || compiler.context === 'rule') return compiler.operand(test, { aws: USAGE.ifCondition });
  return conditionName(compiler, name, test.at, 'Fn::If');
}

function conditionName(compiler: CompileContext, name: string, at: Position, where: string): Expression | undefined {
  const { conditions } = compiler.names;
  if (conditions.has(name)) return literal(name, at);
  const wording = {
    aws: `Template error: unresolved condition dependency ${name} in ${where}`,
    heat: `Invalid condition "${name}"`,
  };
  return compiler.invalid(wording, at, didYouMean(name, conditions));
}

/** Condition, inside of conditions. */
export const condition: Compile = (compiler, argument, at) => {
  const name = textOf(argument);
  if (name === undefined) return compiler.invalid({ aws: USAGE.condition }, at);
  const checked = conditionName(compiler, name, argument.at, 'Condition');
  return checked && compiler.call(conditionFunction, checked, at);
};

/** Fn::ImportValue. */
export const importValue: Compile = (compiler, argument, at) => {
  const name = compiler.expression(argument);
  if (!isText(name) || dependsOnOthers(name)) return compiler.invalid({ aws: USAGE.importValue }, at);
  return compiler.call(importValueFunction, name, at);
};

/** Fn::GetAZs; nothing at all means the stack's own region. */
export const getAzs: Compile = (compiler, argument, at) => {
  const region = isNull(argument) ? literal('', argument.at) : compiler.expression(argument);
  if (!isText(region) || dependsOnOthers(region)) return compiler.invalid({ aws: USAGE.getAzs }, at);
  return compiler.call(getAzsFunction, region, at);
};

/** True if a value comes from a resource, from another stack or from the zones: too late for names of exports. */
export function dependsOnOthers(expression: Expression): boolean {
  return referencesIn(expression).length > 0 || calls(expression, LATE);
}

const LATE: ReadonlySet<string> = new Set([importValueFunction.name, getStackOutputFunction.name, getAzsFunction.name]);

function calls(expression: Expression, functions: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case 'literal':
      return false;
    case 'list':
      return expression.items.some((item) => calls(item, functions));
    case 'map':
      return expression.entries.some((entry) => calls(entry.value, functions));
    case 'call':
      return functions.has(expression.fn.name) || calls(expression.argument, functions);
  }
}

const STACK_OUTPUT_KEYS: ReadonlySet<string> = new Set(['StackName', 'OutputName', 'Region', 'RoleArn']);

/** Fn::GetStackOutput. */
export const getStackOutput: Compile = (compiler, argument, at) => {
  const isComplete =
    argument.kind === 'map' &&
    entryOf(argument, 'StackName') !== undefined &&
    entryOf(argument, 'OutputName') !== undefined &&
    argument.entries.every(({ key }) => STACK_OUTPUT_KEYS.has(key));
  const map = isComplete ? compiler.map(argument) : undefined;
  if (!map?.entries.every(({ value }) => isText(value)) || dependsOnOthers(map)) {
    return compiler.invalid({ aws: USAGE.getStackOutput }, at);
  }
  return compiler.call(getStackOutputFunction, map, at);
};

/** Fn::RefAll: the parameters of the type are known already. */
export const refAll: Compile = (compiler, argument, at) => {
  const names = parametersOfType(compiler, textOf(argument));
  if (!names) return compiler.invalid({ aws: 'Template error: every Fn::RefAll object requires a parameter type' }, at);
  const items = names.map((name) => compiler.call(references.parameterRef, literal(name, argument.at), at));
  return compiler.call(rules.refAll, { kind: 'list', items, at: argument.at }, at);
};

function parametersOfType(compiler: CompileContext, type: string | undefined): string[] | undefined {
  if (type === undefined) return undefined;
  return [...compiler.names.parameters].filter(([, declared]) => itemType(declared) === type).map(([name]) => name);
}

/** Fn::ValueOf: `[parameter, attribute]`. */
export const parameterValueOf: Compile = (compiler, argument, at) => {
  const [parameter, attribute] = argument.kind === 'list' ? argument.items.map(textOf) : [];
  if (parameter === undefined || attribute === undefined || !compiler.names.parameters.has(parameter)) {
    const aws = 'Template error: every Fn::ValueOf object requires the name of a parameter and of an attribute';
    return compiler.invalid({ aws }, at);
  }
  return compiler.call(
    rules.parameterValueOf,
    pairs([parameter], attribute, argument.at).items[0] ?? literal('', at),
    at,
  );
};

/** Fn::ValueOfAll: `[parameter type, attribute]`. */
export const valueOfAll: Compile = (compiler, argument, at) => {
  const [type, attribute] = argument.kind === 'list' ? argument.items.map(textOf) : [];
  const names = parametersOfType(compiler, type);
  if (!names || attribute === undefined) {
    const aws = 'Template error: every Fn::ValueOfAll object requires a parameter type and the name of an attribute';
    return compiler.invalid({ aws }, at);
  }
  return compiler.call(rules.valueOfAll, pairs(names, attribute, argument.at), at);
};

function pairs(names: readonly string[], attribute: string, at: Position) {
  const items = names.map(
    (name): Expression => ({ kind: 'list', items: [literal(name, at), literal(attribute, at)], at }),
  );
  return { kind: 'list', items, at } as const;
}
