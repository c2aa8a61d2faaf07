import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { Cloud } from '../../clouds/cloud.js';
import { callOf, readingCall } from '../../define-type.js';
import { asMaps, asText } from '../../json-access.js';

type Ctx = ResourceContext<Cloud>;

/** One server behind a pool. */
export interface Backend {
  readonly server: string;
  readonly port: number;
}

/** Brings a pool's members to what is wanted. Those that stay are left alone: connections through them go on. */
export async function bringMembers(ctx: Ctx, pool: string, wanted: readonly Backend[], part: string): Promise<void> {
  const members = ctx.cloud.collection('members');
  const missing = new Map<string, { readonly server: string; readonly address: string; readonly port: number }>();
  for (const { server, port } of wanted) {
    const address = await addressOf(ctx, server);
    missing.set(`${server} ${address} ${port}`, { server, address, port });
  }
  for (const { id, name, body } of await members.list(readingCall(ctx), { parent_id: pool })) {
    const isWanted = missing.delete(`${name ?? ''} ${asText(body.address)} ${String(body.protocol_port)}`);
    if (!isWanted) await members.delete(callOf(ctx, `${part}/drop-${id}`), id);
  }
  for (const { server, address, port } of missing.values()) {
    await members.create(callOf(ctx, `${part}/member-${server}-${port}`), {
      pool,
      name: server,
      address,
      protocol_port: port,
    });
  }
}

/** The first address of a server that stands behind a load balancer; what is no server is an address itself. */
async function addressOf(ctx: Ctx, server: string): Promise<string> {
  const found = await ctx.cloud.collection('servers').find(readingCall(ctx), server);
  const networks = found?.body.addresses ?? {};
  const entries = Object.values(networks).flatMap((list) => asMaps(list));
  return asText(entries[0]?.addr) ?? server;
}
