import type { ResourceRecord } from '../model/records.js';
import { hasSecret, Secret } from '../model/value.js';
import type { ApplyInput } from './carry-out.js';
import { DriverCall } from './driver-call.js';
import { resourceFailure } from './failure.js';

/**
 * With `converge`, reality is read before anything is decided: what is live goes into the records that may come to stand
 * for the name. Gives the ids of those whose thing is gone or broken.
 */
export async function observed(input: ApplyInput): Promise<readonly string[]> {
  const { run, resource } = input;
  const lost: string[] = [];
  for (const record of run.records.named(resource.name)) {
    const isThere = record.physicalId !== undefined && record.action !== 'INIT' && record.action !== 'DELETE';
    if (isThere && record.type === resource.typeName && !(await observe(input, record))) lost.push(record.id);
  }
  return lost;
}

/** False if the thing is gone or broken. */
async function observe({ run, resource, waiting }: ApplyInput, record: ResourceRecord): Promise<boolean> {
  const { type } = resource;
  if (!type.read) return true;
  const call = new DriverCall(run, type, record, waiting);
  const observation = await call
    .ask(async (ctx, ref) => type.read?.(ctx, ref))
    .catch((error: unknown) => {
      throw resourceFailure(error, record, 1);
    });
  if (!observation || (!observation.healthy && type.replaceFailed !== false)) return false;
  // Only what the template has set can drift; what the cloud adds of its own is nobody's wish.
  const live = Object.entries(observation.properties).filter(([name]) => Object.hasOwn(record.properties, name));
  const values = live.map(([name, value]) => [
    name,
    hasSecret(record.properties[name] ?? null) ? new Secret(value) : value,
  ]);
  run.records.put({ ...record, properties: { ...record.properties, ...Object.fromEntries(values) } });
  return true;
}
