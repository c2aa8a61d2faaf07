export { createEngine, type Engine, type EngineOptions } from './create-engine.js';
export type { Diagnostic, Position } from './engine/model/diagnostic.js';
export {
  AlreadyExistsError,
  CancelledError,
  DriverError,
  EngineError,
  ForbiddenError,
  LimitExceededError,
  NotFoundError,
  NotSupportedError,
  OperationInProgressError,
  StoreError,
  UserError,
  ValidationError,
} from './engine/model/errors.js';
export type { EventRecord, ResourceRecord, SnapshotRecord, StackRecord } from './engine/model/records.js';
export type { Json, JsonMap } from './engine/model/value.js';
export type * from './engine/stacks/requests.js';
export type { Stacks } from './engine/stacks/stacks.js';
export { localCaller } from './local-caller.js';
