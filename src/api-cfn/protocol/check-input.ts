import type { Json, JsonMap } from '../../engine/model/value.js';
import { membersOf, type Shape, shapeNamed } from '../model/service-model.js';
import { type CfnError, validationError } from './cfn-error.js';

/** Characters that no XML document may have: an answer could not repeat them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Longer texts than any pattern of the model speaks of are not matched: a pattern's time grows with its text. */
const MAX_MATCHED = 8192;

const STACK_NAME = '[a-zA-Z][-a-zA-Z0-9]*';

/** Checks that the service makes although its public model does not tell of them. */
const STRICTER: { readonly [member: string]: Partial<Shape> } = {
  'CreateStackInput.StackName': { min: 1, max: 128, pattern: STACK_NAME },
  'CreateChangeSetInput.StackName': { min: 1 },
};

const patterns = new Map<string, RegExp>();

/** Checks an input by the model; undefined if there is nothing to say against it. */
export function checkInput(shapeName: string, input: JsonMap): CfnError | undefined {
  const found: string[] = [];
  checkStructure(shapeName, shapeNamed(shapeName), input, '', found);
  if (found.length === 0) return undefined;
  const head = found.length === 1 ? '1 validation error detected' : `${found.length} validation errors detected`;
  return validationError(`${head}: ${found.join('; ')}`);
}

function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

function report(found: string[], value: string, path: string, constraint: string): void {
  found.push(`Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`);
}

function checkStructure(shapeName: string, shape: Shape, input: JsonMap, path: string, found: string[]): void {
  for (const member of membersOf(shape)) {
    const at = path === '' ? lowerFirst(member.name) : `${path}.${lowerFirst(member.name)}`;
    const value = Object.hasOwn(input, member.name) ? input[member.name] : undefined;
    if (value === undefined) {
      if (shape.required?.includes(member.name)) report(found, 'null', at, 'Member must not be null');
      continue;
    }
    const stricter = STRICTER[`${shapeName}.${member.name}`];
    checkValue(member.shapeName, stricter ? { ...member.shape, ...stricter } : member.shape, value, at, found);
  }
}

function checkValue(shapeName: string, shape: Shape, value: Json, path: string, found: string[]): void {
  switch (shape.type) {
    case 'structure':
      checkStructure(shapeName, shape, value as JsonMap, path, found);
      break;
    case 'list':
      checkList(shape, value as Json[], path, found);
      break;
    case 'map':
      for (const [key, one] of Object.entries(value as JsonMap)) {
        checkValue(shape.value ?? '', shapeNamed(shape.value ?? ''), one, `${path}.${key}.member`, found);
      }
      break;
    case 'string': {
      const text = String(value);
      for (const constraint of brokenByText(shape, text)) report(found, `'${shorten(text)}'`, path, constraint);
      break;
    }
    case 'integer':
    case 'long':
    case 'double':
      for (const constraint of brokenByNumber(shape, Number(value))) report(found, `'${value}'`, path, constraint);
      break;
    default:
      break;
  }
}

function checkList(shape: Shape, items: Json[], path: string, found: string[]): void {
  const shown = () =>
    `'[${shorten(items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join(', '))}]'`;
  if (shape.max !== undefined && items.length > shape.max) {
    report(found, shown(), path, `Member must have length less than or equal to ${shape.max}`);
  }
  if (shape.min !== undefined && items.length < shape.min) {
    report(found, shown(), path, `Member must have length greater than or equal to ${shape.min}`);
  }
  const name = shape.member ?? '';
  const of = shapeNamed(name);
  if (of.type === 'string') {
    const broken = new Set(items.flatMap((item) => brokenByText(of, String(item))));
    if (broken.size > 0) report(found, shown(), path, `Member must satisfy constraint: [${[...broken].join(', ')}]`);
    return;
  }
  for (const [index, item] of items.entries()) checkValue(name, of, item, `${path}.${index + 1}.member`, found);
}

/** Texts are quoted in messages, but not whole templates. */
function shorten(text: string): string {
  return text.length <= 2048 ? text.replaceAll(new RegExp(CONTROL, 'g'), '\ufffd') : `${text.slice(0, 2048)}...`;
}

function brokenByText(shape: Shape, text: string): string[] {
  const broken: string[] = [];
  if (CONTROL.test(text)) broken.push('Member must not contain control characters');
  if (shape.enum && !shape.enum.includes(text))
    broken.push(`Member must satisfy enum value set: [${shape.enum.join(', ')}]`);
  if (shape.max !== undefined && text.length > shape.max) {
    broken.push(`Member must have length less than or equal to ${shape.max}`);
  }
  if (shape.min !== undefined && text.length < shape.min) {
    broken.push(`Member must have length greater than or equal to ${shape.min}`);
  }
  if (shape.pattern !== undefined && !matches(shape.pattern, text)) {
    broken.push(`Member must satisfy regular expression pattern: ${shape.pattern}`);
  }
  return broken;
}

function matches(pattern: string, text: string): boolean {
  let expression = patterns.get(pattern);
  if (!expression) {
    expression = new RegExp(`^(?:${pattern})$`);
    patterns.set(pattern, expression);
  }
  return text.length > MAX_MATCHED || expression.test(text);
}

function brokenByNumber({ min, max }: Shape, value: number): string[] {
  const broken: string[] = [];
  if (max !== undefined && value > max) broken.push(`Member must have value less than or equal to ${max}`);
  if (min !== undefined && value < min) broken.push(`Member must have value greater than or equal to ${min}`);
  return broken;
}
