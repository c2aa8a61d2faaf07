import type { SnapshotRecord } from '../../engine/model/records.js';
import type { JsonMap } from '../../engine/model/value.js';
import { isoTime } from './time.js';

/** A snapshot as all its routes show it. */
export function snapshotView(snapshot: SnapshotRecord): JsonMap {
  return {
    id: snapshot.id,
    name: snapshot.name,
    status: snapshot.status,
    status_reason: snapshot.statusReason === '' ? null : snapshot.statusReason,
    data: Object.keys(snapshot.data).length === 0 ? null : snapshot.data,
    creation_time: isoTime(snapshot.createdAt),
  };
}
