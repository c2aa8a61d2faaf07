import type { RemoteStack, RemoteStacks } from '../engine/drivers/stack-access.js';
import { NotFoundError, RejectedError, UserError, ValidationError } from '../engine/model/errors.js';
import type { StackRecord } from '../engine/model/records.js';
import { isMap, type JsonMap } from '../engine/model/value.js';
import type { Caller, TemplateInput } from '../engine/stacks/requests.js';
import type { Stacks } from '../engine/stacks/stacks.js';

/** The stacks that one project has in another region of this engine. */
export function createRemoteStacks(stacks: Stacks, caller: Caller): RemoteStacks {
  const show = async (stack: StackRecord): Promise<RemoteStack> => {
    const outputs = await stacks.outputs(caller, stack.id);
    return {
      id: stack.id,
      name: stack.name,
      action: stack.action,
      status: stack.status,
      statusReason: stack.statusReason,
      outputs: Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
      show: { id: stack.id, stack_name: stack.name, stack_status: `${stack.action}_${stack.status}` },
    };
  };
  const orUndefined = async <T>(work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  };
  return {
    async validate(request) {
      const refused = stacks.validate(caller, inputOf(request)).then(({ diagnostics }) => {
        const errors = diagnostics.filter(({ severity, code }) => severity === 'error' && !WAITS_FOR_VALUES.has(code));
        if (errors.length > 0) throw new ValidationError(errors);
      });
      await asClient(refused);
    },
    async create(request) {
      const timeoutMins = numberOf(request.timeout_mins);
      const created = stacks.create(caller, {
        name: String(request.stack_name),
        ...inputOf(request),
        ...(timeoutMins === undefined ? {} : { timeoutMins }),
        disableRollback: request.disable_rollback !== false,
      });
      const stack = await asClient(created);
      return stack.id;
    },
    async get(id) {
      const found = await orUndefined(stacks.find(caller, id, { showDeleted: true }));
      return found && show(found);
    },
    async named(name) {
      const found = await orUndefined(stacks.find(caller, name));
      return found && show(found);
    },
    async update(id, request) {
      const timeoutMins = numberOf(request.timeout_mins);
      const input = { ...inputOf(request), ...(timeoutMins === undefined ? {} : { timeoutMins }) };
      await asClient(stacks.update(caller, id, input));
    },
    async delete(id) {
      await orUndefined(stacks.delete(caller, id));
    },
    act: (id, action) => stacks.action(caller, id, action),
    snapshot: async (id) => (await stacks.snapshot(caller, id, null)).id,
    async snapshotData(id, snapshotId) {
      const snapshot = await orUndefined(stacks.getSnapshot(caller, id, snapshotId));
      return snapshot && { status: snapshot.status, data: snapshot.data };
    },
    async deleteSnapshot(id, snapshotId) {
      await orUndefined(stacks.deleteSnapshot(caller, id, snapshotId));
    },
  };
}

/** Mistakes that a mere validation does not count: the values may come later. */
const WAITS_FOR_VALUES: ReadonlySet<string> = new Set([
  'missing-property',
  'invalid-property',
  'constraint',
  'missing-parameter',
  'immutable-parameter',
]);

/** What this engine refuses, in the words of the client that Heat would have asked with. */
async function asClient<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new RejectedError(`ERROR: ${error.message}`, { reasonClass: 'HTTPBadRequest', cause: error });
  }
}

function inputOf(request: JsonMap): TemplateInput {
  const { template, parameters, files, environment } = request;
  return {
    ...(typeof template === 'string' || isMap(template) ? { template: template as string | JsonMap } : {}),
    ...(isMap(parameters) ? { parameters: parameters as JsonMap } : {}),
    ...(isMap(files) ? { files: files as { [key: string]: string } } : {}),
    ...(isMap(environment) ? { environment: environment as JsonMap } : {}),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
