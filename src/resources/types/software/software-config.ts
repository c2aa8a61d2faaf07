import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceContext, ResourceType } from '../../../engine/drivers/resource-type.js';
import { derivedId } from '../../../engine/model/ids.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asMap, asMaps, asText, asTexts, isGiven } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import { storedInput, storedOutput } from './io-config.js';
import { mimeMessage } from './multipart-mime.js';
import { yamlText } from './yaml-text.js';

/** What one of the config types stores. */
type ConfigOf = (ctx: ResourceContext<Cloud>, properties: JsonMap) => JsonMap | Promise<JsonMap>;

/** OS::Heat::SoftwareConfig: a text for a tool on servers. */
export function softwareConfig(schema: ResourceSchema): ResourceType<Cloud> {
  return configType(schema, (_ctx, properties) => ({
    ...common(properties),
    config: asText(properties.config) ?? null,
  }));
}

/** OS::Heat::StructuredConfig: the same as a map. */
export function structuredConfig(schema: ResourceSchema): ResourceType<Cloud> {
  return configType(schema, (_ctx, properties) => ({ ...common(properties), config: properties.config ?? null }));
}

/** OS::Heat::SoftwareComponent: configs for several actions in one. */
export function softwareComponent(schema: ResourceSchema): ResourceType<Cloud> {
  const type = configType(schema, (_ctx, properties) => ({
    ...common(properties),
    group: 'component',
    config: { configs: asMaps(properties.configs) },
  }));
  return { ...type, validate: (properties, name) => componentProblems(properties, name) };
}

/** OS::Heat::CloudConfig: a map that cloud-init reads as YAML. */
export function cloudConfig(schema: ResourceSchema): ResourceType<Cloud> {
  return configType(schema, (_ctx, properties) => ({
    group: 'Heat::Ungrouped',
    config: `#cloud-config\n${yamlText(asMap(properties.cloud_config))}`,
  }));
}

/** OS::Heat::MultipartMime: texts and other configs as one message for cloud-init. */
export function multipartMime(schema: ResourceSchema): ResourceType<Cloud> {
  return configType(schema, async (ctx, properties) => ({
    group: asText(properties.group) ?? 'Heat::Ungrouped',
    config: await mimeMessage(stackOf(ctx).software, asMaps(properties.parts), ctx.resource.uuid),
  }));
}

function common(properties: JsonMap): JsonMap {
  return {
    group: asText(properties.group) ?? 'Heat::Ungrouped',
    inputs: asMaps(properties.inputs).map(storedInput),
    outputs: asMaps(properties.outputs).map(storedOutput),
    options: asMap(properties.options),
  };
}

function configType(schema: ResourceSchema, configOf: ConfigOf): ResourceType<Cloud> {
  return {
    schema,
    async create(ctx, properties) {
      const id = derivedId('software-config', ctx.token);
      const input = { id, name: ctx.resource.physicalName, ...(await configOf(ctx, properties)) };
      const config = await stackOf(ctx).software.createConfig(input);
      return { state: 'done', physicalId: config.id, attributes: attributesOf(config.config) };
    },
    async read(ctx, ref) {
      const config = ref.physicalId === undefined ? undefined : await stackOf(ctx).software.config(ref.physicalId);
      if (!config) return undefined;
      return { physicalId: config.id, attributes: attributesOf(config.config), properties: {}, healthy: true };
    },
    async delete(ctx, ref) {
      if (ref.physicalId !== undefined) await stackOf(ctx).software.deleteConfig(ref.physicalId);
      return gone(ref);
    },
  };
}

function attributesOf(config: Json): JsonMap {
  const configs = asMap(config).configs;
  return isGiven(configs) ? { config, configs } : { config };
}

function componentProblems(properties: JsonMap, name: string): string[] {
  const seen = new Set<string>();
  for (const config of asMaps(properties.configs)) {
    const actions = isGiven(config.actions) ? asTexts(config.actions) : ['CREATE', 'UPDATE'];
    if (actions.some((action) => seen.has(action))) {
      return [
        `Defining more than one configuration for the same action in SoftwareComponent "${name}" is not allowed.`,
      ];
    }
    for (const action of actions) seen.add(action);
  }
  return [];
}
