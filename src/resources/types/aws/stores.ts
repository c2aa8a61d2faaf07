import { randomBytes } from 'node:crypto';
import { RejectedError } from '../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import { arnFor, callOf, identityOf, readingCall, type TypeDefinition, type TypeInput } from '../../define-type.js';
import { asBoolean, asFilled, asList, asMap, asNumber, asText, compact, isGiven, tagMap } from '../../json-access.js';
import { randomStream, randomText } from '../heat/random-string.js';

/** AWS::S3::Bucket */
export const bucket: TypeDefinition = {
  kind: 'containers',
  spec(input) {
    const { isAws, ctx, properties } = input;
    const name = isAws ? identityOf(input).physicalId : ctx.resource.physicalName.toLowerCase();
    return { name, exclusive: true, ...compact({ tags: isAws ? tagMap(properties.Tags) : undefined }) };
  },
  attributes({ entity, ctx, isAws, schema }) {
    const { region } = ctx.stack;
    const name = entity.id;
    if (!isAws) {
      const host = 'object-store.example.com';
      return { DomainName: host, WebsiteURL: `https://${host}/v1/AUTH_${ctx.stack.projectId}/${name}` };
    }
    return {
      Arn: arnFor({ ctx, schema, properties: {}, name, isAws }, name),
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    };
  },
  async removing({ ctx }, id) {
    const found = await ctx.cloud.collection('containers').get(readingCall(ctx), id);
    if (found && asList(found.body.objects).length > 0) {
      throw new RejectedError('The bucket you tried to delete is not empty', { reasonClass: 'BucketNotEmpty' });
    }
  },
  update: async () => undefined,
  live: () => ({}),
};

/** AWS::SSM::Parameter */
export const ssmParameter: TypeDefinition = {
  kind: 'parameters',
  spec: ({ properties, ctx }) =>
    compact({
      name: asFilled(properties.Name) ?? `CFN-${ctx.resource.physicalName}`,
      value: asText(properties.Value) ?? '',
      type: asText(properties.Type) ?? 'String',
      description: properties.Description,
    }),
  attributes: ({ entity }) => ({ Type: entity.body.type ?? 'String', Value: entity.body.value ?? '' }),
  live: ({ entity }) => ({ Value: entity.body.value ?? '' }),
};

const SYMBOLS = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';

async function generatedSecret({ ctx }: TypeInput, wish: JsonMap): Promise<string> {
  const excluded = new Set(asText(wish.ExcludeCharacters) ?? '');
  const sets = [
    asBoolean(wish.ExcludeLowercase) ? '' : LOWER,
    asBoolean(wish.ExcludeUppercase) ? '' : LOWER.toUpperCase(),
    asBoolean(wish.ExcludeNumbers) ? '' : '0123456789',
    asBoolean(wish.ExcludePunctuation) ? '' : SYMBOLS,
    asBoolean(wish.IncludeSpace) ? ' ' : '',
  ];
  const each = asBoolean(wish.RequireEachIncludedType) ?? true;
  const sources = sets
    .map((set) => [...set].filter((character) => !excluded.has(character)).join(''))
    .filter((characters) => characters !== '')
    .map((characters) => ({ characters, min: each ? 1 : 0 }));
  const seed = (await ctx.cloud.seed?.()) ?? randomBytes(32).toString('hex');
  const password = randomText(asNumber(wish.PasswordLength) ?? 32, sources, randomStream(seed, `secret/${ctx.token}`));
  const key = asText(wish.GenerateStringKey);
  if (key === undefined) return password;
  return JSON.stringify({ ...parsed(asText(wish.SecretStringTemplate)), [key]: password });
}

function parsed(template: string | undefined): JsonMap {
  try {
    return asMap(JSON.parse(template ?? '{}') as Json);
  } catch (cause) {
    throw new RejectedError('The SecretStringTemplate is not valid JSON.', { reasonClass: 'InvalidRequest', cause });
  }
}

/** AWS::SecretsManager::Secret; its id is its ARN. */
export const secretsManagerSecret: TypeDefinition = {
  kind: 'secrets',
  async spec(input) {
    const { properties } = input;
    const identity = identityOf(input);
    const wish = properties.GenerateSecretString;
    const text =
      asText(properties.SecretString) ?? (isGiven(wish) ? await generatedSecret(input, asMap(wish)) : undefined);
    return compact({
      id: identity.physicalId,
      name: identity.name,
      exclusive: true,
      payload: text,
      description: properties.Description,
    });
  },
  attributes: ({ entity }) => ({ Id: entity.id, Arn: entity.id }),
  async update(input) {
    const { change, collection, id, ctx, properties } = input;
    const { changed } = change;
    const changes: JsonMap = {};
    if (changed.includes('Description')) changes.description = properties.Description ?? '';
    if (changed.includes('SecretString') || changed.includes('GenerateSecretString')) {
      const wish = properties.GenerateSecretString;
      changes.payload =
        asText(properties.SecretString) ?? (isGiven(wish) ? await generatedSecret(input, asMap(wish)) : null);
    }
    return Object.keys(changes).length === 0 ? undefined : collection.update(callOf(ctx), id, changes);
  },
  live: () => ({}),
};

/** AWS::SNS::Topic; its id is its ARN. */
export const snsTopic: TypeDefinition = {
  kind: 'topics',
  spec: (input) =>
    compact({
      name: fifo(identityOf(input).name, input.properties.FifoTopic),
      display_name: input.properties.DisplayName,
    }),
  physicalId: (input) => arnFor(input, input.entity.id),
  entityId: (ref) => ref.physicalId?.split(':').at(-1),
  attributes: (input) => ({ TopicArn: arnFor(input, input.entity.id), TopicName: input.entity.id }),
  update: async () => undefined,
  live: () => ({}),
};

/** AWS::SQS::Queue; its id is its address. */
export const sqsQueue: TypeDefinition = {
  kind: 'queues',
  spec: (input) => ({
    // A made-up id is an address; the name is its last part.
    name: fifo(identityOf(input).name.split('/').at(-1) ?? '', input.properties.FifoQueue),
    ...compact({ delay: input.properties.DelaySeconds }),
  }),
  physicalId: ({ entity, ctx }) => queueUrl(ctx.stack.region, ctx.cloud.accountId(ctx.stack.projectId), entity.id),
  entityId: (ref) => ref.physicalId?.split('/').at(-1),
  attributes: (input) => ({
    Arn: arnFor(input, input.entity.id),
    QueueName: input.entity.id,
    QueueUrl: queueUrl(input.ctx.stack.region, input.ctx.cloud.accountId(input.ctx.stack.projectId), input.entity.id),
  }),
  update: async () => undefined,
  live: () => ({}),
};

function queueUrl(region: string, account: string, name: string): string {
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

function fifo(name: string, flag: Json | undefined): string {
  return asBoolean(flag) && !name.endsWith('.fifo') ? `${name}.fifo` : name;
}
