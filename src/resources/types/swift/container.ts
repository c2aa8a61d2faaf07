import { RejectedError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import { callOf, readingCall, type TypeDefinition } from '../../define-type.js';
import { asBoolean, asList, asMap, asText } from '../../json-access.js';

function headers(properties: JsonMap): JsonMap {
  const all: JsonMap = {};
  for (const [key, value] of Object.entries(asMap(properties['X-Container-Meta'])))
    all[`x-container-meta-${key.toLowerCase()}`] = value;
  for (const key of ['X-Container-Read', 'X-Container-Write']) {
    const value = asText(properties[key]);
    if (value !== undefined) all[key.toLowerCase()] = value;
  }
  return all;
}

/** OS::Swift::Container; a container with objects in it stays, unless it is to be purged. */
export const container: TypeDefinition = {
  kind: 'containers',
  spec: ({ properties, name }) => ({
    name,
    headers: headers(properties),
    account_headers: properties['X-Account-Meta'] ?? {},
  }),
  async attributes({ ctx, entity, properties }) {
    const host = 'object-store.example.com';
    const root = `https://${host}/v1/AUTH_${ctx.stack.projectId}`;
    const head: JsonMap = {
      ...headers(properties),
      'x-container-object-count': String(entity.body.object_count ?? 0),
      'x-container-bytes-used': String(entity.body.bytes_used ?? 0),
      'content-type': 'application/json; charset=utf-8',
      'accept-ranges': 'bytes',
    };
    return {
      DomainName: host,
      RootURL: root,
      WebsiteURL: `${root}/${entity.id}`,
      ObjectCount: entity.body.object_count ?? 0,
      BytesUsed: entity.body.bytes_used ?? 0,
      HeadContainer: head,
      show: head,
    };
  },
  async removing({ ctx, properties }, id) {
    const containers = ctx.cloud.collection('containers');
    const found = await containers.get(readingCall(ctx), id);
    if (!found || asList(found.body.objects).length === 0) return;
    if (asBoolean(properties.PurgeOnDelete) !== true) {
      throw new RejectedError(
        `Deleting non-empty container (${id}) when PurgeOnDelete is False is not supported for resource.`,
        {
          reasonClass: 'ResourceActionNotSupported',
        },
      );
    }
    await containers.act(callOf(ctx, 'purge'), id, 'purge', {});
  },
};
