import type {
  ResourceContext,
  ResourceRef,
  ResourceType,
  SignalResult,
} from '../../src/engine/drivers/resource-type.js';
import type { Json, JsonMap } from '../../src/engine/model/value.js';
import type { Cloud } from '../../src/resources/clouds/cloud.js';
import { FakeStackAccess, sibling } from './fake-stack-access.js';
import { TypeBench } from './type-bench.js';

/** A type bench whose resources know the stack around them. */
export class StackBench extends TypeBench {
  readonly stack = new FakeStackAccess('own');

  override context(type: string, name: string, token?: string): ResourceContext<Cloud> {
    const ctx = super.context(type, name, token);
    return { ...ctx, stackAccess: this.stack };
  }

  /** A resource that is there, as its siblings and its own verbs see it. */
  place(
    typeName: string,
    name: string,
    properties: JsonMap,
    more: { data?: JsonMap; physicalId?: string; prefer?: 'heat' | 'aws' } = {},
  ) {
    const type = this.type(typeName, more.prefer) as ResourceType<Cloud>;
    const ctx = this.context(typeName, name);
    const { uuid } = ctx.resource;
    const physicalId = more.physicalId ?? `physical-${name}`;
    this.stack.add(sibling({ uuid, name, type: typeName, physicalId, properties, data: more.data ?? {} }));
    this.stack.types.set(typeName, type as ResourceType<never>);
    const ref = (): ResourceRef => {
      const now = this.stack.siblings.get(uuid);
      return { uuid, name, physicalId, properties, data: now?.data ?? {}, metadata: now?.metadata ?? {} };
    };
    const signal = async (details: Json): Promise<SignalResult> => {
      if (!type.signal) throw new Error(`${typeName} takes no signals`);
      const result = await type.signal(ctx, ref(), { details });
      if (result.metadata !== undefined) this.stack.change(uuid, { metadata: result.metadata });
      if (result.data !== undefined) this.stack.change(uuid, { data: result.data });
      return result;
    };
    return { type, ctx, uuid, physicalId, ref, signal };
  }
}
