import type { StackRecord } from '../../engine/model/records.js';
import { isMap, type Json } from '../../engine/model/value.js';
import type { DriftDifference } from '../../engine/stacks/requests.js';
import type { Output } from '../protocol/write-output.js';
import { stackArn } from '../stacks/find-stack.js';
import { propertiesText } from '../stacks/text-value.js';
import type { CheckedResource } from './drift-records.js';

/** What was found out about a resource, as the API tells it. */
export function shownDrift(stack: StackRecord, name: string, resource: CheckedResource): Output {
  const isChecked = resource.status !== 'NOT_CHECKED';
  return {
    StackId: stackArn(stack),
    LogicalResourceId: name,
    PhysicalResourceId: resource.physicalId ?? undefined,
    ResourceType: resource.type,
    ExpectedProperties: isChecked ? propertiesText(resource.expected) : undefined,
    ActualProperties: resource.actual === null ? undefined : propertiesText(resource.actual),
    PropertyDifferences:
      isChecked && resource.status !== 'DELETED' ? resource.differences.map(shownDifference) : undefined,
    StackResourceDriftStatus: resource.status,
    Timestamp: resource.checkedAt,
  };
}

/** One place that differs, as the API tells it. */
export function shownDifference({ path, expected, actual }: DriftDifference): Output {
  return {
    PropertyPath: `/${path.join('/')}`,
    ExpectedValue: valueText(expected),
    ActualValue: valueText(actual),
    DifferenceType: isAbsent(expected) ? 'ADD' : isAbsent(actual) ? 'REMOVE' : 'NOT_EQUAL',
  };
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null';
  return Array.isArray(value) || isMap(value) ? propertiesText({ value }).slice('{"value":'.length, -1) : String(value);
}
