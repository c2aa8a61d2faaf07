import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { ResourceContext, ResourceType } from '../../../engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asMap, asText } from '../../json-access.js';
import { mergedMetadata } from '../nova/server-software.js';
import { collectConfig, withCollectConfig } from '../software/collect-config.js';
import { stackOf } from '../stack-of.js';

/** OS::Heat::DeployedServer: a server that somebody else runs; it only gets its configuration from here. */
export function deployedServer(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    async create(ctx, properties) {
      const id = ctx.resource.uuid;
      const metadata = await metadataFor(ctx, properties, ctx.resource.metadata);
      return { state: 'done', physicalId: id, attributes: attributesOf(ctx, properties), metadata };
    },
    async update(ctx, ref, change) {
      const metadata = await metadataFor(ctx, change.after, ref.metadata);
      return {
        state: 'done',
        physicalId: ref.physicalId ?? ctx.resource.uuid,
        attributes: attributesOf(ctx, change.after),
        metadata,
      };
    },
    async delete(ctx, ref) {
      await stackOf(ctx).users.remove(ctx.resource.uuid);
      return gone(ref);
    },
    async attribute(ctx, ref, name) {
      // Asked for each time, for there are credentials in it.
      if (name === 'os_collect_config') return asMap(ref.metadata)['os-collect-config'] ?? {};
      return attributesOf(ctx, ref.properties)[name] ?? null;
    },
    mergedMetadata: (before, declared) => mergedMetadata(before, declared, { user_data_format: 'SOFTWARE_CONFIG' }),
  };
}

async function metadataFor(ctx: ResourceContext<Cloud>, properties: JsonMap, before: Json): Promise<JsonMap> {
  const transport = asText(properties.software_config_transport) ?? 'POLL_SERVER_CFN';
  const swift = asMap(properties.deployment_swift_data);
  const container = asFilled(swift.container) ?? ctx.resource.physicalName;
  const object = asFilled(swift.object) ?? ctx.resource.uuid;
  const config = await collectConfig(ctx, transport, { container, object });
  return withCollectConfig(asMap(before), config);
}

function attributesOf(ctx: ResourceContext<Cloud>, properties: JsonMap): JsonMap {
  return { name: asFilled(properties.name) ?? ctx.resource.physicalName };
}
