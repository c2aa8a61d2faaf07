import type { Position } from '../../../model/diagnostic.js';
import { isMap } from '../../../model/value.js';
import type { Expression, TemplateFunction } from '../../expression.js';
import type { SourceNode } from '../../source.js';
import type { CompileContext, FunctionEntry } from '../compile-context.js';
import type { Wording } from '../report.js';
import { childOf, textOf } from '../source-nodes.js';
import { FACADE_ARGUMENTS, resourceFacade as resourceFacadeFunction } from './heat-functions.js';
import { findInMap as findInMapFunction, transform as transformFunction } from './lookup-functions.js';
import { indexOf, join as joinFunction, select as selectFunction } from './text-functions.js';
import { USAGE } from './usage.js';

type Compile = FunctionEntry['compile'];

/** True for what may become one text: a scalar or a call. */
export function isText(expression: Expression): boolean {
  return (expression.kind === 'literal' && expression.value !== null) || expression.kind === 'call';
}

/** True for what may become a list: a list or a call. */
function isList(expression: Expression): boolean {
  return expression.kind === 'list' || expression.kind === 'call';
}

/** A function that takes anything and checks it when it is evaluated. */
export function anyCall(fn: TemplateFunction): Compile {
  return (compiler, argument, at) => compiler.call(fn, compiler.expression(argument), at);
}

/** A function of one text. */
export function scalarCall(fn: TemplateFunction, wording: Wording): Compile {
  return (compiler, argument, at) => {
    const value = compiler.expression(argument);
    return isText(value) ? compiler.call(fn, value, at) : compiler.invalid(wording, at);
  };
}

/** A function of one value of the given kinds. */
export function collectionCall(fn: TemplateFunction, kinds: readonly Expression['kind'][], wording: Wording): Compile {
  return (compiler, argument, at) => {
    const value = compiler.expression(argument);
    return kinds.includes(value.kind) ? compiler.call(fn, value, at) : compiler.invalid(wording, at);
  };
}

/** A function of a list with a fixed number of items. */
export function listCall(
  fn: TemplateFunction,
  min: number,
  max: number,
  wording: Wording,
  accepts: (item: Expression) => boolean = () => true,
): Compile {
  return (compiler, argument, at) => {
    const items = itemsOf(compiler, argument, min, max);
    if (!items?.every(accepts)) return compiler.invalid(wording, at);
    return compiler.call(fn, { kind: 'list', items, at: argument.at }, at);
  };
}

function itemsOf(compiler: CompileContext, argument: SourceNode, min: number, max: number): Expression[] | undefined {
  if (argument.kind !== 'list' || argument.items.length < min || argument.items.length > max) return undefined;
  return argument.items.map((item, index) => compiler.child(index, item));
}

/** A function of a list of conditions. */
export function operands(fn: TemplateFunction, min: number, max: number, wording: Wording): Compile {
  return (compiler, argument, at) => {
    if (argument.kind !== 'list' || argument.items.length < min || argument.items.length > max) {
      return compiler.invalid(wording, at);
    }
    const items = argument.items.map((item) => compiler.operand(item, wording));
    const complete = items.filter((item) => item !== undefined);
    return complete.length === items.length
      ? compiler.call(fn, { kind: 'list', items: complete, at: argument.at }, at)
      : undefined;
  };
}

/** A function of rules: a list, and a value or list to compare its items with. */
export function ruleCall(fn: TemplateFunction): Compile {
  const wording = {
    aws: `Template error: every ${fn.name} object requires a list and a value to compare its items with`,
  };
  return (compiler, argument, at) => {
    const items = itemsOf(compiler, argument, 2, 2);
    if (!items?.[0] || !isList(items[0])) return compiler.invalid(wording, at);
    return compiler.call(fn, { kind: 'list', items, at: argument.at }, at);
  };
}

