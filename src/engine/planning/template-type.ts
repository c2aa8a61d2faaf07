import type { PropertySchema, PropertyType, ResourceSchema } from '../drivers/resource-schema.js';
import type { ChildStep, ChildView, ComposedType, Progress, ResourceType } from '../drivers/resource-type.js';
import type { Diagnostic, Diagnostics } from '../model/diagnostic.js';
import { InvariantError } from '../model/errors.js';
import { isMap, type Json, type JsonMap, sortedJson } from '../model/value.js';
import { EvaluationError } from '../template/expression.js';
import type { ParameterDeclaration, ParameterType, ResourceDeclaration, Template } from '../template/template.js';
import { parseCached } from '../template/template-cache.js';
import { walk } from './scope.js';

const PROPERTY_TYPES: { readonly [type in ParameterType]: PropertyType } = {
  string: 'string',
  number: 'number',
  comma_delimited_list: 'list',
  json: 'map',
  boolean: 'boolean',
};

/**
 * The resource type that a nested template is: its parameters are the properties (all may change in place), its outputs
 * the attributes. Reports a diagnostic and gives undefined if the template is missing or cannot be read.
 */
export function templateType(
  key: string,
  typeName: string,
  files: { readonly [key: string]: string },
  diagnostics: Diagnostics,
  declaration: ResourceDeclaration | undefined,
): ResourceType | undefined {
  const text = files[key];
  const place = {
    path: ['resources', declaration?.name ?? typeName],
    ...(declaration ? { at: declaration.typeAt } : {}),
  };
  if (text === undefined) {
    diagnostics.error('missing-file', `Could not fetch remote template "${key}": Invalid URL scheme ${schemeOf(key)}`, {
      ...place,
      hint: `it is not among the files that came with the template: send ${key} along`,
    });
    return undefined;
  }
  const { template, diagnostics: inner } = parseCached(text, { source: key, files });
  diagnostics.all.push(...inner.filter((diagnostic) => !isOutputsOwn(diagnostic)));
  return template && createTemplateType(key, typeName, template, text);
}

/** A parameter that only an output of a nested template misses shows when somebody asks for that output. */
export function isOutputsOwn({ code, path }: Diagnostic): boolean {
  return code === 'unknown-parameter' && path[0] === 'outputs';
}

/** Heat takes what it was not sent for an address, and an address without a scheme for a wrong one. */
function schemeOf(key: string): string {
  return /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(key)?.[1]?.toLowerCase() ?? '';
}

function createTemplateType(key: string, typeName: string, template: Template, text: string): ResourceType {
  const composed: ComposedType = {
    isTemplate: true,
    child: ({ properties, files }): readonly ChildStep[] => [
      { stack: { template: text, files, parameters: parametersFrom(template, properties) } },
    ],
    knows: (name) => template.outputs.has(name) || name === 'show' || name.startsWith('resource.'),
    async attribute(child, _properties, name, path) {
      const outputs = await child.outputs();
      const trouble = await child.outputError?.(name);
      if (trouble !== undefined) throw new EvaluationError(trouble);
      if (Object.hasOwn(outputs, name)) return walk(outputs[name] ?? null, path) as Json;
      const member = /^resource\.([^.]+)(?:\.(.+))?$/.exec(name);
      if (member?.[1] === undefined) return undefined;
      if (member[2] !== undefined) return child.memberAttribute(member[1], member[2], path);
      const [attribute, ...rest] = path;
      if (attribute !== undefined) return child.memberAttribute(member[1], String(attribute), rest);
      return (await child.members()).find((candidate) => candidate.name === member[1])?.reference ?? null;
    },
    ...(template.outputs.has('OS::stack_id')
      ? { reference: async (child: ChildView) => (await child.outputs())['OS::stack_id'] ?? null }
      : {}),
  };
  return { schema: schemaOf(key, typeName, template), composed, create: mustCompose, delete: mustCompose };
}

function mustCompose(): Promise<Progress> {
  throw new InvariantError('a nested template has no driver of its own');
}

/** A nested template's parameters and outputs as a resource schema. */
export function schemaOf(key: string, typeName: string, template: Template): ResourceSchema {
  return {
    type: typeName,
    origin: 'heat',
    properties: Object.fromEntries(
      [...template.parameters].map(([name, declaration]) => [name, propertyOf(declaration)]),
    ),
    attributes: Object.fromEntries([...template.outputs.keys()].map((name) => [name, {}])),
    openAttributes: true,
    supportStatus: { status: 'SUPPORTED', version: null, message: null, previous: null },
    nameLimit: 255,
    className: key,
    canSnapshot: true,
    capabilities: { check: true, suspend: true, signal: false },
  };
}

function propertyOf(declaration: ParameterDeclaration): PropertySchema {
  return {
    type: PROPERTY_TYPES[declaration.type],
    required: declaration.defaultValue === undefined,
    onChange: 'update',
    ...(declaration.hidden ? { secret: true } : {}),
    constraints: declaration.constraints,
  };
}

/** Properties as parameters take them: lists joined by commas, lists of maps as `.member.N` pairs, maps as they are. */
function parametersFrom(template: Template, properties: JsonMap): JsonMap {
  const parameters: JsonMap = {};
  for (const name of template.parameters.keys()) {
    const value = properties[name];
    if (value === undefined || value === null) continue;
    parameters[name] = Array.isArray(value) && template.parameters.get(name)?.type !== 'json' ? joined(value) : value;
  }
  return parameters;
}

function joined(items: readonly Json[]): string {
  if (!items.some(isMap)) return items.map((item) => (typeof item === 'string' ? item : sortedJson(item))).join(',');
  return items
    .flatMap((item, index) =>
      Object.entries(isMap(item) ? (item as JsonMap) : {}).map(
        ([key, value]) => `.member.${index}.${key}=${String(value)}`,
      ),
    )
    .join(',');
}
