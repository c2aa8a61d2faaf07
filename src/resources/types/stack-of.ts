import type { ResourceContext } from '../../engine/drivers/resource-type.js';
import type { StackAccess } from '../../engine/drivers/stack-access.js';
import { InvariantError } from '../../engine/model/errors.js';
import type { Cloud } from '../clouds/cloud.js';

/** The stack around a resource; types that live by it cannot run without. */
export function stackOf(ctx: ResourceContext<Cloud>): StackAccess {
  if (ctx.stackAccess) return ctx.stackAccess;
  throw new InvariantError(`${ctx.resource.type} needs its stack, but the engine has not given it`);
}
