import type { ChildStep } from '../drivers/resource-type.js';
import { newId } from '../model/ids.js';
import type { TemplateRecord } from '../model/records.js';
import { isMap, type JsonMap, sameValue, Secret, setOwn, type Value, type ValueMap } from '../model/value.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import { type Environment, environmentDocument } from '../template/environment/environment.js';

/** The stored template of a child stack: the step's template, the parent's files, its part of the environment. */
export function childTemplateRecord(
  parent: DesiredStack,
  resource: DesiredResource,
  step: ChildStep,
  environment: Environment,
): TemplateRecord {
  const { template, files, parameters } = step.stack;
  const text = typeof template === 'string' ? template : undefined;
  return {
    id: newId(),
    text,
    document: typeof template === 'string' ? {} : template,
    files: files ?? parent.record.files,
    environment: {
      ...environmentDocument(environment),
      parameters: hideSecrets(parameters, resource),
    },
    environmentFiles: [],
  };
}

/** Parameters that come from secret properties stay secret in the child. */
function hideSecrets(parameters: JsonMap, { type }: DesiredResource): ValueMap {
  const hidden: { [name: string]: Value } = {};
  for (const [name, value] of Object.entries(parameters)) {
    setOwn(hidden, name, type.schema.properties[name]?.secret === true ? new Secret(value) : value);
  }
  return hidden;
}

/** True if two stored templates cannot lead to different stacks. */
export function isSameChild(a: TemplateRecord, b: TemplateRecord): boolean {
  if (a.text !== b.text || !sameValue(a.document, b.document)) return false;
  return sameValue(a.environment, b.environment) && (a.files === b.files || sameFiles(a.files, b.files));
}

function sameFiles(a: TemplateRecord['files'], b: TemplateRecord['files']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** The parameters that a stored template was given. */
export function givenParameters(record: TemplateRecord): ValueMap {
  const parameters = record.environment.parameters;
  return isMap(parameters) ? parameters : {};
}
