/** One resource type of the AWS service specification as the catalogue's compact form. */

/** Types for which CloudFormation takes `DeletionPolicy: Snapshot`. */
const SNAPSHOT_TYPES = new Set([
  'AWS::DocDB::DBCluster',
  'AWS::EC2::Volume',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::Neptune::DBCluster',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
]);

/** Facts that the specification lacks, by type. */
const ADDITIONS = {
  'AWS::CloudFormation::Stack': { openAttributes: true },
  'AWS::CloudFormation::CustomResource': { open: true, openAttributes: true },
  'AWS::CloudFormation::WaitConditionHandle': { signal: true },
  'AWS::AutoScaling::AutoScalingGroup': { signal: true },
  'AWS::EC2::Instance': { signal: true },
};

/** Types that CloudFormation takes although the specification does not have them, in the compact form. */
export const MISSING_TYPES = {
  'AWS::CDK::Metadata': {
    class: 'CDKMetadata',
    properties: { Analytics: { type: 'string' }, Modules: { type: 'string' } },
    attributes: {},
  },
};

/** Properties that the engine itself must have although the specification calls them optional. */
const REQUIRED = {
  'AWS::CloudFormation::Stack': ['TemplateURL'],
};

/** String properties with these names hold a password or a key. */
const SECRET_NAME =
  /^(.*Password|SecretString|AuthToken|SecretAccessKey|OAuthToken|ClientSecret|SharedSecret|PreSharedKey|PrivateKey|Passphrase|SplunkHecToken|HecToken|ConnectorClientSecret|AppClientSecret|AdminPass|PersonalAccessToken|AccessToken)$/;

/** The shared shape of `{Key, Value}` tags. */
const TAG_TYPE = '@tag';
const TAG = { Key: { type: 'string', required: true }, Value: { type: 'string' } };

const baseKind = (type) => {
  if (type.type === 'array') return 'list';
  if (['ref', 'map', 'tag'].includes(type.type)) return 'map';
  return (
    { string: 'string', 'date-time': 'string', boolean: 'boolean', integer: 'integer', number: 'number' }[type.type] ??
    'any'
  );
};

/** The compact form of one resource of the database: properties, attributes, and the shapes they share under `types`. */
export function compactType(database, resource) {
  const types = {};
  const names = new Map();

  function shapeName(definition) {
    const known = names.get(definition.$id);
    if (known !== undefined) return known;
    let name = definition.name;
    for (let twin = 2; name in types; twin++) name = `${definition.name}${twin}`;
    names.set(definition.$id, name);
    // Entered before it is filled: a recursive shape meets its own name.
    types[name] = {};
    Object.assign(types[name], compactProperties(definition.properties));
    return name;
  }

  function compactValue(type) {
    switch (type.type) {
      case 'array': {
        const items = compactValue(type.element);
        return { type: 'list', ...(items.type === 'any' ? {} : { items }) };
      }
      case 'map': {
        const items = compactValue(type.element);
        return { type: 'map', ...(items.type === 'any' ? {} : { items }) };
      }
      case 'tag':
        types[TAG_TYPE] = TAG;
        return { type: 'map', ref: TAG_TYPE };
      case 'ref':
        return { type: 'map', ref: shapeName(database.get('typeDefinition', type.reference)) };
      case 'union': {
        const kinds = new Set(type.types.map(baseKind));
        return kinds.size === 1 && !['map', 'list', 'any'].includes([...kinds][0])
          ? { type: [...kinds][0] }
          : { type: 'any' };
      }
      default: {
        const kind = baseKind(type);
        return type.allowedValues && type.allowedValues.length > 0
          ? { type: kind, constraints: [{ kind: 'allowed_values', values: type.allowedValues }] }
          : { type: kind };
      }
    }
  }

  function compactProperty(name, property) {
    const kinds = new Set(
      [property.type, ...(property.previousTypes ?? [])].map(baseKind).filter((kind) => kind !== 'any'),
    );
    if (kinds.has('integer')) kinds.delete('number');
    const compact = kinds.size > 1 ? { type: 'any' } : compactValue(property.type);
    if (property.required) compact.required = true;
    if (property.causesReplacement === 'yes') compact.onChange = 'replace';
    if (property.causesReplacement === 'maybe') compact.onChange = 'maybe';
    if (property.defaultValue !== undefined) compact.default = defaultOf(property.defaultValue);
    if (property.deprecated === 'IGNORE') compact.hidden = true;
    if (compact.type === 'string' && SECRET_NAME.test(name)) compact.secret = true;
    return compact;
  }

  function compactProperties(properties) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, compactProperty(name, property)]),
    );
  }

  const properties = compactProperties(resource.properties);
  for (const path of resource.additionalReplacementProperties ?? []) markReplacing(properties, types, path);
  for (const name of REQUIRED[resource.cloudFormationType] ?? []) properties[name].required = true;
  const attributes = Object.fromEntries(
    Object.entries(resource.attributes).map(([name, attribute]) => [name, { type: baseKind(attribute.type) }]),
  );
  const identifier = resource.cfnRefIdentifier ?? resource.primaryIdentifier;
  return {
    class: resource.name,
    properties,
    attributes,
    ...(Object.keys(types).length > 0 ? { types } : {}),
    ...(identifier ? { primaryIdentifier: identifier } : {}),
    ...(resource.tagInformation
      ? { tags: { property: resource.tagInformation.tagPropertyName, variant: resource.tagInformation.variant } }
      : {}),
    ...(resource.isStateful ? { stateful: true } : {}),
    ...(SNAPSHOT_TYPES.has(resource.cloudFormationType) ? { snapshot: true } : {}),
    ...(ADDITIONS[resource.cloudFormationType] ?? {}),
  };
}

/** Defaults are written as JSON or as bare words. */
function defaultOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A path below a shape of this type's own replaces there; below the shared tag it replaces from the top. */
function markReplacing(properties, types, path) {
  let level = properties;
  let property;
  for (const name of path) {
    if (name === '*') continue;
    property = level?.[name];
    if (property === undefined) return;
    const shape = property.ref ?? property.items?.ref;
    if (shape === TAG_TYPE) break;
    level = shape === undefined ? undefined : types[shape];
  }
  if (property) property.onChange = 'replace';
}
