/**
 * Compares answers with recorded ones. What can never be the same is masked: ids, times, addresses and random names.
 * The prose about resource types and functions is Heat's own and left out. Lists whose order Heat leaves to chance are
 * put in order first: events of different resources, too, which start whenever Heat's workers get to them.
 */

const MASKS = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b[0-9a-f]{32}\b/g, '<id>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, '<time>'],
  [/https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?/g, '<host>'],
  [/-[a-z2-7]{12}\b/g, '-<short>'],
  // Keystone may stand anywhere.
  [/<host>\/(?:identity\/)?v3\/?/g, '<keystone>'],
];

/** Keys whose texts are prose, or secrets that differ each time. */
const PROSE = new Set(['description', 'Description', 'message_id']);
/** Prose of resource types and functions only: everywhere else a description is the user's own. */
const PROSE_FILES = /resource-type|template-functions/;
/** Keys by which lists are put in order, where Heat has none. */
const ORDER_KEYS = ['output_key', 'resource_name', 'resource_type', 'functions'];

/** Nested stacks are made side by side: which one comes first is chance. */
const STACKS_BY_NAME = /nested-stacks/;

/** @param {string} text */
const maskText = (text) => MASKS.reduce((masked, [pattern, name]) => masked.replace(pattern, name), text);

/**
 * @param {unknown} value
 * @param {{prose: boolean, key?: string, ordered: boolean}} options
 * @returns {unknown}
 */
function mask(value, options) {
  if (typeof value === 'string') {
    return maskText(value);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => mask(item, { ...options, key: '' }));
    const by = ORDER_KEYS.find((key) =>
      items.every((item) => item !== null && typeof item === 'object' && key in item),
    );
    if (options.ordered) return byResource(items);
    if (options.stacksByName && items.every((item) => item?.stack_name !== undefined)) {
      return items.sort((a, b) => a.stack_name.localeCompare(b.stack_name));
    }
    if (by === undefined) return items;
    return items.sort((a, b) => String(a[by]).localeCompare(String(b[by])));
  }
  if (value === null || typeof value !== 'object') return value;
  // Heat marks the row a moment after it tells that the stack is gone.
  if (value.stack_status === 'DELETE_COMPLETE') value = { ...value, deletion_time: '<time>' };
  // How many engines there are, or were, is the installation's affair; the first report of one comes after a minute.
  if (Array.isArray(value.services)) {
    const up = value.services.filter((service) => service.status === 'up').slice(0, 1);
    value = { ...value, services: up.map((service) => ({ ...service, updated_at: '<time>' })) };
  }
  const kept = Object.entries(value).filter(
    ([key, item]) => !(options.prose && PROSE.has(key) && typeof item === 'string'),
  );
  const entries = kept.map(([key, item]) => [maskText(key), mask(item, { ...options, key })]);
  return Object.fromEntries(entries);
}

/** Each resource's events in their order, the resources by name. */
function byResource(items) {
  const name = (item) => String(item?.links?.[0]?.href ?? '');
  return items.every((item) => item?.event_time !== undefined)
    ? items.sort((a, b) => name(a).localeCompare(name(b)))
    : items;
}

/** Characters that are random in every stack: only their number is compared. */
const isRandom = (path) => /(^|\.)(value|output_value|signal|resource_data\.value)$/.test(path);

/**
 * @param {unknown} ours
 * @param {unknown} theirs
 * @param {string} path
 * @param {string[]} found
 */
function differences(ours, theirs, path, found) {
  if (ours === theirs) return;
  const isMap = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
  if (isMap(ours) && isMap(theirs)) {
    for (const key of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
      const inner = path === '' ? key : `${path}.${key}`;
      if (!(key in ours)) found.push(`${inner}: missing, real ${show(theirs[key])}`);
      else if (!(key in theirs)) found.push(`${inner}: extra, ours ${show(ours[key])}`);
      else differences(ours[key], theirs[key], inner, found);
    }
    return;
  }
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length !== theirs.length) found.push(`${path}: ${ours.length} items, real ${theirs.length}`);
    for (let index = 0; index < Math.min(ours.length, theirs.length); index++) {
      differences(ours[index], theirs[index], `${path}[${index}]`, found);
    }
    return;
  }
  if (isRandom(path) && typeof ours === 'string' && typeof theirs === 'string' && ours.length === theirs.length) return;
  found.push(`${path}: ${show(ours)}, real ${show(theirs)}`);
}

/** @param {unknown} value */
function show(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

const lowerKeys = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([key, text]) => [key.toLowerCase(), text]));

/**
 * Everything in which an answer differs from the recorded one; an empty list is equality. Headers that only we send
 * are no difference: clients ignore what they do not know.
 *
 * @param {{response: {status: number, headers: object, body: unknown}}} ours
 * @param {{response: {status: number, headers: object, body: unknown}}} theirs
 * @param {string} name
 * @returns {string[]}
 */
export function compareAnswers(ours, theirs, name) {
  const found = [];
  if (ours.response.status !== theirs.response.status) {
    found.push(`status: ${ours.response.status}, real ${theirs.response.status}`);
  }
  const ourHeaders = lowerKeys(ours.response.headers);
  for (const [key, text] of Object.entries(lowerKeys(theirs.response.headers))) {
    const got = ourHeaders[key];
    const isKnown = ['x-openstack-request-id', 'www-authenticate', 'content-length'].includes(key);
    if (got === undefined) found.push(`header ${key}: missing`);
    else if (!isKnown && maskText(got) !== maskText(String(text))) found.push(`header ${key}: ${got}, real ${text}`);
  }
  const options = {
    prose: PROSE_FILES.test(name),
    ordered: name.includes('events'),
    stacksByName: STACKS_BY_NAME.test(name),
  };
  differences(mask(ours.response.body, options), mask(theirs.response.body, options), '', found);
  return found;
}
