import type { JsonMap } from '../engine/model/value.js';
import { isGiven } from './json-access.js';

/** Heat's sentence for properties that exclude each other, if more than one of them is given. */
export function refuseTogether(properties: JsonMap, ...names: readonly string[]): string[] {
  return names.filter((name) => isFilled(properties, name)).length > 1 ? [togetherSentence(...names)] : [];
}

/** Heat's sentence for properties that exclude each other. */
export function togetherSentence(...names: readonly string[]): string {
  return `Cannot define the following properties at the same time: ${names.join(', ')}.`;
}

/** Heat's sentence for properties of which one must be given, if none is. */
export function requireOneOf(properties: JsonMap, ...names: readonly string[]): string[] {
  return names.some((name) => isFilled(properties, name))
    ? []
    : [`At least one of the following properties must be specified: ${names.join(', ')}.`];
}

/** Heat's sentence for a property that makes no sense without another. */
export function requireWith(properties: JsonMap, name: string, needed: string): string[] {
  return isFilled(properties, name) && !isFilled(properties, needed)
    ? [`${name} cannot be specified without ${needed}.`]
    : [];
}

/** True if a property has a value that counts: not null, not an empty text. */
export function isFilled(properties: JsonMap, name: string): boolean {
  const value = properties[name];
  return isGiven(value) && value !== '';
}
