import { isMap, type Json, type Value } from '../../../model/value.js';
import { EvaluationError, type TemplateFunction } from '../../expression.js';
import { findInMap, getAzs } from './lookup-functions.js';
import { indexOf } from './text-functions.js';

/** Fn::Join in Heat's dialect: the items have to be strings; null is nothing. */
export const heatJoin: TemplateFunction = {
  name: 'Fn::Join',
  summary: 'Joins texts with a delimiter between them.',
  evaluate(argument, _scope, at) {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw new EvaluationError('"Fn::Join" syntax should be [ <delimiter>, [ <string 1>, <string 2>, ... ] ]', at);
    }
    const [delimiter, items] = argument;
    if (typeof delimiter !== 'string') throw new EvaluationError('"Fn::Join" delimiter must be a string', at);
    if (items === null) return '';
    if (!Array.isArray(items)) throw new EvaluationError('"Fn::Join" must operate on a list', at);
    const texts: readonly Value[] = items;
    for (const item of texts) {
      if (item !== null && typeof item !== 'string') {
        throw new EvaluationError(`Items to join must be strings not ${shown(item)}`, at);
      }
    }
    return texts.join(delimiter);
  },
};

/** Fn::Select in Heat's dialect: from a list by index, from a map by key; what is not there is "". */
export const heatSelect: TemplateFunction = {
  name: 'Fn::Select',
  summary: 'Gives one item of a list or map.',
  evaluate(argument, _scope, at) {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw new EvaluationError('Arguments to "Fn::Select" must be of the form [index, collection]', at);
    }
    const [lookup, given] = argument;
    const collection = typeof given === 'string' && given !== '' ? parsedJson(given, at) : given;
    if (collection === '' || collection === null || collection === undefined) return '';
    if (isMap(collection)) {
      if (typeof lookup !== 'string') throw new EvaluationError('Index to "Fn::Select" must be a string', at);
      return Object.hasOwn(collection, lookup) ? (collection[lookup] ?? '') : '';
    }
    const index = indexOf(lookup ?? null);
    if (index === undefined) throw new EvaluationError('Index to "Fn::Select" must be an integer', at);
    if (!Array.isArray(collection)) throw new EvaluationError('Arguments to "Fn::Select" must be a list or a map', at);
    const items: readonly Value[] = collection;
    return items.at(index) ?? '';
  },
};

/** Fn::Split in Heat's dialect. */
export const heatSplit: TemplateFunction = {
  name: 'Fn::Split',
  summary: 'Cuts a text into a list wherever a delimiter stands.',
  evaluate(argument, _scope, at) {
    const usage = 'Incorrect arguments to "Fn::Split": [ <delimiter>, <string> ]';
    if (!Array.isArray(argument) || argument.length !== 2) throw new EvaluationError(usage, at);
    const [delimiter, text] = argument;
    if (typeof delimiter !== 'string' || typeof text !== 'string') throw new EvaluationError(usage, at);
    return text.split(delimiter);
  },
};

/** Fn::Base64 in Heat's dialect, where user data is encoded later. */
export const heatBase64: TemplateFunction = {
  name: 'Fn::Base64',
  summary: 'Marks a text that is to be encoded as Base64 when it is used.',
  evaluate(argument, _scope, at) {
    if (typeof argument !== 'string') throw new EvaluationError('"Fn::Base64" argument must be a string', at);
    return argument;
  },
};

/** Fn::FindInMap in Heat's dialect: a missing name is the error, quoted. */
export const heatFindInMap: TemplateFunction = {
  ...findInMap,
  evaluate(argument, scope, at) {
    const names = Array.isArray(argument) ? argument : [];
    let value: Json | undefined = typeof names[0] === 'string' ? scope.mapping(names[0]) : undefined;
    if (value === undefined) throw new EvaluationError(`'${String(names[0])}'`, at, 'KeyError');
    for (const name of names.slice(1, 3)) {
      const next: Json | undefined =
        isMap(value) && Object.hasOwn(value, String(name)) ? (value[String(name)] as Json) : undefined;
      if (next === undefined) throw new EvaluationError(`'${String(name)}'`, at, 'KeyError');
      value = next;
    }
    return value;
  },
};

