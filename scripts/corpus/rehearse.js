/** A stack is deleted, made and deleted again while the cloud refuses, throttles, breaks off and loses answers. */

const ROUNDS = 12;
const TIME_LIMIT_MS = 20_000;

const MISHAPS = [
  { fault: 'lost-answer', share: 0.08 },
  { fault: 'throttle', share: 0.06 },
  { fault: 'unavailable', share: 0.04 },
  { fault: 'flaky', share: 0.03 },
  { fault: 'lost-answer', verb: 'create', share: 0.15 },
  { fault: 'lost-answer', verb: 'delete', share: 0.1 },
];

/** A fault plan that is calm until its `strike` is called; only calls of resources are hit. */
export function calmPlan(seed) {
  const rules = MISHAPS.flatMap(({ fault, verb }) =>
    ['OS::*', 'AWS::*'].map((type) => ({ type, fault, probability: 0, ...(verb ? { verb } : {}) })),
  );
  const set = (share) => {
    for (const [index, rule] of rules.entries()) rule.probability = share(MISHAPS[Math.floor(index / 2)]);
  };
  return { plan: { seed, rules }, strike: () => set(({ share }) => share), calm: () => set(() => 0) };
}

/** Resolves with what did not come right, and with what policies of the template leave in the cloud. */
export async function rehearse(engine, caller, stack, input, faults, retained) {
  const { stacks } = engine;
  const problems = [];
  const left = new Set(await retained(stack.id));
  let log = [];
  const settled = async (id) => {
    const end = await Promise.race([
      stacks.settled(id),
      new Promise((resolve) => setTimeout(resolve, TIME_LIMIT_MS).unref()),
    ]);
    if (!end) throw new Error('does not end');
    log.push(`${end.action}_${end.status} ${end.statusReason}`);
    return end;
  };
  const until = async (id, isDone, again) => {
    log = [];
    for (let round = 0; round < ROUNDS; round++) {
      const end = await settled(id);
      if (isDone(end)) return;
      await again();
    }
    throw new Error(`${ROUNDS} rounds were not enough: ${log.slice(-2).join('; ')}`);
  };
  const isGone = ({ action, status }) => action === 'DELETE' && status === 'COMPLETE';
  const remove = async (id) => {
    await stacks.delete(caller, id);
    await until(id, isGone, () => stacks.delete(caller, id));
  };
  faults.strike();
  try {
    await remove(stack.id);
    // What stays by its policy would stand in the way of things of the same name.
    if (left.size > 0) return { problems, left };
    const { id } = await stacks.create(caller, { ...input, name: 'again', disableRollback: true });
    await until(
      id,
      ({ status }) => status === 'COMPLETE',
      () => stacks.update(caller, id, input),
    );
    for (const kept of await retained(id)) left.add(kept);
    await remove(id);
  } catch (error) {
    problems.push(`rehearsal: ${error.message}`);
  } finally {
    faults.calm();
  }
  return { problems, left };
}
