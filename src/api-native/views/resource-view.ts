import { joinStatus } from '../../engine/model/status.js';
import type { JsonMap } from '../../engine/model/value.js';
import type { ResourceView } from '../../engine/stacks/requests.js';
import type { TypeCatalogue } from '../api-types.js';
import { type Links, link } from '../links.js';
import { isoTime } from './time.js';

/** A resource in a list. */
export function resourceSummary(links: Links, view: ResourceView): JsonMap {
  const { record, stack, nested } = view;
  return {
    resource_name: record.name,
    logical_resource_id: record.name,
    links: [
      link(links.resource(stack, record.name)),
      link(links.stack(stack), 'stack'),
      ...(nested === undefined ? [] : [link(links.stack(nested), 'nested')]),
    ],
    creation_time: isoTime(record.createdAt),
    updated_time: isoTime(record.updateBegunAt ?? record.createdAt),
    resource_status: joinStatus(record.action, record.status),
    resource_status_reason: record.statusReason,
    physical_resource_id: record.physicalId ?? '',
    resource_type: record.type,
    required_by: [...view.requiredBy],
    ...(view.parentResource === undefined ? {} : { parent_resource: view.parentResource }),
  };
}

/** Every attribute of a type with its value, or null; `show` only if it was asked for by name. */
export function attributesView(
  catalogue: TypeCatalogue,
  type: string,
  values: JsonMap | undefined,
  extra: readonly string[] = [],
): JsonMap {
  const schema = catalogue.schema(type);
  const names = [...Object.keys(schema?.attributes ?? {}), ...extra];
  const attributes: JsonMap = Object.fromEntries(names.map((name) => [name, null]));
  Object.assign(attributes, values);
  if (!extra.includes('show')) delete attributes.show;
  // Only what is there in a service of the cloud can be shown as that service shows it.
  else if (schema?.service === undefined) attributes.show = null;
  return attributes;
}

/** A resource with its attributes. */
export function resourceDetail(
  links: Links,
  catalogue: TypeCatalogue,
  view: ResourceView,
  extra: readonly string[] = [],
): JsonMap {
  return {
    ...resourceSummary(links, view),
    description: view.description ?? '',
    attributes: attributesView(catalogue, view.record.type, view.attributes, extra),
  };
}
