/** What a stack that was made has to stand before it is deleted: updates that change nothing, drift, check, sleep, export. */

const TIME_LIMIT_MS = 10_000;
const late = () => new Promise((resolve) => setTimeout(resolve, TIME_LIMIT_MS).unref());

/** Resolves with a line for each thing that did not go as it should, and with the stack that is there afterwards. */
export async function liveOn(engine, caller, stack, input) {
  const problems = [];
  const expect = (isTrue, text) => {
    if (!isTrue) problems.push(text);
  };
  const { stacks } = engine;
  const ids = async () => {
    const resources = await stacks.resources(caller, stack.id, { nestedDepth: 5 });
    return new Map(resources.map(({ record, stack: own }) => [`${own.name}.${record.name}`, record.physicalId]));
  };
  const compare = (before, after, when) => {
    for (const [name, id] of before)
      expect(after.get(name) === id, `${when}: ${name} was ${id} and is ${after.get(name)}`);
    expect(after.size === before.size, `${when}: ${before.size} resources became ${after.size}`);
  };
  const settle = async (what, begin) => {
    try {
      await begin();
      const end = await Promise.race([stacks.settled(stack.id), late()]);
      if (end === undefined) {
        const stuck = (await stacks.resources(caller, stack.id, {})).filter(
          ({ record }) => record.status === 'IN_PROGRESS',
        );
        throw new Error(`does not end: ${stuck.map(({ record }) => `${record.name} (${record.type})`).join(', ')}`);
      }
      expect(end.status === 'COMPLETE', `${what}: ${end.action}_${end.status} ${end.statusReason}`);
    } catch (error) {
      problems.push(`${what}: ${error.message}`);
    }
  };
  const made = await ids();

  /** Lets go of the stack and takes all of it over again under another name, with nothing but the data that tell of it. */
  async function handedOver() {
    const before = await physicalIds(stack.id);
    const adoptData = JSON.parse(JSON.stringify(await stacks.abandon(caller, stack.id)));
    await stacks.settled(stack.id);
    const { template: _, ...surroundings } = input;
    const adopted = await stacks.create(caller, { ...surroundings, name: 'adopted', adoptData });
    const end = await Promise.race([stacks.settled(adopted.id), late()]);
    expect(end?.status === 'COMPLETE', `adopt: ${end?.action}_${end?.status} ${end?.statusReason}`);
    const after = await physicalIds(adopted.id);
    expect(before.join() === after.join(), `adopt: ${before.length} things became ${after.length}`);
    return adopted;
  }

  /** Of all but nested stacks, which are made again around what is in them. */
  async function physicalIds(id) {
    const resources = await stacks.resources(caller, id, { nestedDepth: 5 });
    return resources.flatMap(({ record }) => (record.childStackId ? [] : [String(record.physicalId)])).sort();
  }

  const { changes } = await stacks.previewUpdate(caller, stack.id, input);
  // What hangs on a nested stack may change: only its members decide.
  const certain = ({ action, properties }) => action !== 'none' && properties.some((property) => property.certain);
  for (const change of changes.filter(certain))
    problems.push(`preview of no change: ${change.name} ${change.action} ${JSON.stringify(change.properties)}`);

  await settle('update that changes nothing', () => stacks.update(caller, stack.id, input));
  compare(made, await ids(), 'update that changes nothing');

  for (const { record, status, differences } of await stacks.detectDrift(caller, stack.id))
    expect(
      status === 'IN_SYNC' || status === 'NOT_CHECKED',
      `drift: ${record.name} (${record.type}) ${status} ${JSON.stringify(differences)}`,
    );
  await settle('update that converges', () => stacks.update(caller, stack.id, { ...input, converge: true }));
  compare(made, await ids(), 'update that converges');

  if (caller.origin === 'heat') {
    for (const action of ['check', 'suspend', 'resume'])
      await settle(action, () => stacks.action(caller, stack.id, action));
    await settle('snapshot', () => stacks.snapshot(caller, stack.id, 'corpus'));
    const [first] = await stacks.snapshots(caller, stack.id);
    if (first) await settle('restore', () => stacks.restore(caller, stack.id, first.id));
    // One goes by itself, the other with the stack.
    await settle('another snapshot', () => stacks.snapshot(caller, stack.id, 'other'));
    for (const { id, name } of await stacks.snapshots(caller, stack.id))
      if (name === 'other') await stacks.deleteSnapshot(caller, stack.id, id);
    compare(made, await ids(), 'check, suspend, resume and snapshot');
  }
  if (caller.origin !== 'heat') return { problems, stack };
  return { problems, stack: await handedOver() };
}
