import type { AttributeSchema, ResourceSchema } from './resource-schema.js';

/**
 * The schema of an attribute, or undefined if the type has no such attribute. Types whose attributes depend on what
 * they hold (groups, nested stacks, custom resources) have every attribute.
 */
export function attributeOf(schema: ResourceSchema, name: string): AttributeSchema | undefined {
  if (Object.hasOwn(schema.attributes, name)) return schema.attributes[name];
  if (schema.openAttributes || schema.open) return {};
  // CloudFormation reads parts of a structured attribute by a dotted name.
  const dot = name.indexOf('.');
  if (schema.origin !== 'aws' || dot < 0) return undefined;
  return attributeOf(schema, name.slice(0, dot))?.type === 'map' ? {} : undefined;
}
