import type { ChildStep } from '../drivers/resource-type.js';
import { newId } from '../model/ids.js';
import type { TemplateRecord } from '../model/records.js';
import { hasSecret, type Json, type JsonMap, Secret, setOwn, type Value, type ValueMap } from '../model/value.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import { digest } from '../planning/digest.js';
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
    ...(parent.record.storedParameters ? { storedParameters: parent.record.storedParameters } : {}),
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

/**
 * A digest of everything that a child stack follows from; undefined if there is a secret in it, which must not be
 * stored in any form that could be guessed at.
 */
export function childDigest(record: TemplateRecord): string | undefined {
  if (hasSecret(record.environment)) return undefined;
  return digest([record.text ?? null, record.document, record.environment as Json, filesDigest(record.files)]);
}

/** Children of one parent share its files: they are hashed once. */
const digestsOfFiles = new WeakMap<object, string>();

function filesDigest(files: TemplateRecord['files']): string {
  const known = digestsOfFiles.get(files) ?? digest({ ...files });
  digestsOfFiles.set(files, known);
  return known;
}
