import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asList, asNumber, asText, asTexts } from '../../../json-access.js';
import { derivedHex } from '../../identifiers.js';
import type { KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';

/** Named parameters (SSM); a change makes a new version. */
export const parameters: KindRules = {
  kind: 'parameters',
  noun: 'Parameter',
  nameIsId: true,
  missing: (reference) => ({ message: `Parameter ${reference} not found.`, reasonClass: 'ParameterNotFound' }),
  async create(turn, spec) {
    const name = asText(spec.name) ?? '';
    if (await turn.get('parameters', turn.ownKey(name))) {
      throw new RejectedError(`${name} already exists.`, { reasonClass: 'ParameterAlreadyExists' });
    }
    const value = asText(spec.value) ?? '';
    return { id: name, name, body: { type: 'String', ...spec, name, value, version: 1, history: [value] } };
  },
  async update(_turn, parameter, changes) {
    const version = (asNumber(parameter.body.version) ?? 1) + 1;
    const value = asText(changes.value) ?? asText(parameter.body.value) ?? '';
    return { ...parameter.body, ...changes, value, version, history: [...asList(parameter.body.history), value] };
  },
  async invent(turn, reference) {
    const value = turn.setting.settings.lenient ? publicParameter(reference) : undefined;
    if (value === undefined) return undefined;
    const body = { type: 'String', name: reference, value, version: 1, history: [value], _: { origin: 'seed' } };
    return turn.add('parameters', { id: turn.ownKey(reference), name: reference, body });
  },
};

/** What AWS itself keeps for everybody: mostly the newest images of operating systems. */
function publicParameter(name: string): string | undefined {
  if (!name.startsWith('/aws/service/')) return undefined;
  const image = `ami-${derivedHex(17, name)}`;
  return name.endsWith('/recommended')
    ? JSON.stringify({ image_id: image, image_name: name.split('/').at(-2) ?? '' })
    : image;
}

/** Secrets, of Barbican and of Secrets Manager. */
export const secrets: KindRules = {
  kind: 'secrets',
  noun: 'Secret',
  missing: (reference) => ({
    message: `Not Found: Sorry but your Secret is in another castle. (${reference})`,
    reasonClass: 'HTTPClientError',
  }),
  async create(turn, spec) {
    const id = asText(spec.id) ?? turn.newId('secrets');
    const name = asText(spec.name) ?? '';
    if (asBoolean(spec.exclusive) && (await turn.find('secrets', { name, limit: 1 })).length > 0) {
      throw new RejectedError(`The operation failed because the secret ${name} already exists.`, {
        reasonClass: 'ResourceExistsException',
      });
    }
    const { exclusive: _exclusive, ...given } = spec;
    const time = new Date(turn.now).toISOString().replace('Z', '');
    return {
      id,
      name,
      body: {
        ...given,
        status: 'ACTIVE',
        created: time,
        updated: time,
        creator_id: 'simulated',
        name,
        id,
        version_id: derivedHex(32, id, '1'),
      },
    };
  },
  async update(turn, secret, changes) {
    return {
      ...secret.body,
      ...changes,
      updated: new Date(turn.now).toISOString().replace('Z', ''),
      version_id: derivedHex(32, secret.id, String(turn.now)),
    };
  },
};

/** Topics that messages are sent to. */
export const topics: KindRules = {
  kind: 'topics',
  noun: 'Topic',
  nameIsId: true,
  missing: (reference) => ({ message: `Topic ${reference} does not exist`, reasonClass: 'NotFound' }),
  async create(turn, spec) {
    const name = asText(spec.name) ?? '';
    return { id: name, name, body: { ...spec, name, created_at: new Date(turn.now).toISOString() } };
  },
  remove: (turn, topic) => forgetMessages(turn, topic),
  actions: { publish: (turn, topic, details) => append(turn, topic, details) },
};

/** Queues of messages (Zaqar, SQS). */
export const queues: KindRules = {
  kind: 'queues',
  noun: 'Queue',
  nameIsId: true,
  missing: (reference) => ({ message: `Queue ${reference} does not exist`, reasonClass: 'NotFound' }),
  async create(turn, spec) {
    const name = asText(spec.name) ?? '';
    return { id: name, name, body: { metadata: {}, ...spec, name, created_at: new Date(turn.now).toISOString() } };
  },
  remove: (turn, queue) => forgetMessages(turn, queue),
  async present(turn, queue) {
    return { messages: (await turn.find('messages', { parentId: queue.id })).map(({ body }) => body) };
  },
  actions: {
    post: (turn, queue, details) => append(turn, queue, details),
    /** All messages, or those with the given ids. */
    async purge(turn, queue, { ids }) {
      await forgetMessages(turn, queue, ids === undefined ? undefined : new Set(asTexts(ids)));
      return queue.body;
    },
  },
};

async function forgetMessages(turn: Turn, of: WorldObject, ids?: ReadonlySet<string>): Promise<void> {
  for (const message of await turn.find('messages', { parentId: of.id })) {
    if (!ids || ids.has(message.id)) turn.drop(message);
  }
}

async function append(turn: Turn, to: WorldObject, details: JsonMap): Promise<JsonMap> {
  const id = turn.newId(`message/${to.id}/${turn.now}`);
  turn.add('messages', { id, parentId: to.id, body: { id, body: details.body ?? null, at: turn.now } });
  return to.body;
}
