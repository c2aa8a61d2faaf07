import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asList, asMap } from '../../json-access.js';
import { stackOf } from '../stack-of.js';

/** Where a server's metadata lie for POLL_TEMP_URL. */
export interface MetadataObject {
  readonly container: string;
  readonly object: string;
}

const SOURCES = ['heat', 'zaqar', 'cfn', 'request'] as const;

/**
 * The part of a server's metadata that tells its agent where to fetch configuration, with the credentials for it.
 * Servers with `user_data_format: SOFTWARE_CONFIG` carry it under `os-collect-config`.
 */
export async function collectConfig(
  ctx: ResourceContext<Cloud>,
  transport: string,
  at: MetadataObject,
): Promise<JsonMap> {
  const stack = stackOf(ctx);
  const { services } = stack.urls;
  const { uuid, name } = ctx.resource;
  switch (transport) {
    case 'POLL_SERVER_HEAT': {
      const user = await stack.users.ensure(uuid);
      const heat = {
        user_id: user.userId,
        password: user.password,
        auth_url: services.auth,
        project_id: user.projectId,
        stack_id: `${ctx.stack.name}/${ctx.stack.id}`,
        resource_name: name,
        region_name: services.region,
      };
      return { collectors: ['heat', 'local'], heat };
    }
    case 'ZAQAR_MESSAGE': {
      const user = await stack.users.ensure(uuid);
      const zaqar = {
        user_id: user.userId,
        password: user.password,
        auth_url: services.auth,
        project_id: user.projectId,
        queue_id: ctx.resource.physicalName,
        region_name: services.region,
      };
      return { collectors: ['zaqar', 'local'], zaqar };
    }
    case 'POLL_TEMP_URL':
      return {
        collectors: ['request', 'local'],
        request: { metadata_url: stack.urls.temporary(at.container, at.object) },
      };
    default: {
      const key = await stack.users.keyPair(uuid);
      const cfn = {
        metadata_url: `${services.cfn}/`,
        access_key_id: key.access,
        secret_access_key: key.secret,
        stack_name: ctx.stack.name,
        path: `${name}.Metadata`,
      };
      return { collectors: ['cfn', 'local'], cfn };
    }
  }
}

/** Metadata with a (new) collect config; entries of sources that are not used any more become null, so that agents drop them. */
export function withCollectConfig(metadata: JsonMap, config: JsonMap): JsonMap {
  const before = asMap(metadata['os-collect-config']);
  const emptied: JsonMap = {};
  for (const source of SOURCES) {
    if (source in before)
      emptied[source] = Object.fromEntries(Object.keys(asMap(before[source])).map((key) => [key, null]));
  }
  return {
    ...metadata,
    deployments: [...asList(metadata.deployments)],
    'os-collect-config': { ...before, ...emptied, ...config },
  };
}
