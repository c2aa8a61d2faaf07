import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { contentText } from '../files/fetch-text.js';
import { toUrl } from '../files/locations.js';
import { parsePairs } from '../files/parameters.js';
import { orNotFound } from '../heat/api-error.js';
import type { HeatClient } from '../heat/heat-client.js';
import { stackOfLink } from '../heat/stack-event.js';
import { listObjects, showObject } from '../output/result.js';
import type { CommandAction } from '../program/command-spec.js';
import { messageOf } from '../program/error-text.js';
import { UsageError } from '../program/exit-codes.js';
import type { Operands } from '../program/parsed-arguments.js';

/** `baton stack resource list`. */
export const listResources: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const depth = options.count('nestedDepth');
  const query: { [key: string]: string | string[] } = { ...parsePairs(options.many('filter'), { semicolons: true }) };
  if (depth !== undefined) query.nested_depth = String(depth);
  if (options.isSet('long')) query.with_detail = 'True';
  const limit = options.count('limit');
  const marker = options.text('marker');
  if (limit !== undefined) query.baton_limit = String(limit);
  if (marker !== undefined) query.baton_marker = marker;
  const resources = await client.list(`${stack.path}/resources`, 'resources', query);
  const columns = ['resource_name', 'physical_resource_id', 'resource_type', 'resource_status', 'updated_time'];
  if ((depth ?? 0) > 0 || options.isSet('long')) columns.push('stack_name');
  return listObjects(
    resources.map((resource) => ({ ...resource, stack_name: stackOfLink(resource, 'stack').name })),
    columns,
  );
};

/** `baton stack resource show`. */
export const showResource: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const path = await resourcePath(client, operands.at(0), operands.at(1));
  const attributes = options.many('withAttr');
  const query = attributes.length > 0 ? { with_attr: [...attributes] } : undefined;
  const { resource } = await client.get(path, query).catch(orNotFound(missing(operands)));
  const shown = isMap(resource) ? (resource as JsonMap) : {};
  return showObject(shown, Object.keys(shown).sort());
};

/** `baton stack resource metadata`. */
export const showMetadata: CommandAction = async (context, operands) => {
  const client = await context.client();
  const path = await resourcePath(client, operands.at(0), operands.at(1));
  const { metadata } = await client.get(`${path}/metadata`).catch(orNotFound(missing(operands)));
  return showObject(isMap(metadata) ? (metadata as JsonMap) : {});
};

/** `baton stack resource signal`. */
export const signalResource: CommandAction = async (context, operands, options) => {
  const inline = options.text('data');
  const file = options.text('dataFile');
  if (inline !== undefined && file !== undefined) throw new UsageError('Should only specify one of data or data-file');
  const { reading } = context;
  const text = file === undefined ? inline : contentText(await reading.fetch(toUrl(file, reading.cwd)));
  const client = await context.client();
  const path = await resourcePath(client, operands.at(0), operands.at(1));
  const body = text === undefined ? {} : parseSignal(text);
  await client.post(`${path}/signal`, body).catch(orNotFound(missing(operands)));
};

/** `baton stack resource mark unhealthy`. */
export const markUnhealthy: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const path = await resourcePath(client, operands.at(0), operands.at(1));
  await client.patch(path, {
    mark_unhealthy: !options.isSet('reset'),
    resource_status_reason: operands.optional(2) ?? '',
  });
};

function missing(operands: Operands): string {
  return `Stack or resource not found: ${operands.at(0)} ${operands.at(1)}`;
}

async function resourcePath(client: HeatClient, stackName: string, resource: string): Promise<string> {
  const stack = await client.findStack(stackName);
  return `${stack.path}/resources/${encodeURIComponent(resource)}`;
}

function parseSignal(text: string): JsonMap {
  let data: Json;
  try {
    data = JSON.parse(text) as Json;
  } catch (cause) {
    throw new UsageError(`Data should be in JSON format: ${messageOf(cause)}`);
  }
  if (!isMap(data)) throw new UsageError('Data should be a JSON dict');
  return data as JsonMap;
}
