import type { Diagnostic } from '../../engine/model/diagnostic.js';
import type { JsonMap } from '../../engine/model/value.js';
import { cfnLimits } from '../../engine/template/cfn/cfn-limits.js';
import { cfnStrictness } from '../../engine/template/cfn/cfn-strictness.js';
import { parseTemplate } from '../../engine/template/parse-template.js';
import type { Template } from '../../engine/template/template.js';
import type { ActionContext } from '../action.js';
import { validationError } from '../protocol/cfn-error.js';
import { diagnosticText } from '../protocol/engine-error.js';
import { textOf } from '../protocol/input-access.js';

/** The template that a request brings, by its body or its address; undefined if it brings none. */
export async function templateText(context: ActionContext): Promise<string | undefined> {
  const { input, deps } = context;
  const body = textOf(input, 'TemplateBody');
  const url = textOf(input, 'TemplateURL');
  if (body !== undefined && url !== undefined) {
    throw validationError('Template URL and Template Body can not be specified at the same time.');
  }
  if (url !== undefined) return fetchTemplate(context, url);
  if (body === undefined) return undefined;
  const bytes = Buffer.byteLength(body);
  const { maxTemplateBodyBytes } = deps.limits;
  if (bytes > maxTemplateBodyBytes) {
    throw validationError(
      `1 validation error detected: Value '${body.slice(0, 1024)}...' at 'templateBody' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${maxTemplateBodyBytes}`,
    );
  }
  return body;
}

/** The same, for actions that cannot do without. */
export async function needTemplateText(context: ActionContext): Promise<string> {
  const text = await templateText(context);
  if (text === undefined) throw validationError('Either Template URL or Template Body must be specified.');
  return text;
}

async function fetchTemplate({ deps, caller }: ActionContext, url: string): Promise<string> {
  const text = await fetchText(() => deps.fetchTemplate(url, caller));
  const { maxTemplateUrlBytes } = deps.limits;
  if (Buffer.byteLength(text) > maxTemplateUrlBytes) {
    throw validationError(`Template may not exceed ${maxTemplateUrlBytes} bytes in size.`);
  }
  return text;
}

/** A text from an address that a caller gave; what is wrong with it is the caller's to mend. */
export async function fetchText(fetch: () => Promise<string>): Promise<string> {
  try {
    return await fetch();
  } catch (cause) {
    throw validationError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Reads a template as CloudFormation would: its own strictness and limits included. Throws with the first mistake. */
export function readTemplate(text: string | JsonMap, parameters: JsonMap = {}): Template {
  const { template, diagnostics } = parseTemplate(text, { parameters: new Map(Object.entries(parameters)) });
  throwFirst(diagnostics, typeof text === 'string' ? text : undefined);
  if (!template) throw validationError('Template format error: unsupported structure.');
  if (template.versionKey === 'AWSTemplateFormatVersion') {
    if (template.resources.size === 0 && template.transforms.length === 0) {
      throw validationError('Template format error: At least one Resources member must be defined.');
    }
    throwFirst([...cfnLimits(template), ...cfnStrictness(template)]);
  }
  return template;
}

function throwFirst(diagnostics: readonly Diagnostic[], text?: string): void {
  const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error');
  if (first) throw validationError(wrongText(first, text) ?? diagnosticText(first));
}

/** What CloudFormation says of a text that is no template at all; undefined for mistakes inside of one. */
function wrongText({ code, message, at, awsMessage, path }: Diagnostic, text: string | undefined): string | undefined {
  if (text === undefined || awsMessage !== undefined) return undefined;
  if (code === 'invalid-version' && path.length === 0 && message.startsWith('Template format version not found')) {
    const isMap = /^\s*(\{|[\w"'-]+\s*:)/m.test(text);
    return `Template format error: ${isMap ? 'At least one Resources member must be defined' : 'unsupported structure'}.`;
  }
  if (message.startsWith('The template is not a JSON object')) return 'Template format error: unsupported structure.';
  if (code !== 'syntax') return undefined;
  if (message.startsWith('could not determine a constructor')) return `Template format error: ${message}`;
  const language = text.trimStart().startsWith('{') ? 'JSON' : 'YAML';
  const place = at ? ` (line ${at.line}, column ${at.column})` : '';
  return `Template format error: ${language} not well-formed.${place}`;
}
