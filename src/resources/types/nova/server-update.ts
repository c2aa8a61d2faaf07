import { type Json, type JsonMap, sameValue } from '../../../engine/model/value.js';
import type { Entity } from '../../clouds/cloud.js';
import { callOf, readingCall, type UpdateInput } from '../../define-type.js';
import { asMap, asMaps, asText, compact, isGiven } from '../../json-access.js';
import { metadataTexts, nicOf, serverName } from './server-request.js';
import { AGENT_PROPERTIES, equipAgent, formatOf, startData } from './server-software.js';

/** Changes a server in place: each changed property by the verb that Nova has for it. */
export async function updateServer(input: UpdateInput): Promise<Entity | undefined> {
  const { change, collection, id, ctx, properties } = input;
  const changed = new Set(change.changed);
  let entity: Entity | undefined;
  const act = async (part: string, action: string, details: JsonMap): Promise<void> => {
    entity = await collection.act(callOf(ctx, part), id, action, details);
  };
  if (changed.has('metadata'))
    await act('metadata', 'set_metadata', { metadata: metadataTexts(asMap(properties.metadata)) });
  if (changed.has('flavor')) await act('flavor', 'resize', { flavor: properties.flavor ?? null });
  if (formatOf(properties) === 'SOFTWARE_CONFIG' && AGENT_PROPERTIES.some((name) => changed.has(name)))
    await equipAgent(ctx, properties);
  const isRebuilt = changed.has('user_data') && properties.user_data_update_policy === 'REBUILD';
  if (changed.has('image') || isRebuilt) {
    const preserve = properties.image_update_policy === 'REBUILD_PRESERVE_EPHEMERAL';
    const details = {
      image: properties.image,
      user_data: isRebuilt ? await startData(ctx, properties) : undefined,
      admin_pass: properties.admin_pass,
      preserve_ephemeral: preserve,
    };
    await act('image', 'rebuild', compact(details));
  } else if (changed.has('admin_pass')) {
    await act('password', 'change_password', { admin_pass: properties.admin_pass ?? null });
  }
  if (changed.has('name')) entity = await collection.update(callOf(ctx, 'name'), id, { name: serverName(input) });
  if (changed.has('tags')) entity = await collection.update(callOf(ctx, 'tags'), id, { tags: properties.tags ?? [] });
  if (changed.has('networks')) entity = (await updateNetworks(input)) ?? entity;
  return entity;
}

/** Detaches the ports of networks that are not wanted any more, attaches the new ones; what is the same stays plugged in. */
async function updateNetworks({ change, collection, id, ctx }: UpdateInput): Promise<Entity | undefined> {
  const after = asMaps(change.after.networks).map(nicOf);
  const before = asMaps(change.before.networks).map(nicOf);
  const kept: JsonMap[] = [];
  const added = after.filter((nic) => {
    const index = before.findIndex((old) => sameValue(old, nic));
    if (index < 0) return true;
    kept.push(...before.splice(index, 1));
    return false;
  });
  const server = await collection.get(readingCall(ctx), id);
  const plugged = Object.values(asMap(server?.body.addresses)).flatMap((list) => asMaps(list));
  const portIds = [...new Set(plugged.flatMap((entry) => asText(entry.port) ?? []))];
  // Without `networks` before, the server had the one port that Nova gave it.
  const wasAutomatic = asMaps(change.before.networks).length === 0;
  const leaving = wasAutomatic && added.length > 0 ? portIds : await portsOf(ctx, before, kept, portIds);
  let entity: Entity | undefined;
  for (const port of leaving) entity = await collection.act(callOf(ctx, `detach-${port}`), id, 'detach_port', { port });
  const joining: JsonMap[] = after.length === 0 && !wasAutomatic ? [{ network: 'private' }] : added;
  for (const [index, nic] of joining.entries()) {
    entity = await collection.act(callOf(ctx, `attach-${index}`), id, 'attach_nic', {
      ...nic,
      security_groups: change.after.security_groups ?? [],
    });
  }
  return entity;
}

/** The ports that belong to the old entries, found by port, address, subnet or network. */
async function portsOf(
  ctx: UpdateInput['ctx'],
  gone: readonly JsonMap[],
  kept: readonly JsonMap[],
  ids: readonly string[],
): Promise<string[]> {
  const ports = await Promise.all(ids.map((port) => ctx.cloud.collection('ports').get(readingCall(ctx), port)));
  const free = ports.filter((port) => port !== undefined);
  const take = async (nic: JsonMap): Promise<string | undefined> => {
    for (const port of free) {
      if (!(await belongs(ctx, port, nic))) continue;
      free.splice(free.indexOf(port), 1);
      return port.id;
    }
    return undefined;
  };
  for (const nic of kept) await take(nic);
  const found: string[] = [];
  for (const nic of gone) {
    const port = await take(nic);
    if (port !== undefined) found.push(port);
  }
  return found;
}

async function belongs(ctx: UpdateInput['ctx'], port: Entity, nic: JsonMap): Promise<boolean> {
  const given = asText(nic.port);
  if (given !== undefined) return port.id === given || port.name === given;
  const addresses = asMaps(port.body.fixed_ips);
  if (isGiven(nic.fixed_ip)) return addresses.some((ip) => ip.ip_address === nic.fixed_ip);
  if (isGiven(nic.subnet)) return addresses.some((ip) => ip.subnet_id === nic.subnet);
  const network = await ctx.cloud.collection('networks').find(readingCall(ctx), textOf(nic.network));
  return network?.id === port.body.network_id;
}

function textOf(value: Json | undefined): string {
  return asText(value) ?? '';
}
