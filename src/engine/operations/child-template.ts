import type { ChildStep } from '../drivers/resource-type.js';
import { newId } from '../model/ids.js';
import type { TemplateRecord } from '../model/records.js';
import {
  hasSecret,
  isMap,
  type Json,
  type JsonMap,
  Secret,
  setOwn,
  type Value,
  type ValueMap,
} from '../model/value.js';
import type { DesiredResource, DesiredStack } from '../planning/desired.js';
import { digest } from '../planning/digest.js';
import { type Environment, environmentDocument } from '../template/environment/environment.js';
import { sealed, secretTexts } from './seal-secrets.js';

/**
 * The stored template of a child stack: the step's template, the parent's files, its part of the environment. What is
 * secret among the composing resource's own properties is secret in the child's template too.
 */
export function childTemplateRecord(
  parent: DesiredStack,
  resource: DesiredResource,
  step: ChildStep,
  environment: Environment,
  properties: ValueMap,
): TemplateRecord {
  const { template, files, parameters } = step.stack;
  const secrets = pieces(secretTexts(properties), properties);
  const inherited = [...secrets, ...secretTexts(parent.record.environment)];
  const text = typeof template === 'string' ? template : undefined;
  return {
    id: newId(),
    text,
    document: typeof template === 'string' ? {} : hideInDocument(template, secrets),
    files: files ?? parent.record.files,
    environment: {
      ...(sealed(environmentDocument(environment), inherited) as ValueMap),
      parameters: hideSecrets(parameters, resource, secrets),
    },
    environmentFiles: [],
    ...(parent.record.storedParameters ? { storedParameters: parent.record.storedParameters } : {}),
  };
}

/** A group puts each member's name in place of its index variable: what is left of a secret around it is secret too. */
function pieces(secrets: readonly string[], { index_var: variable }: ValueMap): string[] {
  const name = typeof variable === 'string' && variable !== '' ? variable : '%index%';
  return secrets.flatMap((secret) =>
    secret.includes(name) ? secret.split(name).filter((part) => part !== '') : [secret],
  );
}

/** The document with secrets in its resources' properties and metadata; it is plain JSON but for those. */
function hideInDocument(document: JsonMap, secrets: readonly string[]): JsonMap {
  if (secrets.length === 0) return document;
  const copy: JsonMap = { ...document };
  for (const section of ['resources', 'Resources']) {
    const resources = document[section];
    if (isMap(resources)) copy[section] = hideInResources(resources as JsonMap, secrets);
  }
  return copy;
}

function hideInResources(resources: JsonMap, secrets: readonly string[]): JsonMap {
  // Members that share a declaration go on sharing it.
  const known = new Map<Json, Json>();
  const hidden: JsonMap = {};
  for (const [name, declaration] of Object.entries(resources)) {
    const before = known.get(declaration) ?? hideInDeclaration(declaration, secrets);
    known.set(declaration, before);
    setOwn(hidden, name, before);
  }
  return hidden;
}

function hideInDeclaration(declaration: Json, secrets: readonly string[]): Json {
  if (!isMap(declaration)) return declaration;
  const copy = { ...(declaration as JsonMap) };
  for (const part of ['properties', 'Properties', 'metadata', 'Metadata']) {
    if (part in copy) copy[part] = sealed(copy[part] ?? null, secrets) as Json;
  }
  return copy;
}

/** Parameters that come from secret properties stay secret in the child. */
function hideSecrets(parameters: JsonMap, { type }: DesiredResource, secrets: readonly string[]): ValueMap {
  const hidden: { [name: string]: Value } = {};
  for (const [name, value] of Object.entries(parameters)) {
    setOwn(hidden, name, type.schema.properties[name]?.secret === true ? new Secret(value) : sealed(value, secrets));
  }
  return hidden;
}

/**
 * A digest of everything that a child stack follows from; undefined if there is a secret in it, which must not be
 * stored in any form that could be guessed at.
 */
export function childDigest(record: TemplateRecord): string | undefined {
  if (hasSecret(record.environment) || (record.text === undefined && hasSecret(record.document))) return undefined;
  return digest([record.text ?? null, record.document, record.environment as Json, filesDigest(record.files)]);
}

/** Children of one parent share its files: they are hashed once. */
const digestsOfFiles = new WeakMap<object, string>();

function filesDigest(files: TemplateRecord['files']): string {
  const known = digestsOfFiles.get(files) ?? digest({ ...files });
  digestsOfFiles.set(files, known);
  return known;
}
