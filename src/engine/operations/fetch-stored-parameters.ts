import type { StackRecord } from '../model/records.js';
import type { Json } from '../model/value.js';
import { storedParameterType } from '../template/cfn/parameter-types.js';
import { parseTemplate } from '../template/parse-template.js';
import { parseCached } from '../template/template-cache.js';
import type { EngineParts } from './engine-parts.js';

const STORED_TYPE = 'AWS::SSM::Parameter::Value<';

/** What templates and values are looked through for names of stored parameters. */
export interface StoredParameterInput {
  readonly template?: string | { readonly [key: string]: Json };
  readonly files?: { readonly [key: string]: string };
  readonly parameters?: { readonly [name: string]: Json };
}

/**
 * The contents of the cloud's parameters that an input's templates name (`AWS::SSM::Parameter::Value<…>`), by their
 * names there. They are fetched when a template comes and stay with it, as CloudFormation does; a name that the cloud
 * does not know is left out.
 */
export async function fetchStoredParameters(
  parts: EngineParts,
  stack: StackRecord,
  input: StoredParameterInput,
): Promise<{ readonly [name: string]: string }> {
  const contents: { [name: string]: string } = {};
  for (const source of [input.template, ...Object.values(input.files ?? {})]) {
    if (source === undefined) continue;
    const text = typeof source === 'string' ? source : JSON.stringify(source);
    if (!text.includes(STORED_TYPE)) continue;
    const { template } = typeof source === 'string' ? parseCached(source) : parseTemplate(source);
    for (const { name, declaredType, defaultValue } of template?.parameters.values() ?? []) {
      const stored = storedParameterType(declaredType) && (input.parameters?.[name] ?? defaultValue);
      if (typeof stored !== 'string' || Object.hasOwn(contents, stored)) continue;
      const found = await parts.cloudOf(stack).dynamicReference(stack, 'ssm', stored);
      if (found) contents[stored] = found.value;
    }
  }
  return contents;
}
