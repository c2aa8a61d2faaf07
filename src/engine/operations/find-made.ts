import type { Observation, ResourceContext, ResourceType } from '../drivers/resource-type.js';
import { DriverError, UncertainError } from '../model/errors.js';
import type { JsonMap } from '../model/value.js';

/** What a create has made, by its token. Whatever keeps the world from telling leaves it uncertain, and is thrown as that. */
export async function findMade(
  type: ResourceType,
  ctx: ResourceContext,
  desired: JsonMap,
): Promise<Observation | undefined> {
  try {
    return await type.find?.(ctx, desired);
  } catch (cause) {
    if (!(cause instanceof DriverError)) throw cause;
    throw new UncertainError(cause.message, { reasonClass: cause.reasonClass, cause });
  }
}
