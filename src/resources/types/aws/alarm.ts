import { RejectedError } from '../../../engine/model/errors.js';
import type { JsonMap } from '../../../engine/model/value.js';
import { asFilled } from '../../json-access.js';

const STATES = new Set(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

/** A signal sets an alarm's state, in the words of CloudWatch's SetAlarmState: `{StateValue, StateReason}`. */
export function alarmSignalled(details: JsonMap, body: JsonMap): { body: JsonMap; reason: string } {
  const { StateValue = '' } = details;
  if (typeof StateValue !== 'string' || !STATES.has(StateValue)) {
    throw new RejectedError(`StateValue ${JSON.stringify(StateValue)} must be one of ${[...STATES].join(', ')}.`, {
      reasonClass: 'ValidationError',
    });
  }
  const before = asFilled(body.state) ?? 'INSUFFICIENT_DATA';
  const why = asFilled(details.StateReason) ?? 'Signal received';
  return { body: { state: StateValue }, reason: `alarm state changed from ${before} to ${StateValue} (${why})` };
}
