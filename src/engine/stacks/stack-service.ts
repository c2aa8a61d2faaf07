import { InvariantError, NotFoundError } from '../model/errors.js';
import { currentRecords } from '../operations/child-view.js';
import { annotateStack } from './annotate-stack.js';
import { countSignal } from './count-signal.js';
import { createStack } from './create-stack.js';
import { detectDrift, observe } from './detect-drift.js';
import { diagnosisOf } from './diagnosis-of.js';
import { expandMacros } from './expand-macros.js';
import { listEvents, showEvent } from './list-events.js';
import { listExports, listImporters } from './list-exports.js';
import { countStacks, listStacks } from './list-stacks.js';
import { previewCreate, previewUpdate } from './preview-stack.js';
import { planRefactor, refactorStacks } from './refactor/refactor-stacks.js';
import type { Caller } from './requests.js';
import { createReserved, reserveStack } from './reserve-stack.js';
import { rollBackStack } from './roll-back-stack.js';
import { ownStack, type ServiceParts } from './service-parts.js';
import { listResources, outputsOf, showMetadata, showResource, showStack } from './show-stack.js';
import { markUnhealthy, signalResource } from './signals.js';
import {
  abandonStack,
  actOnStack,
  createSnapshot,
  deleteSnapshot,
  deleteStack,
  exportStack,
  findSnapshot,
  restoreSnapshot,
} from './stack-actions.js';
import type { GraphView, Stacks } from './stacks.js';
import { updateStack } from './update-stack.js';
import { validateInput } from './validate-input.js';

