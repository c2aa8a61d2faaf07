import { randomUUID } from 'node:crypto';
import { UserError } from '../../engine/model/errors.js';
import { shortId } from '../../engine/model/ids.js';
import type { StackRecord } from '../../engine/model/records.js';
import { hasUnknown, isMap, type JsonMap, revealed } from '../../engine/model/value.js';
import type { ChangeView, PreviewResource } from '../../engine/stacks/requests.js';
import { EvaluationError } from '../../engine/template/expression.js';
import type { ActionContext } from '../action.js';
import { CfnError } from '../protocol/cfn-error.js';
import type { Output } from '../protocol/write-output.js';
import { propertiesText } from '../stacks/text-value.js';
import { fetchText } from '../templates/read-template.js';
import type { ChangeEntry, ChangeSet } from './change-set.js';
import { changeSetArn, keepChangeSet } from './change-set-store.js';
import { changeEntries, NESTED } from './resource-change.js';

/** ARNs of change sets by the name of the nested stack's resource. */
export type NestedArns = { readonly [name: string]: string };

/** Makes the change sets of the stacks below one, as deep as they go. They tell what will be; carried out is the root. */
export async function nestChangeSets(
  context: ActionContext,
  parent: ChangeSet,
  stack: StackRecord,
  changes: readonly ChangeView[],
): Promise<NestedArns> {
  const arns: { [name: string]: string } = {};
  for (const change of changes) {
    const isNested = change.type === NESTED && change.action !== 'delete' && change.action !== 'retain';
    const wish = isNested ? await childWish(context, change) : undefined;
    if (!wish) continue;
    const child = await describeChild(context, parent, stack, change, wish);
    await keepChangeSet(context, child);
    arns[change.name] = child.arn;
  }
  return arns;
}

/** The change set with the ARNs of the nested ones in its changes. */
export function linkNested(changeSet: ChangeSet, nested: NestedArns): ChangeSet {
  const link = (entry: ChangeEntry): ChangeEntry => {
    const change = entry.ResourceChange as Output;
    const arn = nested[String(change.LogicalResourceId)];
    return arn === undefined ? entry : { ...entry, ResourceChange: { ...change, ChangeSetId: arn } };
  };
  return { ...changeSet, changes: changeSet.changes.map(link) };
}

interface ChildWish {
  readonly text: string;
  readonly parameters: JsonMap;
  /** Names whose value is known only when the parent is changed. */
  readonly later: readonly string[];
}

async function childWish({ deps, caller }: ActionContext, { wanted }: ChangeView): Promise<ChildWish | undefined> {
  const url = wanted?.properties.TemplateURL;
  if (typeof url !== 'string') return undefined;
  const given = isMap(wanted?.properties.Parameters) ? Object.entries(wanted.properties.Parameters) : [];
  const known = given.filter(([, value]) => !hasUnknown(value));
  return {
    text: await fetchText(() => deps.fetchTemplate(url, caller)),
    parameters: Object.fromEntries(known.map(([name, value]) => [name, revealed(value)])),
    later: given.filter(([, value]) => hasUnknown(value)).map(([name]) => name),
  };
}

async function describeChild(
  context: ActionContext,
  parent: ChangeSet,
  stack: StackRecord,
  change: ChangeView,
  wish: ChildWish,
): Promise<ChangeSet> {
  const { deps, caller } = context;
  const id = randomUUID();
  const name = `${parent.name}-${change.name}-${shortId(id).toUpperCase()}`.slice(-128).replace(/^[^a-zA-Z]+/, '');
  const childId = change.record?.childStackId;
  const child = childId === undefined ? undefined : await deps.stacks.find(caller, childId);
  const draft: ChangeSet = {
    ...parent,
    arn: changeSetArn(stack, name, id),
    name,
    stackId: child?.id ?? stack.id,
    epoch: child?.epoch ?? stack.epoch,
    templateText: wish.text,
    wish: { ...parent.wish, parameters: wish.parameters, previous: wish.later, imports: {} },
    changes: [],
    parentId: parent.arn,
    rootId: parent.rootId ?? parent.arn,
  };
  try {
    if (!child) return { ...draft, changes: await additions(context, change, wish) };
    const update = { template: wish.text, parameters: wish.parameters, usePreviousValues: wish.later };
    const preview = await deps.stacks.previewUpdate(caller, child.id, update);
    const moving = preview.changes.filter(({ action }) => action !== 'none').map((one) => one.name);
    const scope = {
      template: preview.template,
      changed: { parameters: new Set(Object.keys(wish.parameters)), resources: new Set(moving) },
      schemaOf: deps.typeSchema,
      imports: new Set<string>(),
    };
    const described = { ...draft, changes: changeEntries(preview.changes, scope) };
    return linkNested(described, await nestChangeSets(context, described, child, preview.changes));
  } catch (error) {
    if (!(error instanceof UserError || error instanceof EvaluationError || error instanceof CfnError)) throw error;
    return { ...draft, status: 'FAILED', statusReason: error.message };
  }
}

/** The resources of a nested stack that is not there yet; values that its parent only gets later have stand-ins. */
async function additions({ deps, caller }: ActionContext, change: ChangeView, wish: ChildWish): Promise<ChangeEntry[]> {
  const stands = Object.fromEntries(wish.later.map((name) => [name, '']));
  const preview = await deps.stacks.preview(caller, {
    name: `${change.name}-${shortId(randomUUID())}`,
    template: wish.text,
    parameters: { ...stands, ...wish.parameters },
  });
  return preview.resources.map(addition);
}

function addition({ name, type, properties }: PreviewResource): ChangeEntry {
  return {
    Type: 'Resource',
    ResourceChange: {
      Action: 'Add',
      LogicalResourceId: name,
      ResourceType: type,
      Scope: [],
      Details: [],
      AfterContext: propertiesText({ Properties: properties }),
    },
  };
}
