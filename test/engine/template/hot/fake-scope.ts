import type { Json, JsonMap, Value } from '../../../../src/engine/model/value.js';
import { evaluate } from '../../../../src/engine/template/evaluate.js';
import { EvaluationError, type Scope } from '../../../../src/engine/template/expression.js';
import { parseHot } from '../../../../src/engine/template/hot/parse-hot.js';
import { parseDocument } from '../../../../src/engine/template/parse/parse-document.js';
import type { SourceMap } from '../../../../src/engine/template/source.js';
import type { Template } from '../../../../src/engine/template/template.js';
import { validateTemplate } from '../../../../src/engine/template/validate-template.js';

/** What a test's stack knows. */
export interface World {
  parameters?: { [name: string]: Value };
  /** Attributes by resource; a resource's reference is `<name>-id`. */
  resources?: { [name: string]: { [attribute: string]: Value } };
  conditions?: { [name: string]: boolean };
  files?: { [name: string]: string };
  facade?: { [part: string]: Value };
  mappings?: { [name: string]: JsonMap };
}

/** A scope over a small made-up stack; it records the attributes that were asked for. */
export function fakeScope(world: World = {}): Scope & { asked: Json[] } {
  const asked: Json[] = [];
  return {
    asked,
    parameter(name) {
      const value = world.parameters?.[name];
      if (value === undefined) throw new EvaluationError(`The Parameter (${name}) was not provided.`);
      return value;
    },
    hasParameter: (name) => Object.hasOwn(world.parameters ?? {}, name),
    hasResource: (name) => Object.hasOwn(world.resources ?? {}, name),
    reference: (name) => `${name}-id`,
    attribute(resource, attribute, path) {
      asked.push([resource, attribute, [...path] as Json]);
      return world.resources?.[resource]?.[attribute] ?? null;
    },
    attributes: (resource) => world.resources?.[resource] ?? null,
    condition(name) {
      const value = world.conditions?.[name];
      if (value === undefined) throw new EvaluationError(`Invalid condition "${name}"`);
      return value;
    },
    file: (key) => world.files?.[key],
    mapping: (name) => world.mappings?.[name],
    facade: (part) => world.facade?.[part],
    zones: () => ['nova'],
    exported: () => null,
    stackOutput: () => null,
    dynamicReference: () => null,
  };
}

/** The template of a text that must be readable. */
export function readHot(text: string): Template {
  const { root, diagnostics } = parseDocument(text);
  const parsed = root?.kind === 'map' ? parseHot(root as SourceMap) : { diagnostics };
  const template = 'template' in parsed ? parsed.template : undefined;
  if (!template) throw new Error(JSON.stringify([...diagnostics, ...parsed.diagnostics]));
  return template;
}

/** A template whose only resource has the given YAML as its property `p`, one line after the other. */
export function templateWith(yaml: string, version: string): string {
  const lines = yaml.split('\n').map((line) => `        ${line}`);
  return [
    `heat_template_version: ${version}`,
    'parameters: {p: {type: string}, list: {type: json}, map: {type: json}}',
    'resources:',
    '  other: {type: OS::Heat::None}',
    '  r:',
    '    type: OS::Heat::Value',
    '    properties:',
    '      p:',
    ...lines,
  ].join('\n');
}

/** The value of an expression written in YAML. */
export function valueIn(yaml: string, world: World = {}, version = '2021-04-16'): Value {
  const resource = readHot(templateWith(yaml, version)).resources.get('r');
  const expression = resource?.properties.entries[0]?.value;
  if (!expression) throw new Error('no expression');
  return evaluate(expression, fakeScope(world));
}

/** The messages of the static checks on an expression. */
export function mistakesIn(yaml: string, version = '2021-04-16'): string[] {
  return validateTemplate(readHot(templateWith(yaml, version))).map(({ message }) => message);
}
