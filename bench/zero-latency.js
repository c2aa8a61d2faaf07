/** A resource type that is done at once: what is measured with it is the engine alone. */
export function zeroLatencyTypes(sleepMs = () => 0) {
  const type = {
    schema: {
      type: 'Bench::Thing',
      origin: 'own',
      properties: {
        value: { type: 'string', required: false, onChange: 'update' },
        name: { type: 'string', required: false, onChange: 'replace' },
      },
      attributes: { value: { type: 'string' } },
      supportStatus: { status: 'SUPPORTED', version: null, message: null, previous: null },
      nameLimit: 255,
      className: 'Thing',
      canSnapshot: false,
      capabilities: { check: false, suspend: false, signal: false },
    },
    async create(ctx, properties) {
      await pause(sleepMs(ctx.resource.name));
      return { state: 'done', physicalId: ctx.resource.uuid, attributes: { value: properties.value ?? null } };
    },
    async update(_ctx, ref, change) {
      return { state: 'done', physicalId: ref.physicalId, attributes: { value: change.after.value ?? null } };
    },
    async delete(_ctx, ref) {
      return { state: 'done', physicalId: ref.physicalId ?? '', attributes: {} };
    },
  };
  return {
    resolve: (name) => (name === 'Bench::Thing' ? type : undefined),
    suggest: () => undefined,
  };
}

function pause(ms) {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
}
