import { isMap, type Value } from '../../../model/value.js';
import { EvaluationError, type TemplateFunction } from '../../expression.js';
import { splitCidr } from '../cidr.js';
import { scalarText } from '../source-nodes.js';
import { indexOf } from './text-functions.js';
import { USAGE } from './usage.js';

/** Fn::FindInMap: `[map, key, attribute]`, and with the language extensions `{DefaultValue: …}` as a fourth. */
export const findInMap: TemplateFunction = {
  name: 'Fn::FindInMap',
  summary: "Gives a value of the template's Mappings.",
  evaluate(argument, scope, at) {
    const [name, key, attribute, fallback] = Array.isArray(argument) ? argument : [];
    const names = [name, key, attribute].map((item) => scalarText(item ?? null));
    const [mapName, firstKey, secondKey] = names;
    if (mapName === undefined || firstKey === undefined || secondKey === undefined) {
      throw new EvaluationError(USAGE.findInMap, at);
    }
    const mapping = scope.mapping(mapName);
    const row = mapping && Object.hasOwn(mapping, firstKey) ? mapping[firstKey] : undefined;
    const found = isMap(row) && Object.hasOwn(row, secondKey) ? row[secondKey] : undefined;
    if (found !== undefined) return found;
    if (isMap(fallback) && Object.hasOwn(fallback, 'DefaultValue')) return fallback.DefaultValue ?? null;
    throw new EvaluationError(
      mapping
        ? `Template error: Unable to get mapping for ${mapName}::${firstKey}::${secondKey}`
        : `Template error: Mapping named '${mapName}' is not present in the 'Mappings' section of template.`,
      at,
    );
  },
};

/** Fn::GetAZs. */
export const getAzs: TemplateFunction = {
  name: 'Fn::GetAZs',
  summary: 'Gives the availability zones of a region.',
  evaluate(region, scope, at) {
    if (typeof region !== 'string') throw new EvaluationError(USAGE.getAzs, at);
    return [...scope.zones(region)];
  },
};

/** Fn::ImportValue. */
export const importValue: TemplateFunction = {
  name: 'Fn::ImportValue',
  summary: 'Gives a value that another stack exports.',
  evaluate(name, scope, at) {
    const text = scalarText(name);
    if (text === undefined) throw new EvaluationError(USAGE.importValue, at);
    return scope.exported(text);
  },
};

/** Fn::GetStackOutput: `{StackName, OutputName, Region, RoleArn}`. */
export const getStackOutput: TemplateFunction = {
  name: 'Fn::GetStackOutput',
  summary: 'Gives an output of another stack, exported or not.',
  evaluate(argument, scope, at) {
    const { StackName: stack, OutputName: output, Region: region } = isMap(argument) ? argument : {};
    if (typeof stack !== 'string' || typeof output !== 'string') throw new EvaluationError(USAGE.getStackOutput, at);
    return typeof region === 'string' ? scope.stackOutput(stack, output, region) : scope.stackOutput(stack, output);
  },
};

/** Fn::Cidr: `[block, count, bits]`. */
export const cidr: TemplateFunction = {
  name: 'Fn::Cidr',
  summary: 'Splits an address block into smaller ones.',
  evaluate(argument, _scope, at) {
    const [block, count, bits] = Array.isArray(argument) ? argument : [];
    const amount = indexOf(count ?? null);
    if (typeof block !== 'string' || amount === undefined) throw new EvaluationError(USAGE.cidr, at);
    // Without bits: a /24 of IPv4, a /64 of IPv6.
    const hostBits = bits === undefined ? (block.includes(':') ? 64 : 8) : indexOf(bits);
    if (hostBits === undefined) throw new EvaluationError(USAGE.cidr, at);
    try {
      return splitCidr(block, amount, hostBits);
    } catch (error) {
      if (error instanceof RangeError) throw new EvaluationError(`Template error: Fn::Cidr: ${error.message}`, at);
      throw error;
    }
  },
};

/** A macro call that nobody expanded: it names a macro that is not here. */
export const transform: TemplateFunction = {
  name: 'Fn::Transform',
  summary: 'Lets a macro rewrite a part of the template.',
  evaluate(argument, _scope, at) {
    const call: Value = Array.isArray(argument) ? (argument[0] ?? null) : argument;
    const name = isMap(call) ? (scalarText(call.Name ?? null) ?? '') : '';
    throw new EvaluationError(`No transform named ${name} found.`, at);
  },
};
