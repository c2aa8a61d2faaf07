import { randomUUID } from 'node:crypto';
import type { StackRecord } from '../../engine/model/records.js';
import { type JsonMap, Secret, type ValueMap } from '../../engine/model/value.js';
import type { StackView, UpdateInput, UpdatePreview } from '../../engine/stacks/requests.js';
import { EvaluationError } from '../../engine/template/expression.js';
import type { Template } from '../../engine/template/template.js';
import type { ActionContext } from '../action.js';
import { modeledError, validationError } from '../protocol/cfn-error.js';
import { flagOf, needText, textOf, textsOf } from '../protocol/input-access.js';
import type { Output } from '../protocol/write-output.js';
import { guardUpdatable } from '../stacks/change-actions.js';
import { findStack, lookUpStack, stackArn } from '../stacks/find-stack.js';
import { changedParameters, changesNothing } from '../stacks/no-changes.js';
import { checkResourceTypes, readExtra, readParameters, readTags } from '../stacks/stack-input.js';
import { stackStatus } from '../stacks/status.js';
import { updateInputOf } from '../stacks/update-input.js';
import { checkCapabilities } from '../templates/capabilities.js';
import { needTemplateText, readTemplate } from '../templates/read-template.js';
import type { ChangeSet, ChangeSetType, Wish } from './change-set.js';
import { changeSetArn, changeSetsOf, keepChangeSet, lookUpChangeSet } from './change-set-store.js';
import { existingResources, type Imports, importProblem, readImports } from './imports.js';
import { linkNested, nestChangeSets } from './nested-change-sets.js';
import { changeEntries } from './resource-change.js';

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Makes a change set: everything is checked and planned when it answers. */
export async function createChangeSet(context: ActionContext): Promise<Output> {
  const { input } = context;
  const type = (textOf(input, 'ChangeSetType') ?? 'UPDATE') as ChangeSetType;
  const name = needText(input, 'ChangeSetName');
  const mode = textOf(input, 'DeploymentMode');
  if (mode !== undefined) throw validationError(`DeploymentMode ${mode} is not supported by this service.`);
  const existing = await targetOf(context, type, name);
  if (existing) {
    const known = await lookUpChangeSet(context, name, stackArn(existing));
    if (known && isRepetition(context, known)) return { Id: known.arn, StackId: stackArn(existing) };
    if (known) throw modeledError('AlreadyExistsException', `ChangeSet [${name}] already exists`);
  }
  const isNew = !existing || stackStatus(existing) === 'REVIEW_IN_PROGRESS';
  const draft = isNew ? await draftOfNew(context, existing) : await draftOfUpdate(context, existing);
  checkResourceTypes(input, draft.template);
  checkCapabilities(draft.template, textsOf(input, 'Capabilities') ?? [], { forChangeSet: true });
  const imports = type === 'IMPORT' ? readImports(context, draft.template) : {};
  const { changeSet, preview } = await plan(context, { type, name, draft, imports });
  const isDeep =
    flagOf(input, 'IncludeNestedStacks') === true && preview !== undefined && changeSet.status === 'CREATE_COMPLETE';
  const nested = isDeep ? await nestChangeSets(context, changeSet, draft.stack, preview.changes) : {};
  await keepChangeSet(context, linkNested(changeSet, nested));
  return { Id: changeSet.arn, StackId: stackArn(draft.stack) };
}

/** What a change set is made of before it is planned. */
interface Draft {
  readonly stack: StackRecord;
  readonly template: Template;
  readonly templateText: string;
  readonly update: UpdateInput;
  /** Absent for a stack that is not there yet. */
  readonly view: StackView | undefined;
}

/** The stack that the change set is for; undefined if it has to be reserved first. */
async function targetOf(context: ActionContext, type: ChangeSetType, name: string): Promise<StackRecord | undefined> {
  const stackName = needText(context.input, 'StackName');
  if (type === 'UPDATE') {
    const stack = await findStack(context, stackName, { missing: 'brackets' });
    guardUpdatable(stack, textOf(context.input, 'OnStackFailure') === 'DO_NOTHING');
    return stack;
  }
  const stack = await lookUpStack(context, stackName);
  if (!stack || stackStatus(stack) === 'REVIEW_IN_PROGRESS') return stack;
  if (type === 'IMPORT') {
    guardUpdatable(stack, false);
    return stack;
  }
  throw validationError(
    `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
  );
}

function isRepetition({ input }: ActionContext, known: ChangeSet): boolean {
  const token = textOf(input, 'ClientToken');
  return token !== undefined && known.shown.ClientToken === token;
}

async function draftOfNew(context: ActionContext, reserved: StackRecord | undefined): Promise<Draft> {
  const { deps, caller, input } = context;
  const text = await needTemplateText(context);
  const { values } = readParameters(input);
  const template = readTemplate(text, values);
  const tagMap = readTags(input) ?? {};
  const name = needText(input, 'StackName');
  const extra = readExtra(input);
  if (!reserved) {
    if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
      throw validationError(
        `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
      );
    }
    // A template with mistakes reserves no name.
    await deps.stacks.preview(caller, { name, template: text, parameters: values, tagMap, extra });
  }
  const stack = reserved ?? (await deps.stacks.reserve(caller, { name, tagMap }));
  return {
    stack,
    template,
    templateText: text,
    update: { template: text, parameters: values, tagMap, extra },
    view: undefined,
  };
}

