import type { StackRecord } from '../../engine/model/records.js';
import { sameValue, type ValueMap } from '../../engine/model/value.js';
import type { ChangeView, StackView, UpdateInput, UpdatePreview } from '../../engine/stacks/requests.js';
import type { Template } from '../../engine/template/template.js';
import { tagsOf } from './stack-input.js';

/** True if an update would change nothing: no resource, no output, no tag. */
export function changesNothing(
  view: StackView,
  input: UpdateInput,
  preview: UpdatePreview,
  changedParameters: readonly string[],
): boolean {
  return (
    !preview.changes.some(isRealChange) &&
    sameOutputs(view.template, preview.template, changedParameters) &&
    !changesStack(view.stack, input)
  );
}

/** The parameters whose value an update changes for sure; hidden ones show in what they change. */
export function changedParameters(view: StackView, template: Template, input: UpdateInput): string[] {
  return [...template.parameters.values()].flatMap(({ name, hidden, defaultValue }) => {
    if (hidden || input.usePreviousValues?.includes(name)) return [];
    const given = input.parameters?.[name] ?? defaultValue;
    const before = view.parameters[name];
    return given === undefined || String(given) === before ? [] : [name];
  });
}

/** False for resources that an update only visits, without anything to do. */
export function isRealChange(change: ChangeView): boolean {
  if (change.action === 'none') return false;
  if (change.action !== 'update' || change.properties.length > 0) return true;
  const { record, wanted } = change;
  // Whether the child has to change is for the child to find out.
  if (record?.type === 'AWS::CloudFormation::Stack' || record?.status === 'FAILED') return true;
  return (
    !record ||
    !wanted ||
    !sameValue(record.metadata, wanted.metadata) ||
    !samePolicies(record.policies, wanted.policies)
  );
}

function samePolicies(before: object, after: object): boolean {
  return sameValue(before as ValueMap, after as ValueMap);
}

function sameOutputs(before: Template, after: Template, changed: readonly string[]): boolean {
  const outputs = (template: Template) => template.processed[template.language === 'hot' ? 'outputs' : 'Outputs'];
  const text = JSON.stringify(outputs(after) ?? {});
  return sameValue(outputs(before), outputs(after)) && !changed.some((name) => text.includes(name));
}

function changesStack(stack: StackRecord, input: UpdateInput): boolean {
  const isOther = (name: string) =>
    input.extra !== undefined &&
    Object.hasOwn(input.extra, name) &&
    !sameValue(input.extra[name], stack.extra[name] ?? (name === 'notificationArns' ? [] : undefined));
  return (
    (input.tagMap !== undefined && !sameValue(input.tagMap, tagsOf(stack))) ||
    isOther('notificationArns') ||
    isOther('rollbackConfiguration')
  );
}
