/**
 * Reasons that the engine writes into events of stacks with CloudFormation's words, where action and status alone do not
 * tell what happened. Its API knows them again.
 */
export const EVENT_REASONS = {
  /** The ordinary turn of a resource. */
  changed: 'state changed',
  /** A replacement is created for a resource that an update cannot change in place. */
  replacing: 'Requested update requires the creation of a new physical resource; hence creating one.',
  /** That replacement is there. */
  replaced: 'the replacement is complete',
  /** A record is given up, what it stands for stays. */
  retained: 'the resource is retained',
  /** A record is given up because what it stands for cannot be deleted. */
  left: 'the resource is left behind',
  /** Everything is as it is to be; what is no longer needed is removed. */
  cleanup: 'what is no longer needed is removed',
  /** A resource that a rollback gives up. */
  skipped: 'the resource is skipped',
  /** The beginning of the sentence that names the alarms that stopped an operation. */
  alarmed: 'The following rollback trigger(s) went to ALARM state:',
  /** The same, of alarms that are not there. */
  noAlarm: 'The following rollback trigger(s) could not be found:',
  /** The stack waits for its first change set to be carried out. */
  review: 'the stack waits for review',
} as const;