/** The use cases of stacks over a running engine. */
export function createStackService(parts: ServiceParts): Stacks {
  return {
    create: async (caller, input) => createStack(parts, caller, await expandMacros(parts, caller, input)),
    preview: async (caller, input) => previewCreate(parts, caller, await expandMacros(parts, caller, input)),
    update: async (caller, stackId, input) =>
      updateStack(parts, caller, stackId, await expandMacros(parts, caller, input)),
    previewUpdate: async (caller, stackId, input) =>
      previewUpdate(parts, caller, stackId, await expandMacros(parts, caller, input)),
    delete: (caller, stackId, input) => deleteStack(parts, caller, stackId, input),
    action: (caller, stackId, action) => actOnStack(parts, caller, stackId, action),
    abandon: (caller, stackId) => abandonStack(parts, caller, stackId),
    export: (caller, stackId) => exportStack(parts, caller, stackId),
    validate: async (caller, input) => validateInput(parts.prepare, caller, input),

    async find(caller, idOrName, options = {}) {
      const deleted = options.showDeleted ?? false;
      const byId = await parts.operations.stack(idOrName);
      if (byId?.projectId === caller.projectId && (deleted || byId.deletedAt === undefined)) return byId;
      const region = caller.origin === 'cfn' ? caller.region : undefined;
      const byName = await parts.store.reads.stackByName(caller.projectId, idOrName, { deleted, region });
      if (!byName) throw new NotFoundError('Stack', idOrName);
      return (await parts.operations.stack(byName.id)) ?? byName;
    },
    get: (caller, stackId, options) => showStack(parts, caller, stackId, options),
    list: (caller, filter) => listStacks(parts, caller, filter),
    count: (caller, filter) => countStacks(parts, caller, filter),
    outputs: async (caller, stackId) => outputsOf(parts, await ownStack(parts, caller, stackId, { deleted: true })),
    diagnosis: async (caller, stackId) => diagnosisOf(parts, await ownStack(parts, caller, stackId, { deleted: true })),
    async operation(caller, stackId, operationId) {
      const stack = await ownStack(parts, caller, stackId, { deleted: true });
      const operation = await parts.store.reads.operation(operationId);
      return operation?.stackId === stack.id ? operation : undefined;
    },
    async operations(caller, stackId) {
      const stack = await ownStack(parts, caller, stackId, { deleted: true });
      return parts.store.reads.operations(stack.id);
    },

    reserve: (caller, input) => reserveStack(parts, caller, input),
    createReserved: async (caller, stackId, input) =>
      createReserved(parts, caller, stackId, await expandMacros(parts, caller, input)),
    rollBack: (caller, stackId, input) => rollBackStack(parts, caller, stackId, input),
    planRefactor: (caller, input) => planRefactor(parts, caller, input),
    refactor: (caller, input) => refactorStacks(parts, caller, input),
    annotate: (caller, stackId, extra) => annotateStack(parts, caller, stackId, extra),
    detectDrift: (caller, stackId, names, options) => detectDrift(parts, caller, stackId, names, options),
    observe: (caller, stackId, wanted) => observe(parts, caller, stackId, wanted),
    exports: (caller) => listExports(parts, caller),
    importers: (caller, exportName) => listImporters(parts, caller, exportName),
    async ownerOfOperation(caller, operationId) {
      const operation = await parts.store.reads.operation(operationId);
      const stack = operation && (await parts.operations.stack(operation.stackId));
      return stack?.projectId === caller.projectId ? stack : undefined;
    },
    countSignal: (caller, stackId, resource, signal) => countSignal(parts, caller, stackId, resource, signal),
    async owner(caller, physicalId) {
      const records = await parts.store.reads.resourcesByPhysicalId(caller.projectId, physicalId);
      for (const record of records) {
        const stack = await parts.operations.stack(record.stackId);
        if (stack && stack.deletedAt === undefined) return stack;
      }
      throw new NotFoundError('Stack', physicalId);
    },

    resources: (caller, stackId, filter) => listResources(parts, caller, stackId, filter),
    resource: (caller, stackId, name, options) => showResource(parts, caller, stackId, name, options),
    metadata: (caller, stackId, resource) => showMetadata(parts, caller, stackId, resource),
    signal: (caller, stackId, resource, details) => signalResource(parts, caller, stackId, resource, details),
    markUnhealthy: (caller, stackId, resource, unhealthy, reason) =>
      markUnhealthy(parts, caller, stackId, resource, unhealthy, reason),

    events: (caller, stackId, filter) => listEvents(parts, caller, stackId, filter),
    event: (caller, stackId, resource, eventId) => showEvent(parts, caller, stackId, resource, eventId),

    snapshot: (caller, stackId, name) => createSnapshot(parts, caller, stackId, name),
    async snapshots(caller, stackId) {
      const stack = await ownStack(parts, caller, stackId, { deleted: true });
      return parts.store.reads.snapshots(stack.id);
    },
    getSnapshot: (caller, stackId, snapshotId) => findSnapshot(parts, caller, stackId, snapshotId),
    deleteSnapshot: (caller, stackId, snapshotId) => deleteSnapshot(parts, caller, stackId, snapshotId),
    restore: (caller, stackId, snapshotId) => restoreSnapshot(parts, caller, stackId, snapshotId),

    graph: (caller, stackId) => graphOf(parts, caller, stackId),
    async settled(stackId) {
      for (;;) {
        for (let running = parts.operations.running(stackId); running; running = parts.operations.running(stackId)) {
          await running;
        }
        const stack = await parts.operations.stack(stackId);
        if (!stack) throw new InvariantError(`stack ${stackId} is not in the store`);
        // The store did not take writes: the operation has stopped, but it is not over.
        const { recovery } = parts.operations;
        if (stack.status !== 'IN_PROGRESS' || !recovery) return stack;
        await recovery;
      }
    },
  };
}

async function graphOf(parts: ServiceParts, caller: Caller, stackId: string): Promise<GraphView> {
  const stack = await ownStack(parts, caller, stackId);
  const { graph, resources } = await parts.operations.loader.desired(stack);
  const records = new Map(currentRecords(await parts.operations.records(stack.id)).map((one) => [one.name, one]));
  const drawn = graph.toGraph();
  return {
    nodes: drawn.nodes().map((name) => {
      const record = records.get(name);
      return {
        name,
        type: resources.get(name)?.typeName ?? '',
        status: record && `${record.action}_${record.status}`,
      };
    }),
    edges: drawn.edges().map((edge) => ({
      from: edge.v,
      to: edge.w,
      reason: (drawn.edge(edge) as readonly string[]).join(', '),
    })),
  };
}
