import { dump } from 'js-yaml';
import { newId } from '../../engine/model/ids.js';
import type { JsonMap } from '../../engine/model/value.js';
import { type Action, type ActionContext, EMPTY_OUTPUT } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { flagOf, mapOf, mapsOf, needText, textOf, textsOf } from '../protocol/input-access.js';
import { askedPage } from '../protocol/paging.js';
import type { Output } from '../protocol/write-output.js';
import { findStack, stackArn } from '../stacks/find-stack.js';
import { identifierOf, ownArn } from './scan-actions.js';
import { isIdentified, type ScannedResource, scanResources } from './scanned-resources.js';
import { logicalIdFor, type NamedResource, type TemplatePolicies, writeTemplate } from './write-template.js';

const KIND = 'cfn-generated-template';
const MAX_RESOURCES = 500;

/** A resource of a generated template. */
interface GeneratedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly identifier: { readonly [property: string]: string };
  /** Absent: it was not found. */
  readonly found: ScannedResource | undefined;
}

interface GeneratedRecord {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly stackId: string | undefined;
  readonly policies: TemplatePolicies;
  readonly resources: readonly GeneratedResource[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

function ownerOf({ caller }: ActionContext): string {
  return `${caller.projectId}/${caller.region}`;
}

async function all({ deps, ...context }: ActionContext): Promise<GeneratedRecord[]> {
  const found = await deps.documents.list<GeneratedRecord>(KIND, ownerOf({ deps, ...context }));
  return found.map(({ body }) => body);
}

async function lookUp(context: ActionContext, reference: string): Promise<GeneratedRecord | undefined> {
  return (await all(context)).find(({ id, name }) => id === reference || name === reference);
}

async function need(context: ActionContext): Promise<GeneratedRecord> {
  const reference = needText(context.input, 'GeneratedTemplateName');
  const found = await lookUp(context, reference);
  if (!found) throw modeledError('GeneratedTemplateNotFoundException', `Generated template ${reference} was not found`);
  return found;
}

async function keep({ deps }: ActionContext, record: GeneratedRecord): Promise<void> {
  await deps.documents.put(KIND, { id: record.id, owner: record.owner, body: record });
}

async function create(context: ActionContext): Promise<Output> {
  const { deps, caller, input } = context;
  const name = needText(input, 'GeneratedTemplateName');
  if (await lookUp(context, name))
    throw modeledError('AlreadyExistsException', `Generated template ${name} already exists`);
  const stackName = textOf(input, 'StackName');
  const stack = stackName === undefined ? undefined : await findStack(context, stackName);
  const scanned = await scanResources(context);
  const ofStack = stack ? await resourcesOf(context, stack.id, scanned) : [];
  const now = deps.now();
  const record: GeneratedRecord = {
    id: ownArn(caller, 'generatedTemplate', newId()),
    name,
    owner: ownerOf(context),
    stackId: stack && stackArn(stack),
    policies: readPolicies(input, { deletion: 'RETAIN', replacement: 'RETAIN' }),
    resources: addResources(ofStack, mapsOf(input, 'Resources') ?? [], scanned),
    createdAt: now,
    updatedAt: now,
  };
  await keep(context, record);
  return { GeneratedTemplateId: record.id };
}

async function resourcesOf(
  { deps, caller }: ActionContext,
  stackId: string,
  scanned: readonly ScannedResource[],
): Promise<GeneratedResource[]> {
  const views = await deps.stacks.resources(caller, stackId, {});
  return views.flatMap(({ record }): GeneratedResource[] => {
    const ids = [record.physicalId, record.reference];
    const found = scanned.find(({ type, physicalId }) => type === record.type && ids.includes(physicalId));
    return found ? [{ logicalId: record.name, type: found.type, identifier: found.identifier, found }] : [];
  });
}

function readPolicies(input: JsonMap, before: TemplatePolicies): TemplatePolicies {
  const given = mapOf(input, 'TemplateConfiguration') ?? {};
  return {
    deletion: (textOf(given, 'DeletionPolicy') as TemplatePolicies['deletion'] | undefined) ?? before.deletion,
    replacement:
      (textOf(given, 'UpdateReplacePolicy') as TemplatePolicies['replacement'] | undefined) ?? before.replacement,
  };
}

function addResources(
  before: readonly GeneratedResource[],
  definitions: readonly JsonMap[],
  scanned: readonly ScannedResource[],
): GeneratedResource[] {
  const resources = [...before];
  const taken = new Set(resources.map(({ logicalId }) => logicalId));
  for (const definition of definitions) {
    const type = needText(definition, 'ResourceType');
    const identifier = identifierOf(definition);
    const found = scanned.find((one) => isIdentified(one, type, identifier));
    const given = textOf(definition, 'LogicalResourceId');
    if (given !== undefined && !/^[A-Za-z0-9]{1,255}$/.test(given))
      throw validationError(`The logical ID ${given} must be alphanumeric.`);
    if (given !== undefined && taken.has(given))
      throw validationError(`The logical ID ${given} is used more than once.`);
    const named = found ?? {
      type,
      identifier,
      physicalId: Object.values(identifier).join('-'),
      properties: {},
      references: {},
      isManaged: false,
      secrets: [],
    };
    const logicalId = given ?? logicalIdFor(named, taken);
    taken.add(logicalId);
    resources.push({ logicalId, type, identifier, found });
  }
  if (resources.length > MAX_RESOURCES)
    throw modeledError('LimitExceededException', `A generated template can have at most ${MAX_RESOURCES} resources.`);
  return resources;
}

async function update(context: ActionContext): Promise<Output> {
  const { deps, input } = context;
  const record = await need(context);
  const newName = textOf(input, 'NewGeneratedTemplateName') ?? record.name;
  if (newName !== record.name && (await lookUp(context, newName))) {
    throw modeledError('AlreadyExistsException', `Generated template ${newName} already exists`);
  }
  const removed = textsOf(input, 'RemoveResources') ?? [];
  const unknown = removed.filter((name) => !record.resources.some(({ logicalId }) => logicalId === name));
  if (unknown.length > 0) throw validationError(`Resources [${unknown.join(', ')}] are not in the generated template.`);
  const scanned = await scanResources(context);
  const refresh = flagOf(input, 'RefreshAllResources') === true;
  const kept = record.resources
    .filter(({ logicalId }) => !removed.includes(logicalId))
    .map((one) =>
      refresh ? { ...one, found: scanned.find((other) => isIdentified(other, one.type, one.identifier)) } : one,
    );
  await keep(context, {
    ...record,
    name: newName,
    policies: readPolicies(input, record.policies),
    resources: addResources(kept, mapsOf(input, 'AddResources') ?? [], scanned),
    updatedAt: deps.now(),
  });
  return { GeneratedTemplateId: record.id };
}

async function remove(context: ActionContext): Promise<Output> {
  const record = await need(context);
  await context.deps.documents.remove(KIND, record.id);
  return EMPTY_OUTPUT;
}

function statusOf({ resources }: GeneratedRecord): { readonly status: string; readonly reason: string } {
  const failed = resources.filter(({ found }) => !found).length;
  if (failed === 0) return { status: 'COMPLETE', reason: 'All resources complete' };
  return { status: 'FAILED', reason: `${failed} resource(s) could not be read` };
}

async function describe(context: ActionContext): Promise<Output> {
  const record = await need(context);
  const { status, reason } = statusOf(record);
  const failed = record.resources.filter(({ found }) => !found).length;
  return {
    GeneratedTemplateId: record.id,
    GeneratedTemplateName: record.name,
    Resources: record.resources.map(({ logicalId, type, identifier, found }) => ({
      ResourceType: type,
      LogicalResourceId: logicalId,
      ResourceIdentifier: identifier,
      ResourceStatus: found ? 'COMPLETE' : 'FAILED',
      ResourceStatusReason: found ? undefined : 'The resource was not found',
      Warnings: found?.secrets.length
        ? [
            {
              Type: 'UNSUPPORTED_PROPERTIES',
              Properties: found.secrets.map((name) => ({
                PropertyPath: name,
                Required: false,
                Description: 'The value is secret: give it as a parameter.',
              })),
            },
          ]
        : [],
    })),
    Status: status,
    StatusReason: reason,
    CreationTime: record.createdAt,
    LastUpdatedTime: record.updatedAt,
    Progress: {
      ResourcesSucceeded: record.resources.length - failed,
      ResourcesFailed: failed,
      ResourcesProcessing: 0,
      ResourcesPending: 0,
    },
    StackId: record.stackId,
    TemplateConfiguration: {
      DeletionPolicy: record.policies.deletion,
      UpdateReplacePolicy: record.policies.replacement,
    },
    TotalWarnings: record.resources.filter(({ found }) => found && found.secrets.length > 0).length,
  };
}

async function get(context: ActionContext): Promise<Output> {
  const record = await need(context);
  const named = record.resources.flatMap(({ logicalId, found }): NamedResource[] =>
    found ? [{ logicalId, resource: found }] : [],
  );
  const template = writeTemplate(record.id, named, record.policies, context.deps.typeSchema);
  const isYaml = textOf(context.input, 'Format') === 'YAML';
  const text = isYaml ? `---\n${dump(template, { noRefs: true, lineWidth: -1 })}` : JSON.stringify(template);
  return { Status: statusOf(record).status, TemplateBody: text };
}

async function list(context: ActionContext): Promise<Output> {
  const { input } = context;
  const records = await all(context);
  const { items, nextToken } = askedPage('ListGeneratedTemplates', records, input);
  return {
    Summaries: items.map((record) => {
      const { status, reason } = statusOf(record);
      return {
        GeneratedTemplateId: record.id,
        GeneratedTemplateName: record.name,
        Status: status,
        StatusReason: reason,
        CreationTime: record.createdAt,
        LastUpdatedTime: record.updatedAt,
        NumberOfResources: record.resources.length,
      };
    }),
    NextToken: nextToken,
  };
}

/** What writes templates of existing resources. */
export const actions: readonly Action[] = [
  { name: 'CreateGeneratedTemplate', handle: create },
  { name: 'UpdateGeneratedTemplate', handle: update },
  { name: 'DeleteGeneratedTemplate', handle: remove },
  { name: 'DescribeGeneratedTemplate', handle: describe },
  { name: 'GetGeneratedTemplate', handle: get },
  { name: 'ListGeneratedTemplates', handle: list },
];