/** Fn::GetAZs in Heat's dialect, which takes any argument. */
export const heatGetAzs: TemplateFunction = {
  ...getAzs,
  evaluate: (region, scope) => [...scope.zones(typeof region === 'string' ? region : '')],
};

/** Fn::Replace: `[{text to find: replacement}, text]`. */
export const replace: TemplateFunction = {
  name: 'Fn::Replace',
  summary: 'Replaces parts of a text.',
  evaluate(argument, _scope, at) {
    const [mapping, template] = Array.isArray(argument) ? argument : [];
    if (!isMap(mapping)) throw new EvaluationError('"Fn::Replace" parameters must be a mapping', at);
    if (typeof template !== 'string') throw new EvaluationError('"Fn::Replace" template must be a string', at);
    const keys = Object.keys(mapping).filter((key) => key !== '');
    if (keys.length === 0) return template;
    // The longest first, all in one pass: a replacement is not searched again.
    const pattern = keys
      .sort((a, b) => b.length - a.length)
      .map((key) => key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('|');
    return template.replace(new RegExp(pattern, 'g'), (key) => {
      const value = mapping[key] ?? '';
      if (typeof value === 'object' || typeof value === 'symbol') {
        throw new EvaluationError(`"Fn::Replace" params must be strings or numbers, param ${key} is not valid`, at);
      }
      return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
    });
  },
};

/** Fn::MemberListToMap: `[key name, value name, ['.member.0.Name=k', '.member.0.Value=v']]`. */
export const memberListToMap: TemplateFunction = {
  name: 'Fn::MemberListToMap',
  summary: 'Turns a list of numbered keys and values into a map.',
  evaluate(argument, _scope, at) {
    const usage =
      'Incorrect arguments to "Fn::MemberListToMap" should be: ' +
      "[<key name>, <value name>, ['.member.0.<key name>=<key>', '.member.0.<value name>=<value>', ...]]";
    const [keyName, valueName, members] = Array.isArray(argument) ? argument : [];
    if (typeof keyName !== 'string' || typeof valueName !== 'string' || !Array.isArray(members)) {
      throw new EvaluationError(usage, at);
    }
    const rows = new Map<string, { key?: string; value?: string }>();
    for (const member of members as readonly Value[]) {
      const match = typeof member === 'string' ? /^\.?member\.(\d+)\.([^=]*)=(.*)$/s.exec(member) : undefined;
      if (!match) throw new EvaluationError(usage, at);
      const [, number = '', name, text = ''] = match;
      const row = rows.get(number) ?? {};
      if (name === keyName) row.key = text;
      else if (name === valueName) row.value = text;
      rows.set(number, row);
    }
    const ordered = [...rows].sort(([a], [b]) => Number(a) - Number(b));
    return Object.fromEntries(
      ordered.flatMap(([, row]) => (row.key === undefined ? [] : [[row.key, row.value ?? '']])),
    );
  },
};

const FACADE_PARTS = {
  Metadata: 'metadata',
  DeletionPolicy: 'deletion_policy',
  UpdatePolicy: 'update_policy',
} as const;

/** The arguments that Fn::ResourceFacade takes. */
export const FACADE_ARGUMENTS: readonly string[] = Object.keys(FACADE_PARTS);

/** Fn::ResourceFacade. */
export const resourceFacade: TemplateFunction = {
  name: 'Fn::ResourceFacade',
  summary: 'In a template resource: a section of the resource that stands for it in the parent stack.',
  evaluate(part, scope, at) {
    if (typeof part !== 'string' || !Object.hasOwn(FACADE_PARTS, part)) {
      throw new EvaluationError(
        `Incorrect arguments to "Fn::ResourceFacade" should be one of: ${FACADE_ARGUMENTS.join(', ')}`,
        at,
      );
    }
    return scope.facade(FACADE_PARTS[part as keyof typeof FACADE_PARTS]) ?? null;
  },
};

function parsedJson(text: string, at: Parameters<NonNullable<TemplateFunction['evaluate']>>[2]): Value {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new EvaluationError(`"Fn::Select" argument is not valid JSON: ${text}`, at);
  }
}

/** A value as Python prints it in a message. */
function shown(value: Value): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
