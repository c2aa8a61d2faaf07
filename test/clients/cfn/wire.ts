/** Turns what clients take and give into the form of the wire, which the play of all actions speaks. */

/** `{$map: {…}}` of the play as the plain object that clients want. */
export function plainInput(value: any): any {
  if (Array.isArray(value)) return value.map(plainInput);
  if (typeof value !== 'object' || value === null) return value;
  if ('$map' in value) return value.$map;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([key, one]) => [key, plainInput(one)]),
  );
}

/** Lists as `{member: […]}`, maps as `{entry: [{key, value}]}`; empty lists are empty elements. */
export function wireOutput(value: any, name = ''): any {
  if (Array.isArray(value)) return value.length === 0 ? '' : { member: value.map((one) => wireOutput(one)) };
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (/^ResourceIdentifier$|^PrimaryResourceIdentifier$/.test(name)) {
    return { entry: Object.entries(value).map(([key, one]) => ({ key, value: one })) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wireOutput(one, key)]));
}
