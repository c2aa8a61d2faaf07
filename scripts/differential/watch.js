/** Looks at a stack as its user does: its resources with all that is nested, its events, its end. */

/** How long one waits for a server. A real Heat works in several processes: its rollback begins a moment after a failure. */
export const PACES = {
  heat: { pollMs: 250, calmMs: 500, quietMs: 1500, signalMs: 2000 },
  baton: { pollMs: 40, calmMs: 0, quietMs: 400, signalMs: 700 },
};

const STEP_LIMIT_MS = 90_000;
/** So long what still runs after a failure is waited for, before it is written down as it is. */
const SETTLE_LIMIT_MS = 10_000;
const UNTIL_LIMIT_MS = 30_000;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const isRunning = ({ status }) => status.endsWith('IN_PROGRESS');
const eventName = (name) => (/^[a-z2-7]{12}$/.test(name) ? '<member>' : name);

const withoutPseudo = (parameters = {}) =>
  Object.fromEntries(
    Object.entries(parameters).filter(([name]) => !name.startsWith('OS::') && !name.startsWith('AWS::')),
  );

const outputOf = ({ output_value: value, output_error: error }) =>
  error === undefined ? (value ?? null) : { value: value ?? null, error };

/** The watch over the stack that `stack` names; `stack.id` is set when there is one. */
export function createWatch(client, stack, { mask, label, memberName }, { pollMs, calmMs, quietMs }) {
  const stackPath = () => `/stacks/${stack.name}/${stack.id}`;
  const get = (path) => client.send('GET', path);

  async function listEvents() {
    const { body } = await get(`${stackPath()}/events?nested_depth=5&limit=10000`);
    const events = body?.events ?? [];
    if (events.some((event) => event.physical_resource_id === stack.id)) return events;
    // Of a deleted stack these are left out, but not where they are asked for alone.
    const { body: own } = await get(`${stackPath()}/events?limit=10000`);
    return [...events, ...(own?.events ?? [])];
  }

  /** How many events of the stack itself there are. */
  async function countOwnEvents() {
    if (stack.id === undefined) return 0;
    return (await listEvents()).filter((event) => event.physical_resource_id === stack.id).length;
  }

  /** The address of the stack that a resource of a stack is, or undefined. */
  async function nestedPath(base, name) {
    const { body } = await get(`${base}/resources`);
    const found = (body?.resources ?? []).find((resource) => resource.resource_name === name);
    const link = found?.links.find(({ rel }) => rel === 'nested');
    return link === undefined ? undefined : decodeURIComponent(link.href.slice(link.href.indexOf('/stacks/')));
  }

  /** The address of a resource; in a nested stack it is named by the path to it: `group/0/server`. */
  async function findResource(path) {
    const names = path.split('/');
    let base = stackPath();
    for (const name of names.slice(0, -1)) base = (await nestedPath(base, name)) ?? base;
    return `${base}/resources/${encodeURIComponent(names.at(-1))}`;
  }

  async function listResources() {
    const { body } = await get(`${stackPath()}/resources?nested_depth=5&with_detail=true`);
    const resources = body?.resources ?? [];
    const ownerOf = (resource) =>
      resource.links
        ?.find(({ rel }) => rel === 'stack')
        ?.href.split('/')
        .at(-1);
    const parents = new Map(resources.map((resource) => [resource.physical_resource_id, resource]));
    const pathOf = (resource) => {
      const owner = ownerOf(resource);
      const parent = owner === stack.id ? undefined : parents.get(owner);
      if (!parent || parent === resource) return resource.resource_name;
      const above = pathOf(parent);
      return `${above}/${memberName(resource.resource_name, above)}`;
    };
    const inOrder = [...resources].sort((a, b) =>
      `${a.creation_time} ${a.resource_name}` < `${b.creation_time} ${b.resource_name}` ? -1 : 1,
    );
    const rows = {};
    for (const resource of inOrder) {
      const path = pathOf(resource);
      rows[path] = {
        type: mask(resource.resource_type),
        status: resource.resource_status,
        reason: resource.resource_status_reason,
        id: label(path, resource.physical_resource_id),
      };
    }
    for (const row of Object.values(rows)) row.reason = mask(row.reason);
    return Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Waits until the operation that began after `before` events of the stack has come to its end. */
  async function waitForEnd(before, limitMs = STEP_LIMIT_MS) {
    const end = Date.now() + limitMs;
    let calmSince;
    while (Date.now() < end) {
      const { status, body } = await get(stackPath());
      if (status === 404 || body.stack.stack_status === 'DELETE_COMPLETE') return;
      const isEnded = !body.stack.stack_status.endsWith('IN_PROGRESS') && (await countOwnEvents()) > before;
      calmSince = isEnded ? (calmSince ?? Date.now()) : undefined;
      if (calmSince !== undefined && Date.now() - calmSince >= calmMs) return;
      await sleep(pollMs);
    }
  }

  /** The resources when none of them runs any more; or, where some are meant to run on, when nothing has changed for a while. */
  async function settle(endsAll) {
    const end = Date.now() + SETTLE_LIMIT_MS;
    let last = '';
    let since = Date.now();
    for (;;) {
      const rows = await listResources();
      if (!Object.values(rows).some(isRunning) || Date.now() > end) return rows;
      const text = JSON.stringify(rows);
      if (text !== last) since = Date.now();
      else if (!endsAll && Date.now() - since >= quietMs) return rows;
      last = text;
      await sleep(pollMs);
    }
  }

  async function observe(endsAll = true) {
    const { status, body } = await get(stackPath());
    if (status !== 200) return { gone: true };
    const isGone = body.stack.stack_status === 'DELETE_COMPLETE';
    const resources = isGone ? {} : await settle(endsAll);
    const { body: fresh } = await get(stackPath());
    const shown = fresh?.stack ?? body.stack;
    return {
      status: shown.stack_status,
      reason: mask(shown.stack_status_reason),
      parameters: mask(withoutPseudo(shown.parameters)),
      outputs: mask(Object.fromEntries((shown.outputs ?? []).map((o) => [o.output_key, outputOf(o)]))),
      tags: shown.tags,
      resources,
    };
  }

  async function waitForSnapshot(snapshot) {
    const end = Date.now() + STEP_LIMIT_MS;
    while (Date.now() < end) {
      const { body } = await get(`${stackPath()}/snapshots/${snapshot}`);
      const { body: shown } = await get(stackPath());
      if (body.snapshot?.status !== 'IN_PROGRESS' && !shown.stack?.stack_status.endsWith('IN_PROGRESS')) return;
      await sleep(pollMs);
    }
  }

  /** Until events have come, no more of them come and nothing runs (if `endsAll`), or the limit is reached. */
  async function waitForQuiet(before, limitMs, endsAll) {
    const end = Date.now() + limitMs;
    let last = before;
    let since = Date.now();
    while (Date.now() < end || Date.now() - since < quietMs) {
      await sleep(pollMs);
      const now = (await listEvents()).length;
      const runs = endsAll && Object.values(await listResources()).some(isRunning);
      if (now !== last || runs) since = Date.now();
      last = now;
      if (now > before && Date.now() - since > quietMs) return;
    }
  }

  /** Waits until a resource has had a status, or an event whose reason contains a text. */
  async function waitForEvent({ resource, status, reason = '' }) {
    const end = Date.now() + UNTIL_LIMIT_MS;
    const isIt = (event) =>
      event.resource_name === resource &&
      (status === undefined || event.resource_status === status) &&
      `${event.resource_status_reason}`.includes(reason);
    while (Date.now() < end) {
      if ((await listEvents()).some(isIt)) return true;
      await sleep(pollMs);
    }
    return false;
  }

  /** The multiset of (resource, status, reason) of the whole history, resources by their plain names. */
  async function countEvents() {
    const counts = {};
    for (const event of await listEvents()) {
      const isStack = event.resource_name === stack.name;
      const name = isStack ? 'STACK' : mask(eventName(event.resource_name));
      const line = `${name} ${event.resource_status}: ${mask(event.resource_status_reason ?? '')}`;
      counts[line] = (counts[line] ?? 0) + 1;
    }
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  return {
    stackPath,
    get,
    listEvents,
    countOwnEvents,
    nestedPath,
    findResource,
    waitForEnd,
    observe,
    waitForSnapshot,
    waitForQuiet,
    waitForEvent,
    countEvents,
  };
}
