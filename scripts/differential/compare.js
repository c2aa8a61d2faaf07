/** Finds in what two plays of a scenario differ. */

const isMap = (value) => value !== null && typeof value === 'object';

function* differences(ours, theirs, path) {
  if (isMap(ours) && isMap(theirs)) {
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
      yield* differences(ours[key], theirs[key], path === '' ? key : `${path}.${key}`);
    }
  } else if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
    yield `${path}: ${JSON.stringify(ours)} instead of ${JSON.stringify(theirs)}`;
  }
}

/** Everything in which our play differs from the other one; empty where they agree. `ignore` leaves places out. */
export function comparePlays(ours, theirs, ignore = []) {
  const found = [];
  const length = Math.max(ours.steps.length, theirs.steps.length);
  for (let index = 0; index < length; index += 1) {
    const name = `step ${index + 1} ${(theirs.steps[index] ?? ours.steps[index]).step}`;
    found.push(...differences(ours.steps[index], theirs.steps[index], name));
  }
  found.push(...differences(ours.events, theirs.events, 'events'));
  return found.filter((text) => !ignore.some((place) => text.includes(place)));
}
