import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import type { ResourcePolicies } from '../../engine/model/records.js';
import { type Json, type JsonMap, masked, sameValue, type ValueMap } from '../../engine/model/value.js';
import type { ChangeView, PropertyChangeView, WantedView } from '../../engine/stacks/requests.js';
import type { Template } from '../../engine/template/template.js';
import type { Output } from '../protocol/write-output.js';
import { isRealChange } from '../stacks/no-changes.js';
import { propertiesText, textValue } from '../stacks/text-value.js';
import { type ChangedEntities, causesOf } from './causes.js';
import type { ChangeEntry } from './change-set.js';

/** What stands for a value that nobody can know before the change is made. */
export const KNOWN_LATER = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** The type whose resources are stacks. */
export const NESTED = 'AWS::CloudFormation::Stack';

/** What the changes of one stack are described with. */
export interface ChangeScope {
  readonly template: Template;
  readonly changed: ChangedEntities;
  readonly schemaOf: (type: string) => ResourceSchema | undefined;
  /** Names of resources that take over existing things. */
  readonly imports: ReadonlySet<string>;
}

/** The changes that are worth telling, in the form of the API. */
export function changeEntries(changes: readonly ChangeView[], scope: ChangeScope): ChangeEntry[] {
  return changes
    .filter(isRealChange)
    .map((change) => ({ Type: 'Resource', ResourceChange: resourceChange(change, scope) }));
}

function resourceChange(change: ChangeView, scope: ChangeScope): Output {
  const { name, type, physicalId } = change;
  const action = scope.imports.has(name) ? 'Import' : actionOf(change);
  const isModify = action === 'Modify';
  const details = isModify ? detailsOf(change, scope) : [];
  const attributes = new Set(details.map((detail) => String((detail.Target as Output).Attribute)));
  return {
    Action: action,
    LogicalResourceId: name,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Replacement: isModify ? replacementOf(change) : undefined,
    PolicyAction: policyAction(change, action),
    Scope: [...attributes],
    Details: details,
    BeforeContext: change.record && action !== 'Import' ? contextText(change.record) : undefined,
    AfterContext: change.wanted ? contextText(change.wanted) : undefined,
  };
}

function actionOf({ action }: ChangeView): string {
  switch (action) {
    case 'create':
      return 'Add';
    case 'import':
      return 'Import';
    case 'delete':
    case 'retain':
      return 'Remove';
    default:
      return 'Modify';
  }
}

function replacementOf({ action, properties }: ChangeView): string {
  if (action === 'replace') return 'True';
  return action === 'may-replace' || properties.some(({ onChange }) => onChange === 'maybe') ? 'Conditional' : 'False';
}

function policyAction({ action, record, wanted }: ChangeView, shown: string): string | undefined {
  if (shown === 'Remove') return action === 'retain' ? 'Retain' : removalPolicy(record?.policies.deletion);
  if (action !== 'replace') return undefined;
  return `ReplaceAnd${removalPolicy(wanted?.policies.updateReplace)}`;
}

function removalPolicy(policy: ResourcePolicies['deletion'] | undefined): string {
  if (policy === 'Snapshot') return 'Snapshot';
  return policy === 'Retain' || policy === 'RetainExceptOnCreate' ? 'Retain' : 'Delete';
}

function detailsOf(change: ChangeView, scope: ChangeScope): Output[] {
  const details = [...propertyDetails(change, scope), ...attributeDetails(change)];
  if (details.length > 0) return details;
  // Whether something changes inside of a nested stack, the nested stack itself finds out.
  if (change.type === NESTED) {
    return [
      {
        Target: { Attribute: 'Properties', RequiresRecreation: 'Never' },
        Evaluation: 'Dynamic',
        ChangeSource: 'Automatic',
      },
    ];
  }
  return change.action === 'replace'
    ? [
        {
          Target: { Attribute: 'Properties', RequiresRecreation: 'Always' },
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
        },
      ]
    : [];
}

