import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { SignedUrlKind } from '../../../engine/drivers/stack-access.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { callOf, readingCall } from '../../define-type.js';
import { asMap, asMaps, asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';

/** How the outside signals a resource. */
export type SignalTransport =
  | 'CFN_SIGNAL'
  | 'TEMP_URL_SIGNAL'
  | 'HEAT_SIGNAL'
  | 'NO_SIGNAL'
  | 'ZAQAR_SIGNAL'
  | 'TOKEN_SIGNAL';

/** Whether a transport is by a user of the stack: then the resource owns one. */
export function needsUser(transport: SignalTransport): boolean {
  return transport !== 'TEMP_URL_SIGNAL' && transport !== 'NO_SIGNAL';
}

/** Credentials with which a signal can be sent to OpenStack's services, by Heat's names. */
export async function signalCredentials(ctx: ResourceContext<Cloud>): Promise<JsonMap> {
  const stack = stackOf(ctx);
  const user = await stack.users.ensure(ctx.resource.uuid);
  const { auth, region } = stack.urls.services;
  return {
    auth_url: auth,
    username: user.userName,
    user_id: user.userId,
    password: user.password,
    project_id: user.projectId,
    domain_id: user.domainId,
    region_name: region,
  };
}

/** The URL that is signed for the resource's own key pair. */
export async function signedUrl(ctx: ResourceContext<Cloud>, kind: SignedUrlKind): Promise<string> {
  const stack = stackOf(ctx);
  return stack.urls.signed(kind, await stack.users.keyPair(ctx.resource.uuid));
}

/** The URL for TEMP_URL_SIGNAL: an object named like the resource in a container named like the stack. */
export function temporaryUrl(ctx: ResourceContext<Cloud>): string {
  return stackOf(ctx).urls.temporary(ctx.stack.id, ctx.resource.physicalName);
}

/** All that somebody must know to signal the resource: the attribute `signal` of wait condition handles. */
export async function signalDetails(
  ctx: ResourceContext<Cloud>,
  transport: SignalTransport,
  kind: SignedUrlKind,
): Promise<JsonMap | null> {
  switch (transport) {
    case 'CFN_SIGNAL':
      return { alarm_url: await signedUrl(ctx, kind) };
    case 'HEAT_SIGNAL': {
      const credentials = await signalCredentials(ctx);
      return { ...credentials, alarm_url: stackOf(ctx).urls.native(String(credentials.project_id)) };
    }
    case 'TEMP_URL_SIGNAL':
      return { alarm_url: temporaryUrl(ctx) };
    case 'ZAQAR_SIGNAL':
      return { ...(await signalCredentials(ctx)), queue_id: ctx.resource.physicalName };
    case 'NO_SIGNAL':
      return {};
    case 'TOKEN_SIGNAL':
      return null;
  }
}

/** Makes what the transport needs in the cloud: a queue of its own for ZAQAR_SIGNAL. */
export async function openTransport(ctx: ResourceContext<Cloud>, transport: SignalTransport): Promise<void> {
  if (transport !== 'ZAQAR_SIGNAL') return;
  const name = ctx.resource.physicalName;
  const queues = ctx.cloud.collection('queues');
  if (!(await queues.get(readingCall(ctx), name))) await queues.create(callOf(ctx, 'signal-queue'), { name });
}

/** Takes back what `openTransport` has made. */
export async function closeTransport(ctx: ResourceContext<Cloud>, transport: SignalTransport): Promise<void> {
  if (transport === 'ZAQAR_SIGNAL')
    await ctx.cloud.collection('queues').delete(callOf(ctx, 'signal-queue'), ctx.resource.physicalName);
}

/** The bodies of the messages that wait in a signal queue; they are taken out of it. */
export async function takeMessages(ctx: ResourceContext<Cloud>, queue: string): Promise<JsonMap[]> {
  const queues = ctx.cloud.collection('queues');
  const found = await queues.get(readingCall(ctx), queue);
  const messages = asMaps(found?.body.messages);
  if (messages.length > 0)
    await queues.act(callOf(ctx, `take/${messages.map(({ id }) => asText(id)).join()}`), queue, 'purge', {
      ids: messages.map(({ id }) => id ?? ''),
    });
  return messages.map((message) => asMap(message.body));
}
