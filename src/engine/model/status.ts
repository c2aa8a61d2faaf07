/** What is or was done to a stack. */
export type StackAction =
  | 'CREATE'
  | 'DELETE'
  | 'UPDATE'
  | 'ROLLBACK'
  | 'SUSPEND'
  | 'RESUME'
  | 'ADOPT'
  | 'SNAPSHOT'
  | 'CHECK'
  | 'RESTORE';
/** What is or was done to a resource. */
export type ResourceAction = 'INIT' | StackAction;
export type Status = 'IN_PROGRESS' | 'FAILED' | 'COMPLETE';
/** What an event may tell of besides an action: a signal came. */
export type EventAction = ResourceAction | 'SIGNAL';

/** `CREATE` and `COMPLETE` as `CREATE_COMPLETE`. */
export function joinStatus(action: string, status: string): string {
  return `${action}_${status}`;
}
