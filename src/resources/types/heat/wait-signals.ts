import { RejectedError } from '../../../engine/model/errors.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asMap, asText } from '../../json-access.js';

/** The spelling of a signal's four keys: Heat's own or CloudFormation's. */
export interface SignalKeys {
  readonly data: string;
  readonly reason: string;
  readonly status: string;
  readonly id: string;
}

export const HEAT_KEYS: SignalKeys = { data: 'data', reason: 'reason', status: 'status', id: 'id' };
export const CFN_KEYS: SignalKeys = { data: 'Data', reason: 'Reason', status: 'Status', id: 'UniqueId' };

/** What one signal has told, as it lies in a handle's metadata under the signal's id. */
export interface Received {
  readonly id: string;
  readonly data: Json;
  readonly reason: string;
  readonly status: string;
}

/**
 * Adds a signal to a handle's metadata; one of the same id is overwritten. `filled` tells what absent keys stand for.
 * Throws Heat's `Metadata format invalid` for other keys, missing ones and unknown statuses.
 */
export function receiveSignal(
  metadata: Json,
  details: Json,
  keys: SignalKeys,
  isLenient: boolean,
): { readonly metadata: JsonMap; readonly reason: string } {
  const before = asMap(metadata);
  if (isLenient && details !== null && (typeof details !== 'object' || Array.isArray(details))) throw invalid();
  const number = Object.keys(before).length + 1;
  const filled: JsonMap = isLenient
    ? {
        [keys.reason]: `Signal ${number} received`,
        [keys.data]: null,
        [keys.id]: number,
        [keys.status]: 'SUCCESS',
        ...asMap(details),
      }
    : asMap(details);
  const expected = [keys.data, keys.reason, keys.status, keys.id];
  const isComplete =
    Object.keys(filled).length === expected.length && expected.every((key) => Object.hasOwn(filled, key));
  const status = filled[keys.status] ?? null;
  if (!isComplete || (status !== 'SUCCESS' && status !== 'FAILURE')) throw invalid();
  const id = asText(filled[keys.id]) ?? '';
  const reason = filled[keys.reason] ?? null;
  const entry = { [keys.data]: filled[keys.data] ?? null, [keys.reason]: reason, [keys.status]: status };
  return {
    metadata: { ...before, [id]: entry },
    reason: `Signal: status:${status} reason:${asText(reason) ?? 'None'}`,
  };
}

function invalid(): RejectedError {
  return new RejectedError('Metadata format invalid', { reasonClass: 'ValueError' });
}

/** The signals in a handle's metadata, in the order in which they came. */
export function receivedSignals(metadata: Json, keys: SignalKeys): Received[] {
  return Object.entries(asMap(metadata)).flatMap(([id, entry]) => {
    const found = asMap(entry);
    const status = asText(found[keys.status]);
    return status === undefined
      ? []
      : [{ id, data: found[keys.data] ?? null, reason: asText(found[keys.reason]) ?? '', status }];
  });
}

/** True once there are enough successes; throws when a failure is among them. */
export function isEnough(received: readonly Received[], count: number, failureClass = 'WaitConditionFailure'): boolean {
  const failed = received.filter((signal) => signal.status !== 'SUCCESS');
  if (failed.length > 0) {
    const reasons = received.filter((signal) => signal.status === 'FAILURE').map((signal) => signal.reason);
    throw new RejectedError(reasons.join(';'), { reasonClass: failureClass });
  }
  return received.length >= count;
}

/** The failure of a wait that took too long: how many came, and what they said. */
export function waitTimeout(
  received: readonly Received[],
  count: number,
  timeoutClass = 'WaitConditionTimeout',
): RejectedError {
  const reasons = received.filter((signal) => signal.status === 'SUCCESS').map((signal) => signal.reason);
  const text = `${reasons.length} of ${count} received`;
  return new RejectedError(reasons.length > 0 ? `${text} - ${reasons.join(';')}` : text, { reasonClass: timeoutClass });
}
