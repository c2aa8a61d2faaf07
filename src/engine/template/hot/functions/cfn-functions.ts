import { isMap, type Json, type JsonMap, setOwn, Unknown, type Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { pythonInt } from '../python-values.js';
import { namedResource, unknownReference } from './get-resource.js';
import { joinTexts } from './list-join.js';
import { facadeFunction } from './resource-facade.js';
import { replaceChecked } from './str-replace.js';

/** The functions that the first version of HOT took over from CloudFormation, as Heat understands them. */

/** `Ref`: a resource of that name, or else a parameter. */
export const ref: HotFunction = defineFunction({
  name: 'Ref',
  summary: 'What identifies a resource, or the value of a parameter.',
  references(argument, at, scope) {
    const resource = namedResource(argument, scope);
    return resource === undefined ? [] : [{ resource, maybeParameter: true, at }];
  },
  evaluate(argument, scope, at) {
    if (typeof argument === 'string') {
      if (scope.hasResource(argument)) return scope.reference(argument);
      if (scope.hasParameter(argument)) return scope.parameter(argument);
    }
    throw unknownReference(argument, at);
  },
});

/** `Fn::GetAZs`: the names of the availability zones. */
export const fnGetAzs: HotFunction = defineFunction({
  name: 'Fn::GetAZs',
  summary: 'The names of the availability zones.',
  evaluate: (_argument, scope) => [...scope.zones('')],
});

/** `Fn::Base64`: the text itself; user data is encoded where it is sent. */
export const fnBase64: HotFunction = defineFunction({
  name: 'Fn::Base64',
  summary: 'A text as it is; it is encoded when it is sent.',
  evaluate(argument, _scope, at) {
    if (typeof argument !== 'string') throw new EvaluationError('"Fn::Base64" argument must be a string', at);
    return argument;
  },
});

function fromText(text: string, at: EvaluationError['at']): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new EvaluationError(`"Fn::Select": ${error instanceof Error ? error.message : String(error)}`, at);
  }
}

/** `Fn::Select`: one item of a list or map. */
export const fnSelect: HotFunction = defineFunction({
  name: 'Fn::Select',
  summary: 'One item of a list by its index, or of a map by its key.',
  examine(argument: Value) {
    if (Array.isArray(argument) && argument.length === 2) return;
    throw new EvaluationError('Arguments to "Fn::Select" must be of the form [index, collection]');
  },
  evaluate(argument, _scope, at) {
    const [index = null, written = null] = argument as Json[];
    if (written === null || written === '') return '';
    const collection = typeof written === 'string' ? fromText(written, at) : written;
    if (isMap(collection)) {
      if (typeof index !== 'string') throw new EvaluationError('Index to "Fn::Select" must be a string', at);
      return (Object.hasOwn(collection, index) ? collection[index] : undefined) ?? '';
    }
    if (Array.isArray(collection)) {
      const place = pythonInt(index);
      if (place === undefined) throw new EvaluationError('Index to "Fn::Select" must be an integer', at);
      return collection.at(place) ?? '';
    }
    if (collection === null) return '';
    throw new EvaluationError('Arguments to Fn::Select not fully resolved', at);
  },
});

function pairOf(name: string, example: string): (argument: Value) => void {
  return (argument) => {
    if (Array.isArray(argument) && argument.length === 2) return;
    throw new EvaluationError(`Incorrect arguments to "${name}" should be: ${example}`);
  };
}

/** `Fn::Join`: the texts of a list, joined. */
export const fnJoin: HotFunction = defineFunction({
  name: 'Fn::Join',
  summary: 'The texts of a list, joined with a delimiter.',
  examine: pairOf('Fn::Join', '"Fn::Join" : [ " ", [ "str1", "str2"]]'),
  evaluate(argument) {
    const [delimiter = null, items = null] = argument as Json[];
    return joinTexts('Fn::Join', delimiter, items);
  },
});

/** `Fn::Split`: the parts of a text. */
export const fnSplit: HotFunction = defineFunction({
  name: 'Fn::Split',
  summary: 'The parts of a text between delimiters.',
  examine: pairOf('Fn::Split', '"Fn::Split" : [ ",", "str1,str2"]]'),
  evaluate(argument, _scope, at) {
    const [delimiter, text] = argument as Json[];
    if (typeof delimiter !== 'string') throw new EvaluationError('Delimiter for Fn::Split must be string', at);
    if (typeof text !== 'string') {
      throw new EvaluationError(`String to split must be string; got ${typeof text}`, at);
    }
    if (delimiter === '') throw new EvaluationError('empty separator', at);
    return text.split(delimiter);
  },
});

/** `Fn::Replace`: a text in which keys are replaced. */
export const fnReplace: HotFunction = defineFunction({
  name: 'Fn::Replace',
  summary: 'A text in which placeholders are replaced by values.',
  examine(argument: Value) {
    pairOf('Fn::Replace', '{"Fn::Replace": [ {"$var1": "foo", "%var2%": "bar"}, "$var1 is %var2%"]}')(argument);
    const params = (argument as readonly Value[])[0] ?? null;
    if (!isMap(params) && !(params instanceof Unknown)) {
      throw new EvaluationError('"Fn::Replace" parameters must be a mapping');
    }
  },
  evaluate(argument) {
    const [params = null, template = null] = argument as Json[];
    return replaceChecked(template, params, { name: 'Fn::Replace', json: false, strict: false, nonEmpty: false });
  },
});

const MEMBER = /^\.member\.([0-9]+)\.(.+)$/s;

/** `Fn::MemberListToMap`: a map from a list such as `.member.0.Name=key`, `.member.0.Value=value`. */
export const fnMemberListToMap: HotFunction = defineFunction({
  name: 'Fn::MemberListToMap',
  summary: 'A map, from a list of numbered names and values.',
  examine(argument: Value) {
    if (!Array.isArray(argument) || argument.length !== 3) {
      throw new EvaluationError(
        "Wrong Arguments try: \"{'Fn::MemberListToMap': ['Name', 'Value', ['.member.0.Name=key', '.member.0.Value=door']]}\"",
      );
    }
    if (typeof argument[0] !== 'string') throw new EvaluationError('Fn::MemberListToMap Key Name must be a string');
    if (typeof argument[1] !== 'string') throw new EvaluationError('Fn::MemberListToMap Value Name must be a string');
  },
  evaluate(argument, _scope, at) {
    const [keyName, valueName, members] = argument as Json[];
    if (!Array.isArray(members)) throw new EvaluationError('Member list must be a list', at);
    const pairs = new Map<string, { key?: string; value?: string }>();
    for (const member of members) {
      if (typeof member !== 'string') throw new EvaluationError('Member list items must be strings', at);
      const equal = member.indexOf('=');
      const [, index, name] = MEMBER.exec(equal < 0 ? member : member.slice(0, equal)) ?? [];
      if (index === undefined) continue;
      const pair = pairs.get(index) ?? {};
      pairs.set(index, pair);
      if (name === keyName) pair.key = member.slice(equal + 1);
      if (name === valueName) pair.value = member.slice(equal + 1);
    }
    const map: JsonMap = {};
    for (const { key, value } of pairs.values()) {
      if (key !== undefined && value !== undefined) setOwn(map, key, value);
    }
    return map;
  },
});

/** `Fn::ResourceFacade`: metadata or a policy of the resource that this template stands in for. */
export const fnResourceFacade: HotFunction = facadeFunction(
  'Fn::ResourceFacade',
  new Map([
    ['Metadata', 'metadata'],
    ['DeletionPolicy', 'deletion_policy'],
    ['UpdatePolicy', 'update_policy'],
  ]),
);