function propertyDetails(change: ChangeView, scope: ChangeScope): Output[] {
  const byProperty = new Map<string, PropertyChangeView[]>();
  for (const one of change.properties) {
    const name = String(one.path[0]);
    byProperty.set(name, [...(byProperty.get(name) ?? []), one]);
  }
  const tagsProperty = scope.schemaOf(change.type)?.tags?.property;
  return [...byProperty].flatMap(([name, places]) => {
    const recreation = recreationOf(places);
    const values = valuesOf(change, name);
    const target: Output =
      name === tagsProperty
        ? { Attribute: 'Tags', RequiresRecreation: recreation, Path: `/Properties/${name}`, ...values }
        : {
            Attribute: 'Properties',
            Name: name,
            RequiresRecreation: recreation,
            Path: `/Properties/${name}`,
            ...values,
          };
    return causesOf(scope.template, change.name, name, scope.changed).map(({ source, entity, evaluation }) => ({
      Target: target,
      Evaluation: places.every(({ certain }) => certain) ? evaluation : 'Dynamic',
      ChangeSource: source,
      CausingEntity: entity,
    }));
  });
}

function recreationOf(places: readonly PropertyChangeView[]): string {
  if (places.some(({ onChange }) => onChange === 'replace' || onChange === 'immutable')) return 'Always';
  return places.some(({ onChange }) => onChange === 'maybe') ? 'Conditionally' : 'Never';
}

function valuesOf({ record, wanted }: ChangeView, name: string): Output {
  const before = shownValue(record?.properties ?? {}, name);
  const after = shownValue(wanted?.properties ?? {}, name);
  return {
    BeforeValue: before,
    AfterValue: after,
    BeforeValueFrom: before === undefined ? undefined : 'PREVIOUS_DEPLOYMENT_STATE',
    AfterValueFrom: after === undefined ? undefined : 'TEMPLATE',
    AttributeChangeType: before === undefined ? 'Add' : after === undefined ? 'Remove' : 'Modify',
  };
}

function shownValue(properties: ValueMap, name: string): string | undefined {
  const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (value === undefined) return undefined;
  return textValue(shown(value as Json));
}

function shown(value: ValueMap[string]): Json {
  return (JSON.parse(propertiesText({ value: masked(value, KNOWN_LATER) })) as JsonMap).value ?? null;
}

/** Attributes beside the properties: their change never replaces. */
function attributeDetails({ record, wanted }: ChangeView): Output[] {
  if (!record || !wanted) return [];
  const pairs: readonly (readonly [attribute: string, before: Json, after: Json])[] = [
    ['Metadata', record.metadata, wanted.metadata],
    ['CreationPolicy', record.policies.creation, wanted.policies.creation],
    ['UpdatePolicy', record.policies.update, wanted.policies.update],
    ['DeletionPolicy', record.policies.deletion, wanted.policies.deletion],
    ['UpdateReplacePolicy', record.policies.updateReplace, wanted.policies.updateReplace],
  ];
  return pairs
    .filter(([, before, after]) => !sameValue(before, after))
    .map(([attribute, before, after]) => ({
      Target: {
        Attribute: attribute,
        RequiresRecreation: 'Never',
        Path: `/${attribute}`,
        BeforeValue: textValue(before),
        AfterValue: textValue(after),
        AttributeChangeType: 'Modify',
      },
      Evaluation: 'Static',
      ChangeSource: 'DirectModification',
    }));
}

function contextText({ properties, metadata, policies }: WantedView): string {
  const isEmpty = (value: Json) => value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  return propertiesText({
    Properties: masked(properties, KNOWN_LATER),
    ...(isEmpty(metadata) ? {} : { Metadata: metadata }),
    ...(policies.deletion === 'Delete' ? {} : { DeletionPolicy: policies.deletion }),
    ...(policies.updateReplace === 'Delete' ? {} : { UpdateReplacePolicy: policies.updateReplace }),
    ...(isEmpty(policies.creation) ? {} : { CreationPolicy: policies.creation }),
    ...(isEmpty(policies.update) ? {} : { UpdatePolicy: policies.update }),
  });
}

/** The entry without what is shown only on request. */
export function withoutValues(entry: ChangeEntry): ChangeEntry {
  const change = entry.ResourceChange as Output;
  const details = (change.Details ?? []) as readonly Output[];
  return {
    ...entry,
    ResourceChange: {
      ...change,
      BeforeContext: undefined,
      AfterContext: undefined,
      Details: details.map((detail) => {
        const { Attribute, Name, RequiresRecreation } = detail.Target as Output;
        return { ...detail, Target: { Attribute, Name, RequiresRecreation } };
      }),
    },
  };
}
