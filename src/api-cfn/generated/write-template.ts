import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import { isMap, type Json, type JsonMap } from '../../engine/model/value.js';
import type { ScannedResource } from './scanned-resources.js';

/** How the resources of a generated template are kept. */
export interface TemplatePolicies {
  readonly deletion: 'DELETE' | 'RETAIN';
  readonly replacement: 'DELETE' | 'RETAIN';
}

/** A resource with the name that it has in a template. */
export interface NamedResource {
  readonly logicalId: string;
  readonly resource: ScannedResource;
}

const POLICY = { DELETE: 'Delete', RETAIN: 'Retain' } as const;

/** A template of existing resources: what refers to another one of them becomes a reference, secrets become parameters. */
export function writeTemplate(
  templateId: string,
  resources: readonly NamedResource[],
  policies: TemplatePolicies,
  schemaOf: (type: string) => ResourceSchema | undefined,
): JsonMap {
  const parameters: JsonMap = {};
  const written: JsonMap = {};
  for (const named of resources) {
    const { logicalId, resource } = named;
    const schema = schemaOf(resource.type);
    const properties: JsonMap = {};
    for (const [name, value] of Object.entries(resource.properties)) {
      if (schema?.readOnly?.includes(name) === true || value === null) continue;
      properties[name] = withReferences(value, named, resources);
    }
    for (const name of resource.secrets) {
      const parameter = `${logicalId}${name}`.replaceAll(/[^A-Za-z0-9]/g, '');
      parameters[parameter] = {
        Type: 'String',
        NoEcho: true,
        Description: `The value of ${name}, which cannot be read from the resource.`,
      };
      properties[name] = { Ref: parameter };
    }
    written[logicalId] = {
      UpdateReplacePolicy: POLICY[policies.replacement],
      Type: resource.type,
      DeletionPolicy: POLICY[policies.deletion],
      ...(Object.keys(properties).length > 0 ? { Properties: properties } : {}),
    };
  }
  return {
    Metadata: { TemplateId: templateId },
    ...(Object.keys(parameters).length > 0 ? { Parameters: parameters } : {}),
    Resources: written,
  };
}

/** Replaces texts that name another resource of the template. */
function withReferences(value: Json, self: NamedResource, resources: readonly NamedResource[]): Json {
  if (typeof value === 'string') {
    for (const { logicalId, resource } of resources) {
      if (logicalId === self.logicalId || !Object.hasOwn(resource.references, value)) continue;
      const attribute = resource.references[value];
      return attribute === '' || attribute === undefined
        ? { Ref: logicalId }
        : { 'Fn::GetAtt': [logicalId, attribute] };
    }
    return value;
  }
  if (Array.isArray(value)) return value.map((one) => withReferences(one, self, resources));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, withReferences(one as Json, self, resources)]),
  );
}

/** A name for a resource that nobody has named: its service and kind, and what it is called. */
export function logicalIdFor({ type, physicalId }: ScannedResource, taken: ReadonlySet<string>): string {
  const [, service = '', kind = ''] = type.split('::');
  const name = physicalId
    .split(/[:/|]/)
    .at(-1)
    ?.replaceAll(/[^A-Za-z0-9]/g, '');
  const base = `${service}${kind}00${name ?? ''}`.slice(0, 240);
  let id = base;
  for (let number = 2; taken.has(id); number++) id = `${base}00${number}`;
  return id;
}
