import type { LeftBehind, ResourceRecord } from '../model/records.js';
import type { Finished } from './driver-call.js';

/** What a snapshot before a deletion has made: it stays when the resource is gone, told by the type's own word for it. */
export function copiesOf({ name, type, data }: ResourceRecord, finished: Finished): LeftBehind[] {
  const made = finished.state === 'done' ? (finished.data ?? {}) : {};
  return Object.entries(made).flatMap(([key, id]) =>
    typeof id === 'string' && data[key] !== id ? [{ path: [name], type: `${type} ${key}`, physicalId: id }] : [],
  );
}
