import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type { Outcome, ResourceContext, ResourceRef, ResourceType } from '../../../engine/drivers/resource-type.js';
import { derivedId } from '../../../engine/model/ids.js';
import { dumpJson } from '../../../engine/model/python-json.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';
import {
  closeTransport,
  needsUser,
  openTransport,
  type SignalTransport,
  signalDetails,
  signedUrl,
} from './signal-transport.js';
import { CFN_KEYS, HEAT_KEYS, receiveSignal } from './wait-signals.js';

/** The types that wait conditions accept as handles, with the spelling of their signals. */
export const HANDLE_KEYS: ReadonlyMap<string, typeof HEAT_KEYS> = new Map([
  ['OS::Heat::WaitConditionHandle', HEAT_KEYS],
  ['AWS::CloudFormation::WaitConditionHandle', CFN_KEYS],
  ['OS::Heat::UpdateWaitConditionHandle', CFN_KEYS],
]);

/** The transport that a handle's properties ask for. */
export function transportOf(properties: JsonMap): SignalTransport {
  return (asText(properties.signal_transport) ?? 'TOKEN_SIGNAL') as SignalTransport;
}

/** OS::Heat::WaitConditionHandle: takes signals of its transport and keeps them in its metadata. */
export function heatWaitConditionHandle(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    async create(ctx, properties) {
      const transport = transportOf(properties);
      await openTransport(ctx, transport);
      const data: JsonMap = transport === 'ZAQAR_SIGNAL' ? { queue: ctx.resource.physicalName } : {};
      return {
        state: 'done',
        physicalId: await identityOf(ctx, transport),
        // There are tokens and passwords in them: they are worked out when they are asked for, and not stored.
        attributes: {},
        data,
      };
    },
    async update(_ctx, ref) {
      return {
        state: 'done',
        physicalId: ref.physicalId ?? '',
        attributes: {},
      };
    },
    async delete(ctx, ref) {
      await closeTransport(ctx, transportOf(ref.properties));
      await stackOf(ctx).users.remove(ctx.resource.uuid);
      return gone(ref);
    },
    async attribute(ctx, ref, name) {
      return (await attributesOf(ctx, transportOf(ref.properties)))[name] ?? null;
    },
    ...enabling,
    async signal(_ctx, ref, { details }) {
      return receiveSignal(ref.metadata, details, HEAT_KEYS, true);
    },
  };
}

async function identityOf(ctx: ResourceContext<Cloud>, transport: SignalTransport): Promise<string> {
  if (!needsUser(transport)) return derivedId('handle', ctx.resource.uuid);
  return (await stackOf(ctx).users.ensure(ctx.resource.uuid)).userId;
}

async function attributesOf(ctx: ResourceContext<Cloud>, transport: SignalTransport): Promise<JsonMap> {
  const stack = stackOf(ctx);
  const signal = dumpJson(await signalDetails(ctx, transport, 'waitcondition'));
  if (transport !== 'TOKEN_SIGNAL') return { token: null, endpoint: null, curl_cli: null, signal };
  const { projectId } = await stack.users.ensure(ctx.resource.uuid);
  const token = await stack.users.token(ctx.resource.uuid);
  const endpoint = stack.urls.native(projectId);
  return { token, endpoint, curl_cli: curlCommand(token, endpoint), signal };
}

/** The command by which a server tells that it is done; the signal's data are added to it. */
function curlCommand(token: string, endpoint: string): string {
  const headers = [`X-Auth-Token: ${token}`, 'Content-Type: application/json', 'Accept: application/json'];
  return `curl -i -X POST ${headers.map((header) => `-H '${header}'`).join(' ')} ${endpoint}`;
}

/** A suspended handle takes no signals: its user cannot log in. */
const enabling: Pick<ResourceType<Cloud>, 'suspend' | 'resume'> = {
  suspend: (ctx, ref) => switchUser(ctx, ref, false),
  resume: (ctx, ref) => switchUser(ctx, ref, true),
};

async function switchUser(ctx: ResourceContext<Cloud>, ref: ResourceRef, isEnabled: boolean) {
  const stack = stackOf(ctx);
  if (await stack.users.find(ctx.resource.uuid)) await stack.users.setEnabled(ctx.resource.uuid, isEnabled);
  return { state: 'done' as const, physicalId: ref.physicalId ?? '', attributes: {} };
}

/** AWS::CloudFormation::WaitConditionHandle and OS::Heat::UpdateWaitConditionHandle: references give the signed URL. */
export function cfnWaitConditionHandle(schema: ResourceSchema): ResourceType<Cloud> {
  const outcome = async (ctx: ResourceContext<Cloud>): Promise<Outcome> => {
    const url = await signedUrl(ctx, 'waitcondition');
    const physicalId = schema.origin === 'aws' ? url : (await stackOf(ctx).users.ensure(ctx.resource.uuid)).userId;
    return { physicalId, reference: url, attributes: schema.origin === 'aws' ? { Id: url } : {} };
  };
  return {
    schema,
    ...(schema.type === 'OS::Heat::UpdateWaitConditionHandle' ? { onEveryUpdate: 'replace' as const } : {}),
    async create(ctx) {
      return { state: 'done', ...(await outcome(ctx)) };
    },
    async delete(ctx, ref) {
      await stackOf(ctx).users.remove(ctx.resource.uuid);
      return gone(ref);
    },
    ...enabling,
    async signal(_ctx, ref, { details }) {
      // A body without anything is no signal, and no event either.
      if (details === null) return { reason: null };
      return receiveSignal(ref.metadata, details, CFN_KEYS, false);
    },
  };
}