/** Fn::Join. */
export const join: Compile = (compiler, argument, at) => {
  const items = itemsOf(compiler, argument, 2, 2);
  const [delimiter, texts] = items ?? [];
  const valid =
    items !== undefined &&
    delimiter?.kind === 'literal' &&
    delimiter.value !== null &&
    texts !== undefined &&
    isList(texts) &&
    (texts.kind !== 'list' || texts.items.every((item) => item.kind === 'literal' || item.kind === 'call'));
  return valid
    ? compiler.call(joinFunction, { kind: 'list', items, at: argument.at }, at)
    : compiler.invalid({ aws: USAGE.join }, at);
};

/** Fn::Select. */
export const select: Compile = (compiler, argument, at) => {
  const items = itemsOf(compiler, argument, 2, 2);
  const [index, list] = items ?? [];
  if (!items || !index || !list || !isList(list)) return compiler.invalid({ aws: USAGE.select }, at);
  if (index.kind === 'literal') {
    const position = indexOf(index.value);
    if (position === undefined && list.kind === 'list') return compiler.invalid({ aws: USAGE.selectIndex }, at);
    if (position !== undefined && (position < 0 || (list.kind === 'list' && position >= list.items.length))) {
      const aws = `Template error: Fn::Select cannot select nonexistent value at index ${position}`;
      return compiler.invalid({ aws }, at);
    }
  } else if (index.kind !== 'call') {
    return compiler.invalid({ aws: USAGE.selectIndex }, at);
  }
  return compiler.call(selectFunction, { kind: 'list', items, at: argument.at }, at);
};

/** Fn::FindInMap; names that are written out are looked up at once. */
export const findInMap: Compile = (compiler, argument, at) => {
  const items = itemsOf(compiler, argument, 3, compiler.names.extensions ? 4 : 3);
  if (!items?.slice(0, 3).every(isText)) return compiler.invalid({ aws: USAGE.findInMap }, at);
  const fallback = items[3];
  if (fallback && !(fallback.kind === 'map' && fallback.entries.some(({ key }) => key === 'DefaultValue'))) {
    return compiler.invalid({ aws: USAGE.findInMap }, at);
  }
  const [name, key, attribute] = items.map((item) => (item.kind === 'literal' ? String(item.value) : undefined));
  const { mappings } = compiler.names;
  if (name !== undefined && fallback === undefined) {
    const mapping = Object.hasOwn(mappings, name) ? mappings[name] : undefined;
    if (!mapping) {
      const aws = `Template error: Mapping named '${name}' is not present in the 'Mappings' section of template.`;
      return compiler.invalid({ aws }, at);
    }
    const row = key !== undefined && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
    const missing = key !== undefined && attribute !== undefined && !(isMap(row) && Object.hasOwn(row, attribute));
    if (missing) {
      const aws = `Template error: Unable to get mapping for ${name}::${key}::${attribute}`;
      return compiler.invalid({ aws }, at);
    }
  }
  return compiler.call(findInMapFunction, { kind: 'list', items, at: argument.at }, at);
};

/** Fn::Transform that no macro took: one call or a list of one. */
export const transform: Compile = (compiler, argument, at) => {
  const call = argument.kind === 'list' ? argument.items[0] : argument;
  if (call?.kind !== 'map' || textOf(childOf(call, 'Name')) === undefined) {
    return compiler.invalid({ aws: USAGE.transform }, at);
  }
  return compiler.call(transformFunction, compiler.map(call), at);
};

/** Fn::ResourceFacade. */
export const resourceFacade: Compile = (compiler, argument, at) => {
  const part = textOf(argument);
  if (part !== undefined && FACADE_ARGUMENTS.includes(part)) {
    return compiler.call(resourceFacadeFunction, literal(part, argument.at), at);
  }
  const heat = `Incorrect arguments to "Fn::ResourceFacade" should be one of: ${FACADE_ARGUMENTS.join(', ')}`;
  return compiler.invalid({ aws: USAGE.resourceFacade, heat }, at);
};

/** A literal string. */
export function literal(value: string, at: Position): Expression {
  return { kind: 'literal', value, at };
}
