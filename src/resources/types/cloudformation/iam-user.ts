import type { ResourceSchema } from '../../../engine/drivers/resource-schema.js';
import type {
  PropertyChange,
  ResourceContext,
  ResourceRef,
  ResourceType,
} from '../../../engine/drivers/resource-type.js';
import { MissingError, RejectedError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { gone } from '../../define-type.js';
import { asFilled, asList, asMap, asText } from '../../json-access.js';
import { stackOf } from '../stack-of.js';

/** AWS::IAM::User: a user of the stack, who may signal its resources and read their metadata. */
export function iamUser(schema: ResourceSchema): ResourceType<Cloud> {
  const isAws = schema.origin === 'aws';
  const nameFor = (ctx: ResourceContext<Cloud>, properties: JsonMap) =>
    asFilled(properties.UserName) ?? ctx.resource.physicalName;
  const outcome = (ctx: ResourceContext<Cloud>, properties: JsonMap, userId: string) => {
    const name = nameFor(ctx, properties);
    const path = asFilled(properties.Path) ?? '/';
    const arn = `arn:aws:iam::${ctx.cloud.accountId(ctx.stack.projectId)}:user${path}${name}`;
    return isAws
      ? { physicalId: name, attributes: { Arn: arn }, data: { user_id: userId } }
      : { physicalId: userId, reference: name, attributes: {} };
  };
  return {
    schema,
    async create(ctx, properties) {
      await guardPolicies(ctx, properties);
      const wish = { userName: nameFor(ctx, properties), ...passwordIn(properties) };
      const user = await stackOf(ctx).users.ensure(ctx.resource.uuid, wish);
      return { state: 'done', ...outcome(ctx, properties, user.userId) };
    },
    async update(ctx, _ref, change) {
      await guardPolicies(ctx, change.after);
      const user = await stackOf(ctx).users.ensure(ctx.resource.uuid, passwordIn(change.after));
      return { state: 'done', ...outcome(ctx, change.after, user.userId) };
    },
    async delete(ctx, ref) {
      await stackOf(ctx).users.remove(ctx.resource.uuid);
      return gone(ref);
    },
    suspend: (ctx, ref) => switchUser(ctx, ref.physicalId, false),
    resume: (ctx, ref) => switchUser(ctx, ref.physicalId, true),
  };
}

function passwordIn({ LoginProfile }: JsonMap): { readonly password?: string } {
  const password = asFilled(asMap(LoginProfile).Password);
  return password === undefined ? {} : { password };
}

async function switchUser(ctx: ResourceContext<Cloud>, physicalId: string | undefined, isEnabled: boolean) {
  await stackOf(ctx).users.setEnabled(ctx.resource.uuid, isEnabled);
  return { state: 'done' as const, physicalId: physicalId ?? '', attributes: {} };
}

/** Policies that are names must be access policies of the stack; documents of AWS's kind are let through. */
async function guardPolicies(ctx: ResourceContext<Cloud>, properties: JsonMap): Promise<void> {
  for (const policy of asList(properties.Policies)) {
    if (typeof policy !== 'string') continue;
    const stack = stackOf(ctx);
    const found = (await stack.named(policy)) ?? (await stack.find(policy));
    if (found?.type === 'OS::Heat::AccessPolicy') continue;
    throw new RejectedError(`The Referenced Attribute (${ctx.resource.name} Policies) is incorrect.`, {
      reasonClass: 'InvalidTemplateAttribute',
    });
  }
}

/** AWS::IAM::AccessKey: the key pair of a user. */
export function iamAccessKey(schema: ResourceSchema): ResourceType<Cloud> {
  return {
    schema,
    // A user has one key pair here: the old one goes before the new one is made.
    deleteBeforeReplace: true,
    async create(ctx, properties) {
      const name = asText(properties.UserName) ?? '';
      const user = await stackOf(ctx).find(name);
      if (!user) throw new MissingError(`could not find user ${name}`, { reasonClass: 'NotFound' });
      const pair = await stackOf(ctx).users.keyPair(user.uuid);
      if (asText(properties.Status) === 'Inactive') await stackOf(ctx).users.setEnabled(user.uuid, false);
      return { state: 'done', physicalId: pair.access, attributes: { UserName: name }, data: { owner: user.uuid } };
    },
    ...(schema.origin === 'aws'
      ? {
          async update(ctx: ResourceContext<Cloud>, ref: ResourceRef, change: PropertyChange) {
            const owner = asText(ref.data.owner);
            const isActive = asText(change.after.Status) !== 'Inactive';
            if (owner !== undefined) await stackOf(ctx).users.setEnabled(owner, isActive);
            const attributes = { UserName: change.after.UserName ?? null };
            return { state: 'done' as const, physicalId: ref.physicalId ?? '', attributes, data: ref.data };
          },
        }
      : {}),
    async delete(ctx, ref) {
      const owner = asText(ref.data.owner);
      if (owner !== undefined) await stackOf(ctx).users.removeKeyPair(owner);
      return gone(ref);
    },
    // The secret is asked for each time: it lies with the user, encrypted, and not in the resource's record.
    async attribute(ctx, ref, name) {
      if (name === 'UserName') return ref.properties.UserName ?? null;
      const owner = asText(ref.data.owner);
      if (name !== 'SecretAccessKey' || owner === undefined) return null;
      return (await stackOf(ctx).users.keyPair(owner)).secret;
    },
  };
}
