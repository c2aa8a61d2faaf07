const HEAD = { heat_template_version: '2018-08-31' };

/** n resources that do not need each other. */
export function independent(n, value = 'x', type = 'Bench::Thing') {
  const resources = {};
  for (let index = 0; index < n; index++) resources[`r${index}`] = { type, properties: { value } };
  return { ...HEAD, resources };
}

/** n resources, each needing the one before. */
export function chain(n) {
  const resources = {};
  for (let index = 0; index < n; index++) {
    const value = index === 0 ? 'x' : { get_attr: [`r${index - 1}`, 'value'] };
    resources[`r${index}`] = { type: 'Bench::Thing', properties: { value } };
  }
  return { ...HEAD, resources };
}

/** n resources, each needing up to three random earlier ones; the same for the same seed. */
export function randomDag(n, seed) {
  const random = generator(seed);
  const resources = {};
  const needs = [];
  for (let index = 0; index < n; index++) {
    const count = index === 0 ? 0 : Math.floor(random() * 4);
    const earlier = new Set();
    for (let pick = 0; pick < count; pick++) earlier.add(Math.floor(random() * index));
    needs.push([...earlier]);
    resources[`r${index}`] = {
      type: 'Bench::Thing',
      properties: { value: String(index) },
      depends_on: [...earlier].map((other) => `r${other}`),
    };
  }
  return { template: { ...HEAD, resources }, needs };
}

/** A small seeded generator of numbers from 0 to 1 (mulberry32). */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
