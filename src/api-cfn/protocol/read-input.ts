import type { Json, JsonMap } from '../../engine/model/value.js';
import { setOwn } from '../../engine/model/value.js';
import { membersOf, type Shape, shapeNamed } from '../model/service-model.js';
import { CfnError } from './cfn-error.js';
import type { FormNode } from './form.js';

/** The typed input of an action from its form; names that the model does not have are left out, as AWS does. */
export function readInput(shapeName: string, root: FormNode): JsonMap {
  return readStructure(shapeNamed(shapeName), root);
}

function malformed(message: string): CfnError {
  return new CfnError('MalformedInput', message);
}

function readStructure(shape: Shape, node: FormNode): JsonMap {
  const input: JsonMap = {};
  for (const member of membersOf(shape)) {
    const child = node.children.get(member.wireName);
    if (!child) continue;
    const value = readValue(member.shape, child);
    if (value !== undefined) setOwn(input, member.name, value);
  }
  return input;
}

function readValue(shape: Shape, node: FormNode): Json | undefined {
  switch (shape.type) {
    case 'structure':
      if (node.value !== undefined && node.value !== '') throw malformed('Unexpected complex element termination');
      return readStructure(shape, node);
    case 'list':
      return readList(shape, node);
    case 'map':
      return readMap(shape, node);
    default:
      if (node.isComplex) throw malformed('Start of structure or map found where not expected.');
      return readScalar(shape, node.value ?? '');
  }
}

/** `X.member.N`; an empty value stands for an empty list. */
function readList(shape: Shape, node: FormNode): Json[] {
  const items = shape.flattened ? node : node.children.get(shape.memberName ?? 'member');
  const of = shapeNamed(shape.member ?? '');
  if (!items) {
    if (node.isComplex || (node.value !== undefined && node.value !== '')) {
      throw malformed('Unexpected list element termination');
    }
    return [];
  }
  return numbered(items).flatMap((item) => readValue(of, item) ?? []);
}

function readMap(shape: Shape, node: FormNode): JsonMap {
  const map: JsonMap = {};
  const entries = shape.flattened ? node : node.children.get('entry');
  if (!entries) {
    if (node.value !== undefined && node.value !== '') throw malformed('Unexpected map element termination');
    return map;
  }
  for (const entry of numbered(entries)) {
    const key = entry.children.get(shape.keyName ?? 'key')?.value;
    const value = entry.children.get(shape.valueName ?? 'value');
    if (key === undefined) throw malformed('Key of a map entry is missing');
    if (value) setOwn(map, key, readValue(shapeNamed(shape.value ?? ''), value) ?? null);
  }
  return map;
}

/** The members of a list in the order of their numbers; gaps do not matter. */
function numbered(node: FormNode): FormNode[] {
  if (node.value !== undefined && node.value !== '') throw malformed('Unexpected list element termination');
  return [...node.children]
    .map(([key, child]) => {
      if (!/^\d{1,9}$/.test(key) || Number(key) === 0) {
        throw malformed(`Key values of a list have to be positive numbers: ${key.slice(0, 40)}`);
      }
      return { index: Number(key), child };
    })
    .sort((a, b) => a.index - b.index)
    .map(({ child }) => child);
}

function readScalar(shape: Shape, text: string): Json | undefined {
  switch (shape.type) {
    case 'boolean': {
      const word = text.trim().toLowerCase();
      if (word === 'true' || word === '1') return true;
      if (word === 'false' || word === '0') return false;
      throw malformed('boolean must follow xsd1.1 definition');
    }
    case 'integer':
    case 'long':
      if (!/^\s*[+-]?\d{1,15}\s*$/.test(text)) throw malformed(`Expected a number, not '${text.slice(0, 40)}'`);
      return Number(text);
    case 'double':
      if (text.trim() === '' || !Number.isFinite(Number(text)))
        throw malformed(`Expected a number, not '${text.slice(0, 40)}'`);
      return Number(text);
    case 'timestamp': {
      const at = Date.parse(text);
      if (Number.isNaN(at)) throw malformed(`timestamp must follow ISO8601, not '${text.slice(0, 40)}'`);
      return at;
    }
    default:
      return text;
  }
}
