import { type JsonMap, Unknown, type Value } from '../../../../src/engine/model/value.js';
import { parseCfn } from '../../../../src/engine/template/cfn/parse-cfn.js';
import { evaluate } from '../../../../src/engine/template/evaluate.js';
import { EvaluationError, type Scope } from '../../../../src/engine/template/expression.js';
import { parseDocument } from '../../../../src/engine/template/parse/parse-document.js';
import type { ParseOptions } from '../../../../src/engine/template/parse-options.js';
import type { Template } from '../../../../src/engine/template/template.js';

/** Reads a template's text; every diagnostic of the document stops the test. */
export function read(text: string, options: ParseOptions = {}) {
  const { root, diagnostics } = parseDocument(text);
  if (root?.kind !== 'map' || diagnostics.length > 0) throw new Error(`not a document: ${diagnostics[0]?.message}`);
  return parseCfn(root, options);
}

/** A template that has to be right. */
export function template(text: string, options: ParseOptions = {}): Template {
  const result = read(text, options);
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (!result.template || errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return result.template;
}

/** What CloudFormation's API would say of a template, in order. */
export function awsMessages(text: string, options: ParseOptions = {}): string[] {
  return read(text, options).diagnostics.map(({ message, awsMessage }) => awsMessage ?? message);
}

/** Surroundings with a few parameters and resources. */
export class FakeScope implements Scope {
  constructor(
    readonly parameters: { [name: string]: Value } = {},
    readonly resources: { [name: string]: { [attribute: string]: Value } } = {},
    readonly source?: Template,
  ) {}

  parameter(name: string): Value {
    const value = this.parameters[name] ?? this.source?.parameters.get(name)?.defaultValue;
    if (value === undefined) throw new EvaluationError(`no parameter ${name}`);
    return value;
  }
  hasParameter(name: string) {
    return name in this.parameters;
  }
  hasResource(name: string) {
    return name in this.resources;
  }
  reference(name: string): Value {
    return this.resources[name]?.id ?? new Unknown([name]);
  }
  attribute(name: string, attribute: string): Value {
    return this.resources[name]?.[attribute] ?? new Unknown([`${name}.${attribute}`]);
  }
  attributes(): Value {
    return {};
  }
  condition(name: string): boolean {
    const expression = this.source?.conditions.get(name);
    if (!expression) throw new EvaluationError(`no condition ${name}`);
    return evaluate(expression, this) === true;
  }
  file() {
    return undefined;
  }
  mapping(name: string): JsonMap | undefined {
    return this.source?.mappings[name];
  }
  facade(part: string): Value | undefined {
    return part === 'metadata' ? { note: 'from above' } : undefined;
  }
  zones(region: string) {
    const name = region || 'eu-west-1';
    return [`${name}a`, `${name}b`];
  }
  exported(name: string): Value {
    return `exported ${name}`;
  }
  stackOutput(stack: string, output: string, region = 'here'): Value {
    return `${stack}/${output}/${region}`;
  }
  dynamicReference(service: string, reference: string): Value {
    return `<${service} ${reference}>`;
  }
}

/** The value of a property written in YAML, in a template with the given further sections. */
export function propertyValue(yaml: string, scope: Partial<FakeScope> = {}, more = ''): Value {
  const header = more.includes('HeatTemplateFormatVersion') ? '' : "AWSTemplateFormatVersion: '2010-09-09'\n";
  const text = `${header}${more}\nResources:\n  R:\n    Type: T\n    Properties:\n      P: ${yaml}\n`;
  const parsed = template(text);
  const properties = parsed.resources.get('R')?.properties;
  if (!properties) throw new Error('no resource');
  const value = evaluate(properties, new FakeScope(scope.parameters, scope.resources, parsed));
  return (value as { [key: string]: Value }).P as Value;
}
