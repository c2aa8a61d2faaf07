import type { Sibling, StackAccess } from '../drivers/stack-access.js';
import { InvariantError, NotFoundError } from '../model/errors.js';
import type { ResourceRecord, StackRecord } from '../model/records.js';
import { isMap, type Json, type JsonMap, revealed } from '../model/value.js';
import { childEnvironment } from '../template/environment/child-environment.js';
import { environmentDocument } from '../template/environment/environment.js';
import { currentRecords } from './child-view.js';
import { deliverSignal } from './deliver-signal.js';
import type { Operations } from './operations.js';
import { resizeGroup } from './resize-group.js';

/** What one resource may know of and do to the stack that it is in. */
export function createStackAccess(operations: Operations, stack: StackRecord, owner: ResourceRecord): StackAccess {
  const { outside } = operations.parts;
  const live = async () => currentRecords(await operations.records(stack.id));
  const byId = async (uuid: string): Promise<ResourceRecord> => {
    const found = (await operations.records(stack.id)).find((record) => record.id === uuid);
    if (!found) throw new NotFoundError('Resource', uuid);
    return found;
  };
  const requireOutside = () => {
    if (outside) return outside;
    throw new InvariantError('this engine was made without users, addresses and software records');
  };
  return {
    self: async () => siblingOf(await byId(owner.id).catch(() => owner)),
    async find(reference) {
      // A rollback goes back to records that do not stand for their names yet.
      const found =
        (await live()).find((record) => isNamedBy(record, reference)) ??
        (await operations.records(stack.id)).find(
          (record) => record.action !== 'DELETE' && isNamedBy(record, reference),
        );
      return found && siblingOf(found);
    },
    async named(name) {
      const found = (await live()).find((record) => record.name === name);
      return found && siblingOf(found);
    },
    changeMetadata: (uuid, change) =>
      operations.withWriter(stack, async (run) => {
        const record = run.records.get(uuid);
        if (!record) return undefined;
        const metadata = isMap(record.metadata) ? (record.metadata as JsonMap) : {};
        const changed = change(metadata);
        if (changed !== undefined) await run.record({ resources: [{ ...record, metadata: changed }] });
        return changed;
      }),
    signal: async (uuid, details) => deliverSignal(operations, stack, await byId(uuid), details),
    restart: (name) => restart(operations, stack, name),
    async group(uuid) {
      const record = await byId(uuid);
      if (record.childStackId === undefined) return undefined;
      const child = await operations.stack(record.childStackId);
      const members = currentRecords(await operations.records(record.childStackId));
      return {
        size: members.filter((member) => member.status !== 'FAILED').length,
        settled: record.status === 'COMPLETE' && child?.status === 'COMPLETE',
      };
    },
    resize: async (uuid, size) => resizeGroup(operations, stack, await byId(uuid), size),
    get users() {
      return requireOutside().users(stack, owner);
    },
    get urls() {
      return requireOutside().urls(stack, owner);
    },
    get software() {
      return requireOutside().software(stack);
    },
    stacksIn: (region) => requireOutside().stacksIn(stack, region),
    fetchText: (url) => requireOutside().fetchText(url, stack),
    post: (url, body, signal) => requireOutside().post(url, body, signal),
    async inheritance() {
      const desired = await operations.loader.desired(stack);
      const path = desired.resources.get(owner.name)?.mappingPath ?? [];
      const environment = environmentDocument(childEnvironment(desired.environment, owner.name, path));
      return { environment, files: desired.record.files };
    },
  };
}

function isNamedBy(record: ResourceRecord, reference: string): boolean {
  if (record.id === reference || record.childStackId === reference) return true;
  if (record.reference !== undefined) return record.reference === reference || record.physicalId === reference;
  return record.physicalId === reference;
}

function siblingOf(record: ResourceRecord): Sibling {
  const shown = record.intent?.verb === 'create' ? (record.intent.desired ?? record.properties) : record.properties;
  return {
    uuid: record.id,
    name: record.name,
    type: record.type,
    physicalId: record.physicalId,
    reference: (record.reference ?? record.physicalId ?? null) as Json,
    status: `${record.action}_${record.status}`,
    metadata: record.metadata,
    properties: revealed(shown) as JsonMap,
    data: record.data,
  };
}

/** Marks a resource as broken and brings the stack to its own template again, which replaces it. */
async function restart(operations: Operations, stack: StackRecord, name: string): Promise<void> {
  await operations.withWriter(stack, async (run) => {
    const record = run.records.current(name);
    if (!record) throw new NotFoundError('Resource', name);
    const { entry } = run.changed(record, { action: 'CHECK', status: 'FAILED', statusReason: 'restart requested' });
    await run.record(entry);
  });
  const latest = (await operations.stack(stack.id)) ?? stack;
  await operations.begin(latest, { action: 'UPDATE', options: {} });
}
