import type { WorldObject } from '../../../../engine/drivers/world-store.js';
import { MissingError, RejectedError } from '../../../../engine/model/errors.js';
import type { JsonMap } from '../../../../engine/model/value.js';
import { asBoolean, asNumber, asText } from '../../../json-access.js';
import { derivedHex } from '../../identifiers.js';
import type { KindRules } from '../kind-rules.js';
import type { Turn } from '../turn.js';

/** Swift's containers (and S3's buckets), with their objects. */
export const containers: KindRules = {
  kind: 'containers',
  noun: 'Container',
  nameIsId: true,
  missing: (reference) => ({ message: `Container HEAD failed: ${reference} 404 Not Found`, reasonClass: 'NotFound' }),
  async create(turn, spec) {
    const name = asText(spec.name) ?? '';
    if (asBoolean(spec.exclusive) && (await turn.get('containers', turn.ownKey(name)))) {
      throw new RejectedError(`${name} already exists`, { reasonClass: 'AlreadyExists' });
    }
    const { exclusive: _exclusive, ...given } = spec;
    return { id: name, name, body: { headers: {}, ...given, name, created_at: new Date(turn.now).toISOString() } };
  },
  async remove(turn, container) {
    const [object] = await turn.find('objects', { parentId: container.id, limit: 1 });
    if (object) {
      throw new RejectedError(
        `Container DELETE failed: ${container.name ?? ''} 409 Conflict  [first 60 chars of response] b'<html><h1>Conflict</h1><p>There was a conflict when trying to'`,
        { reasonClass: 'ClientException' },
      );
    }
  },
  async present(turn, container) {
    const objects = await turn.find('objects', { parentId: container.id });
    return {
      object_count: objects.length,
      bytes_used: objects.reduce((sum, { body }) => sum + (asNumber(body.bytes) ?? 0), 0),
      objects: objects.map(({ name }) => name ?? '').sort(),
    };
  },
  actions: {
    async put_object(turn, container, details) {
      const name = asText(details.name) ?? '';
      const content = asText(details.content) ?? '';
      const old = await objectOf(turn, container, name);
      const body: JsonMap = {
        name,
        content,
        bytes: Buffer.byteLength(content),
        etag: derivedHex(32, content),
        content_type: asText(details.content_type) ?? 'application/octet-stream',
      };
      if (old) turn.patch(old, body);
      else turn.add('objects', { id: `${container.id}/${name}`, name, parentId: container.id, body });
      return container.body;
    },
    async delete_object(turn, container, details) {
      const object = await objectOf(turn, container, asText(details.name) ?? '');
      if (!object)
        throw new MissingError(`Object DELETE failed: ${asText(details.name)} 404 Not Found`, {
          reasonClass: 'ClientException',
        });
      turn.drop(object);
      return container.body;
    },
    async purge(turn, container) {
      for (const object of await turn.find('objects', { parentId: container.id })) turn.drop(object);
      return container.body;
    },
  },
};

async function objectOf(turn: Turn, container: WorldObject, name: string): Promise<WorldObject | undefined> {
  return turn.get('objects', `${container.id}/${name}`);
}
