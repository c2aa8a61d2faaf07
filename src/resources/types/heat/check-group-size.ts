import { LimitExceededError } from '../../../engine/model/errors.js';

/** No engine takes stacks of more resources; asking for a thousand million must not even make their names. */
const MAX_MEMBERS = 100_000;

/** The size of a group, if a stack can have so many members; throws Heat's LimitExceededError otherwise. */
export function checkGroupSize(size: number): number {
  if (size <= MAX_MEMBERS) return size;
  throw new LimitExceededError('Request limit exceeded: Maximum resources per stack exceeded.');
}
