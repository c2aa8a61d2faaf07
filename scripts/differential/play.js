/** Plays one scenario against one Heat-like server and writes down what its user sees. */
import { randomBytes } from 'node:crypto';
import { dump } from 'js-yaml';
import { createMask } from './masking.js';

const POLL_MS = 250;
const STEP_LIMIT_MS = 90_000;
/** So long what still runs after a failure is waited for, before it is written down as it is. */
const SETTLE_LIMIT_MS = 10_000;
const HOT_VERSION = '2021-04-16';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function withVersion(template) {
  if (typeof template !== 'object' || template === null) return template;
  const versions = ['heat_template_version', 'HeatTemplateFormatVersion', 'AWSTemplateFormatVersion'];
  if (versions.some((key) => key in template)) return template;
  return { heat_template_version: HOT_VERSION, ...template };
}

function filesOf(scenario) {
  return Object.fromEntries(
    Object.entries(scenario.files ?? {}).map(([name, content]) => [
      name,
      typeof content === 'string' ? content : dump(withVersion(content)),
    ]),
  );
}

const errorText = (body) =>
  typeof body === 'object' && body?.error ? `${body.error.type}: ${body.error.message}` : `${JSON.stringify(body)}`;

/** Plays the steps and gives the observations; a step that the server refuses is an observation too. */
export async function play(client, scenario) {
  const stackName = `d${randomBytes(4).toString('hex')}`;
  const { mask, label, memberName } = createMask(stackName);
  const kept = { snapshots: [], abandoned: undefined };
  let id;
  let seenEvents = 0;

  const stackPath = () => `/stacks/${stackName}/${id}`;
  const get = (path) => client.send('GET', path);

  async function listEvents() {
    const { body } = await get(`${stackPath()}/events?nested_depth=5&limit=10000`);
    if (body?.events?.length > 0) return body.events;
    // A deleted stack keeps its own events only.
    const { body: own } = await get(`${stackPath()}/events?limit=10000`);
    return own?.events ?? [];
  }

  const ownEvents = (events) => events.filter((event) => event.physical_resource_id === id);

  /** A resource in a nested stack is named by the path to it: `group/0/server`. */
  async function findResource(path) {
    const names = path.split('/');
    let base = stackPath();
    for (const name of names.slice(0, -1)) {
      const { body } = await get(`${base}/resources`);
      const found = (body?.resources ?? []).find((resource) => resource.resource_name === name);
      if (!found) return `${base}/resources/${encodeURIComponent(names.at(-1))}`;
      const link = found.links.find(({ rel }) => rel === 'nested');
      base = decodeURIComponent(link.href.slice(link.href.indexOf('/stacks/')));
    }
    return `${base}/resources/${encodeURIComponent(names.at(-1))}`;
  }

  async function listResources() {
    const { body } = await get(`${stackPath()}/resources?nested_depth=5&with_detail=true`);
    const resources = body?.resources ?? [];
    const byStack = new Map();
    for (const resource of resources) {
      const owner = resource.links
        ?.find(({ rel }) => rel === 'stack')
        ?.href.split('/')
        .at(-1);
      byStack.set(resource, owner);
    }
    const parents = new Map(resources.map((resource) => [resource.physical_resource_id, resource]));
    const pathOf = (resource) => {
      const owner = byStack.get(resource);
      const parent = owner === id ? undefined : parents.get(owner);
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
    let calm = 0;
    while (Date.now() < end) {
      const { status, body } = await get(stackPath());
      if (status === 404) return undefined;
      const stack = body.stack;
      const isEnded = !stack.stack_status.endsWith('IN_PROGRESS');
      if (stack.stack_status === 'DELETE_COMPLETE') return stack;
      calm = isEnded && ownEvents(await listEvents()).length > before ? calm + 1 : 0;
      // Twice: a rollback begins a moment after the failure.
      if (calm >= 3) return stack;
      await sleep(POLL_MS);
    }
    return undefined;
  }

  async function settle() {
    const end = Date.now() + SETTLE_LIMIT_MS;
    for (;;) {
      const rows = await listResources();
      const runs = Object.values(rows).some(({ status }) => status.endsWith('IN_PROGRESS'));
      if (!runs || Date.now() > end) return rows;
      await sleep(POLL_MS);
    }
  }

  async function observe() {
    const { status, body } = await get(stackPath());
    if (status !== 200) return { gone: true };
    const isGone = body.stack.stack_status === 'DELETE_COMPLETE';
    const resources = isGone ? {} : await settle();
    const { body: fresh } = await get(stackPath());
    const stack = fresh?.stack ?? body.stack;
    return {
      status: stack.stack_status,
      reason: mask(stack.stack_status_reason),
      parameters: mask(withoutPseudo(stack.parameters)),
      outputs: mask(Object.fromEntries((stack.outputs ?? []).map((o) => [o.output_key, outputOf(o)]))),
      tags: stack.tags,
      resources,
    };
  }

  const bodyOf = (input) => {
    const template = input.template === undefined ? undefined : scenario.templates[input.template];
    if (input.template !== undefined && template === undefined) throw new Error(`no template ${input.template}`);
    const { template: _name, existing: _existing, nowait: _nowait, reason: _reason, ...rest } = input;
    return {
      ...(template === undefined ? {} : { template: withVersion(template) }),
      files: filesOf(scenario),
      ...rest,
    };
  };

  const refusal = ({ status, body }) => ({ http: status, error: mask(errorText(body)) });
  const passed = (answer) => answer.status < 300;

  /** Sends what begins an operation, waits for its end, observes. */
  async function operate(send, { nowait = false, wait } = {}) {
    const before = id === undefined ? 0 : ownEvents(await listEvents()).length;
    const answer = await send();
    if (!passed(answer)) return refusal(answer);
    if (nowait) return { http: answer.status };
    await waitForEnd(before, wait);
    return { http: answer.status, ...(await observe()) };
  }

  const verbs = {
    create: (input) =>
      operate(async () => {
        const answer = await client.send('POST', '/stacks', {
          stack_name: stackName,
          timeout_mins: 5,
          ...bodyOf(input),
        });
        if (passed(answer)) id = answer.body.stack.id;
        return answer;
      }, input),
    update: (input) =>
      operate(
        () => client.send(input.existing ? 'PATCH' : 'PUT', stackPath(), { timeout_mins: 5, ...bodyOf(input) }),
        input,
      ),
    delete: (input) => operate(() => client.send('DELETE', stackPath()), input ?? {}),
    preview: async (input) => {
      const answer = await client.send(input.existing ? 'PATCH' : 'PUT', `${stackPath()}/preview`, bodyOf(input));
      if (!passed(answer)) return refusal(answer);
      const changes = Object.entries(answer.body.resource_changes).map(([kind, list]) => [
        kind,
        list.map((row) => row.resource_name).sort(),
      ]);
      return { http: answer.status, changes: Object.fromEntries(changes.filter(([, list]) => list.length > 0)) };
    },
    validate: async (input) => {
      const answer = await client.send('POST', '/validate', bodyOf(input));
      return passed(answer) ? { http: answer.status } : refusal(answer);
    },
    action: (input) => {
      const { name, ...rest } = typeof input === 'string' ? { name: input } : input;
      return operate(() => client.send('POST', `${stackPath()}/actions`, { [name]: null }), rest);
    },
    /** A signal acts by itself, later: `changes` waits until the stack has ended whatever the signal made it do. */
    signal: async ({ resource, data, changes }) => {
      const path = await findResource(resource);
      const before = (await listEvents()).length;
      const answer = await client.send('POST', `${path}/signal`, data ?? {});
      if (!passed(answer)) return refusal(answer);
      await quiet(before, changes === false ? 2000 : 6000);
      return { http: answer.status, ...(await observe()) };
    },
    unhealthy: async ({ resource, mark = true, reason }) => {
      const path = await findResource(resource);
      const answer = await client.send('PATCH', path, {
        mark_unhealthy: mark,
        ...(reason === undefined ? {} : { resource_status_reason: reason }),
      });
      if (!passed(answer)) return refusal(answer);
      return { http: answer.status, ...(await observe()) };
    },
    snapshot: async (input) => {
      const answer = await client.send('POST', `${stackPath()}/snapshots`, { name: input?.name });
      if (!passed(answer)) return refusal(answer);
      kept.snapshots.push(answer.body.id);
      await waitForSnapshot(answer.body.id);
      const { body } = await get(`${stackPath()}/snapshots/${answer.body.id}`);
      return {
        http: answer.status,
        snapshot: { status: body.snapshot.status, reason: mask(body.snapshot.status_reason) },
        ...(await observe()),
      };
    },
    restore: (input) =>
      operate(
        () => client.send('POST', `${stackPath()}/snapshots/${kept.snapshots[input?.snapshot ?? 0]}/restore`),
        input ?? {},
      ),
    abandon: async () => {
      const answer = await client.send('DELETE', `${stackPath()}/abandon`);
      if (!passed(answer)) return refusal(answer);
      kept.abandoned = answer.body;
      // A real Heat answers first; only when the stack is gone its name is free.
      await waitForEnd(Number.POSITIVE_INFINITY);
      const data = structuredClone(answer.body);
      return {
        http: answer.status,
        keys: Object.keys(data).sort(),
        resources: Object.fromEntries(
          Object.entries(data.resources ?? {}).map(([name, row]) => [
            name,
            { keys: Object.keys(row).sort(), id: label(name, row.resource_id), status: `${row.action}_${row.status}` },
          ]),
        ),
      };
    },
    adopt: (input) =>
      operate(async () => {
        const data = structuredClone(kept.abandoned);
        for (const name of input?.forget ?? []) data.resources[name].resource_id = null;
        const { forget: _forget, ...rest } = input ?? {};
        const answer = await client.send('POST', '/stacks', {
          stack_name: stackName,
          timeout_mins: 5,
          adopt_stack_data: JSON.stringify(data),
          files: filesOf(scenario),
          disable_rollback: true,
          ...rest,
        });
        if (passed(answer)) id = answer.body.stack.id;
        return answer;
      }, input ?? {}),
    /** Waits until a resource has a status, or an event's reason contains a text. */
    until: async ({ resource, status, reason }) => {
      const end = Date.now() + 30_000;
      while (Date.now() < end) {
        const events = await listEvents();
        const isThere = events.some(
          (event) =>
            event.resource_name === resource &&
            (status === undefined || event.resource_status === status) &&
            (reason === undefined || `${event.resource_status_reason}`.includes(reason)),
        );
        if (isThere) return { reached: true };
        await sleep(POLL_MS);
      }
      return { reached: false };
    },
    /** Waits for the end of what an earlier step began with `nowait`. */
    end: async () => {
      await waitForEnd(0);
      return observe();
    },
    look: () => observe(),
    show: async ({ resource, attributes }) => {
      const query = (attributes ?? []).map((name) => `with_attr=${encodeURIComponent(name)}`).join('&');
      const answer = await get(`${await findResource(resource)}${query === '' ? '' : `?${query}`}`);
      if (!passed(answer)) return refusal(answer);
      const { attributes: values, resource_status, required_by, resource_type } = answer.body.resource;
      return {
        http: answer.status,
        status: resource_status,
        type: resource_type,
        required_by,
        attributes: mask(values),
      };
    },
    metadata: async ({ resource }) => {
      const answer = await get(`${await findResource(resource)}/metadata`);
      return passed(answer) ? { http: 200, metadata: mask(answer.body.metadata) } : refusal(answer);
    },
    pause: async (seconds) => {
      await sleep(seconds * 1000);
      return {};
    },
  };

  async function waitForSnapshot(snapshot) {
    const end = Date.now() + STEP_LIMIT_MS;
    while (Date.now() < end) {
      const { body } = await get(`${stackPath()}/snapshots/${snapshot}`);
      const { body: shown } = await get(stackPath());
      if (body.snapshot?.status !== 'IN_PROGRESS' && !shown.stack?.stack_status.endsWith('IN_PROGRESS')) return;
      await sleep(POLL_MS);
    }
  }

  /** Until events have come and no more of them come, or the limit is reached. */
  async function quiet(before, limitMs) {
    const end = Date.now() + limitMs;
    let last = before;
    let since = Date.now();
    while (Date.now() < end || Date.now() - since < 1500) {
      await sleep(POLL_MS);
      const now = (await listEvents()).length;
      const rows = await listResources();
      const runs = Object.values(rows).some(({ status }) => status.endsWith('IN_PROGRESS'));
      if (now !== last || runs) since = Date.now();
      last = now;
      if (now > before && Date.now() - since > 1500) return;
    }
  }

  /** The multiset of (resource, status, reason) of the whole history, resources by their plain names. */
  async function countEvents() {
    const counts = {};
    const events = await listEvents();
    seenEvents = events.length;
    for (const event of events) {
      const isStack = event.resource_name === stackName;
      const name = isStack ? 'STACK' : mask(eventName(event.resource_name));
      const line = `${name} ${event.resource_status}: ${mask(event.resource_status_reason ?? '')}`;
      counts[line] = (counts[line] ?? 0) + 1;
    }
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  const steps = [];
  let events = {};
  try {
    for (const step of scenario.steps) {
      const [[verb, input]] = typeof step === 'string' ? [[step, undefined]] : Object.entries(step);
      if (verb === 'delete' || verb === 'abandon') events = merge(events, await countEvents());
      if (!verbs[verb]) throw new Error(`${scenario.name}: no such step: ${verb}`);
      steps.push({ step: verb, ...(await verbs[verb](input)) });
      if (verb === 'delete') events = merge(events, await countEvents());
    }
    if (id !== undefined && !['delete', 'abandon'].includes(stepVerb(scenario.steps.at(-1)))) {
      events = merge(events, await countEvents());
    }
  } finally {
    if (id !== undefined) await client.send('DELETE', stackPath());
  }
  return { steps, events, count: seenEvents };
}

const stepVerb = (step) => (typeof step === 'string' ? step : Object.keys(step)[0]);

/** Counts only grow, so the later count of a line stands. */
function merge(before, after) {
  const all = { ...before };
  for (const [line, count] of Object.entries(after)) all[line] = Math.max(all[line] ?? 0, count);
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const eventName = (name) => (/^[a-z2-7]{12}$/.test(name) ? '<member>' : name);

const withoutPseudo = (parameters = {}) =>
  Object.fromEntries(
    Object.entries(parameters).filter(([name]) => !name.startsWith('OS::') && !name.startsWith('AWS::')),
  );

const outputOf = ({ output_value: value, output_error: error }) =>
  error === undefined ? (value ?? null) : { value: value ?? null, error };
