import type { Json } from '../../../engine/model/value.js';
import { asMap, asText } from '../../json-access.js';

/** Heat's words in the event of a signal whose handling has nothing to say of its own. */
export function signalReason(details: Json): string {
  if (details === null) return 'No signal details provided';
  if (typeof details === 'string') return details;
  const { previous, current, reason } = asMap(details);
  if (previous === undefined || current === undefined || reason === undefined) return 'Unknown';
  return `alarm state changed from ${asText(previous)} to ${asText(current)} (${asText(reason)})`;
}