async function draftOfUpdate(context: ActionContext, stack: StackRecord): Promise<Draft> {
  const view = await context.deps.stacks.get(context.caller, stack.id);
  const { update, template } = await updateInputOf(context, view);
  const templateText =
    typeof update.template === 'string' ? update.template : (view.text ?? JSON.stringify(view.template.document));
  return { stack, template, templateText, update, view };
}

interface PlanInput {
  readonly type: ChangeSetType;
  readonly name: string;
  readonly draft: Draft;
  readonly imports: Imports;
}

interface Planned {
  readonly changeSet: ChangeSet;
  readonly preview: UpdatePreview | undefined;
}

async function plan(context: ActionContext, { type, name, draft, imports }: PlanInput): Promise<Planned> {
  const { deps, input } = context;
  const { stack, template, update, view } = draft;
  const preview = await previewOf(context, draft);
  const isEager = type !== 'IMPORT' && flagOf(input, 'ImportExistingResources') === true;
  const taken = isEager && 'changes' in preview ? await existingResources(context, stack, preview.changes) : imports;
  const problem = 'problem' in preview ? preview.problem : await problemOf(context, { type, draft, preview, imports });
  const changeSet: ChangeSet = {
    arn: changeSetArn(stack, name, randomUUID()),
    name,
    stackId: stack.id,
    projectId: stack.projectId,
    region: stack.region,
    type,
    status: problem === undefined ? 'CREATE_COMPLETE' : 'FAILED',
    statusReason: problem ?? null,
    createdAt: deps.now(),
    epoch: stack.epoch,
    operationId: null,
    templateText: draft.templateText,
    wish: wishOf(context, draft, taken),
    shown: { ...shownOf(input), ...('changes' in preview ? { ResolvedValues: { ...preview.storedParameters } } : {}) },
    changes:
      'changes' in preview && problem === undefined ? entriesOf(context, template, preview, update, view, taken) : [],
    parentId: null,
    rootId: null,
  };
  return { changeSet, preview: 'changes' in preview ? preview : undefined };
}

/** The plan, or why there is none: something that the template takes from elsewhere is not there. */
async function previewOf(
  { deps, caller }: ActionContext,
  { stack, update }: Draft,
): Promise<UpdatePreview | { readonly problem: string }> {
  try {
    return await deps.stacks.previewUpdate(caller, stack.id, update);
  } catch (error) {
    if (error instanceof EvaluationError)
      return { problem: error.message.replace(/ Rollback requested by user\.$/, '') };
    throw error;
  }
}

async function problemOf(
  context: ActionContext,
  { type, draft, preview, imports }: Omit<PlanInput, 'name'> & { readonly preview: UpdatePreview },
): Promise<string | undefined> {
  const { stack, view, template, update } = draft;
  if (type === 'IMPORT') return importProblem(context, stack, preview.changes, imports);
  if (view && changesNothing(view, update, preview, changedParameters(view, template, update))) return NO_CHANGES;
  return undefined;
}

function entriesOf(
  { deps }: ActionContext,
  template: Template,
  preview: UpdatePreview,
  update: UpdateInput,
  view: StackView | undefined,
  imports: Imports,
) {
  const moving = preview.changes.filter(
    ({ action }) => action !== 'none' && action !== 'delete' && action !== 'retain',
  );
  return changeEntries(preview.changes, {
    template,
    changed: {
      parameters: new Set(view ? changedParameters(view, template, update) : []),
      resources: new Set(moving.map((change) => change.name)),
    },
    schemaOf: deps.typeSchema,
    imports: new Set(Object.keys(imports)),
  });
}

function wishOf({ input }: ActionContext, { template, update, view }: Draft, imports: Imports): Wish {
  const parameters: ValueMap = Object.fromEntries(
    Object.entries(update.parameters ?? {}).map(([name, value]) => [
      name,
      template.parameters.get(name)?.hidden ? new Secret(value) : value,
    ]),
  );
  return {
    parameters,
    previous: update.usePreviousValues ?? [],
    hasTemplate: view === undefined || update.template !== undefined,
    tagMap: update.tagMap ?? null,
    extra: update.extra ?? {},
    onFailure: (textOf(input, 'OnStackFailure') as Wish['onFailure'] | undefined) ?? null,
    imports,
  };
}

/** What `DescribeChangeSet` repeats of the request. */
function shownOf(input: JsonMap): JsonMap {
  const members = [
    'Description',
    'NotificationARNs',
    'RollbackConfiguration',
    'Capabilities',
    'Tags',
    'IncludeNestedStacks',
    'OnStackFailure',
    'ImportExistingResources',
    'ClientToken',
  ];
  return Object.fromEntries(members.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])));
}

/** The change sets that the execution of one leaves without a stack to change. */
export async function otherChangeSets(context: ActionContext, stack: StackRecord, arn: string): Promise<ChangeSet[]> {
  return (await changeSetsOf(context, stack)).filter((one) => one.arn !== arn);
}
