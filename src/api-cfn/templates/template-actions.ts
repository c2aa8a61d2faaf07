import { randomUUID } from 'node:crypto';
import type { Template } from '../../engine/template/template.js';
import { validateTemplate } from '../../engine/template/validate-template.js';
import type { Action, ActionContext } from '../action.js';
import { findChangeSet } from '../change-sets/change-set-store.js';
import { validationError } from '../protocol/cfn-error.js';
import { diagnosticText } from '../protocol/engine-error.js';
import { flagOf, mapOf, textOf } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { findStack } from '../stacks/find-stack.js';
import { readParameters } from '../stacks/stack-input.js';
import { stackStatus } from '../stacks/status.js';
import { capabilitiesOf } from './capabilities.js';
import { needTemplateText, readTemplate, templateText } from './read-template.js';
import { identifierSummaries, parameterDeclaration, templateParameter, typesOf } from './template-views.js';

async function getTemplate(context: ActionContext): Promise<Output> {
  const { text, template } = await storedTemplate(context);
  const isProcessed = textOf(context.input, 'TemplateStage') === 'Processed';
  const hasTransforms = template !== undefined && template.processed !== template.document;
  const processed = hasTransforms ? JSON.stringify(template.processed) : text;
  return { TemplateBody: isProcessed ? processed : text, StagesAvailable: ['Original', 'Processed'] };
}

async function storedTemplate(
  context: ActionContext,
): Promise<{ readonly text: string; readonly template: Template | undefined }> {
  const { input, deps, caller } = context;
  const stackName = textOf(input, 'StackName');
  const changeSetName = textOf(input, 'ChangeSetName');
  if (changeSetName !== undefined) {
    const { templateText: text } = await findChangeSet(context, changeSetName, stackName);
    return { text, template: readTemplate(text) };
  }
  if (stackName === undefined) throw validationError('StackName or ChangeSetName must be specified.');
  const stack = await findStack(context, stackName, { deleted: true });
  // What waits for its first change set has no template yet.
  if (stackStatus(stack) === 'REVIEW_IN_PROGRESS') return { text: '', template: undefined };
  const { template, text } = await deps.stacks.get(caller, stack.id);
  return { text: text ?? JSON.stringify(template.document), template };
}

/** Everything that can be said against a template by itself. */
function checkTemplate(template: Template, context: ActionContext, toleratesTypes: boolean): string[] {
  const found = validateTemplate(template).find((diagnostic) => diagnostic.severity === 'error');
  if (found) throw validationError(diagnosticText(found));
  const unknown = typesOf(template).filter((type) => !isKnownType(context, type));
  if (unknown.length > 0 && !toleratesTypes) {
    throw validationError(`Template format error: Unrecognized resource types: [${unknown.sort().join(', ')}]`);
  }
  return unknown;
}

/** Modules and types of Heat's templates are nobody's business here. */
function isKnownType({ deps }: ActionContext, type: string): boolean {
  return type.startsWith('Custom::') || type.endsWith('::MODULE') || deps.typeSchema(type) !== undefined;
}

async function checkGiven(context: ActionContext): Promise<Output> {
  const template = readTemplate(await needTemplateText(context));
  checkTemplate(template, context, false);
  const { capabilities, reason } = capabilitiesOf(template);
  return {
    Description: template.description,
    Parameters: [...template.parameters.values()].map(templateParameter),
    Capabilities: capabilities,
    CapabilitiesReason: reason,
    DeclaredTransforms: template.transforms.length > 0 ? template.transforms : undefined,
  };
}

async function summarize(context: ActionContext): Promise<Output> {
  const { input, deps } = context;
  const stackName = textOf(input, 'StackName');
  const given = await templateText(context);
  if (given !== undefined && stackName !== undefined) {
    throw validationError('StackName can not be specified together with a template.');
  }
  if (textOf(input, 'StackSetName') !== undefined) {
    throw validationError(`StackSet ${textOf(input, 'StackSetName')} not found`);
  }
  const template = given === undefined ? await templateOfStack(context, stackName) : readTemplate(given);
  const tolerates =
    flagOf(mapOf(input, 'TemplateSummaryConfig') ?? {}, 'TreatUnrecognizedResourceTypesAsWarnings') === true;
  const unknown = checkTemplate(template, context, tolerates);
  const { capabilities, reason } = capabilitiesOf(template);
  const hasVersion = template.document[template.versionKey] !== undefined;
  return {
    Description: template.description,
    Parameters: [...template.parameters.values()].map(parameterDeclaration),
    Capabilities: capabilities.length > 0 ? capabilities : undefined,
    CapabilitiesReason: reason,
    ResourceTypes: typesOf(template),
    Version: hasVersion ? template.version : undefined,
    Metadata: template.metadata === null ? undefined : JSON.stringify(template.metadata),
    DeclaredTransforms: template.transforms.length > 0 ? template.transforms : undefined,
    ResourceIdentifierSummaries: identifierSummaries(template, deps.typeSchema),
    Warnings: tolerates ? { UnrecognizedResourceTypes: unknown } : undefined,
  };
}

async function templateOfStack(context: ActionContext, stackName: string | undefined): Promise<Template> {
  if (stackName === undefined) {
    throw validationError('Either Template URL, Template Body, Stack Name or StackSet Name must be specified.');
  }
  const stack = await findStack(context, stackName, { deleted: true });
  return (await context.deps.stacks.get(context.caller, stack.id)).template;
}

async function estimateCost(context: ActionContext): Promise<Output> {
  const text = await needTemplateText(context);
  const { values } = readParameters(context.input);
  checkTemplate(readTemplate(text, values), context, false);
  return { Url: `https://calculator.aws/#/estimate?key=cloudformation/${randomUUID()}` };
}

/** What speaks of templates. */
export const actions: readonly Action[] = [
  { name: 'GetTemplate', handle: getTemplate },
  { name: 'GetTemplateSummary', handle: summarize },
  { name: 'ValidateTemplate', handle: checkGiven },
  { name: 'EstimateTemplateCost', handle: estimateCost },
];
