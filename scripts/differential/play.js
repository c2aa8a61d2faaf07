/** Plays one scenario against one Heat-like server and writes down what its user sees. */
import { randomBytes } from 'node:crypto';
import { dump } from 'js-yaml';
import { createMask } from './masking.js';
import { createWatch, PACES, sleep } from './watch.js';

const HOT_VERSION = '2021-04-16';

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

const passed = (answer) => answer.status < 300;

/** Plays the steps and gives the observations; a step that the server refuses is an observation too. */
export async function play(client, scenario, pace = PACES.heat) {
  const stack = { name: `d${randomBytes(4).toString('hex')}`, id: undefined };
  const masking = createMask(stack.name);
  const { mask, label } = masking;
  const watch = createWatch(client, stack, masking, pace);
  const { stackPath, get, findResource, observe, countEvents } = watch;
  const kept = { snapshots: [], abandoned: undefined };

  const bodyOf = (input) => {
    const template = input.template === undefined ? undefined : scenario.templates[input.template];
    if (input.template !== undefined && template === undefined) throw new Error(`no template ${input.template}`);
    const { template: _name, existing: _existing, nowait: _nowait, reason: _reason, wait: _wait, ...rest } = input;
    return {
      ...(template === undefined ? {} : { template: withVersion(template) }),
      files: filesOf(scenario),
      ...rest,
    };
  };

  const refusal = ({ status, body }) => ({ http: status, error: mask(errorText(body)) });

  /** What a request that only asks is answered with. */
  async function ask(path, pick) {
    const answer = await get(path);
    return passed(answer) ? { http: answer.status, ...pick(answer.body) } : refusal(answer);
  }

  /** Sends what begins an operation, waits for its end, observes. */
  async function operate(send, { nowait = false, wait } = {}, isNew = false) {
    const before = isNew ? 0 : await watch.countOwnEvents();
    const answer = await send();
    if (!passed(answer)) return refusal(answer);
    if (nowait) return { http: answer.status };
    await watch.waitForEnd(before, wait);
    return { http: answer.status, ...(await observe()) };
  }

  const begin = (input, body) => {
    const send = async () => {
      const answer = await client.send('POST', '/stacks', { stack_name: stack.name, timeout_mins: 5, ...body });
      if (passed(answer)) stack.id = answer.body.stack.id;
      return answer;
    };
    return operate(send, input, true);
  };

  const methodOf = (input) => (input.existing ? 'PATCH' : 'PUT');

  const verbs = {
    create: (input) => begin(input, bodyOf(input)),
    update: (input) =>
      operate(() => client.send(methodOf(input), stackPath(), { timeout_mins: 5, ...bodyOf(input) }), input),
    delete: (input) => operate(() => client.send('DELETE', stackPath()), input ?? {}),
    preview: async (input) => {
      const answer = await client.send(methodOf(input), `${stackPath()}/preview`, bodyOf(input));
      if (!passed(answer)) return refusal(answer);
      const changes = Object.entries(answer.body.resource_changes).map(([kind, list]) => [
        kind,
        list.map((row) => row.resource_name).sort(),
      ]);
      return { http: answer.status, changes: Object.fromEntries(changes.filter(([, list]) => list.length > 0)) };
    },
    /** What a create would make. */
    previewcreate: async (input) => {
      const answer = await client.send('POST', '/stacks/preview', { stack_name: stack.name, ...bodyOf(input) });
      if (!passed(answer)) return refusal(answer);
      const { resources, parameters, tags, timeout_mins, disable_rollback, description } = answer.body.stack;
      const rows = (list) =>
        list
          .map((row) =>
            Array.isArray(row)
              ? rows(row)
              : { name: row.resource_name, type: row.resource_type, properties: row.properties },
          )
          .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      const own = Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith('OS::')));
      return {
        http: answer.status,
        stack: mask({ parameters: own, tags, timeout_mins, disable_rollback, description, resources: rows(resources) }),
      };
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
    signal: async ({ resource, data, changes = true }) => {
      const path = await findResource(resource);
      const before = (await watch.listEvents()).length;
      const answer = await client.send('POST', `${path}/signal`, data ?? {});
      if (!passed(answer)) return refusal(answer);
      await watch.waitForQuiet(before, changes ? 3 * pace.signalMs : pace.signalMs, changes);
      return { http: answer.status, ...(await observe(changes)) };
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
      await watch.waitForSnapshot(answer.body.id);
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
      await watch.waitForEnd(Number.POSITIVE_INFINITY);
      const rows = Object.entries(answer.body.resources ?? {}).map(([name, row]) => [
        name,
        { keys: Object.keys(row).sort(), id: label(name, row.resource_id), status: `${row.action}_${row.status}` },
      ]);
      return { http: answer.status, keys: Object.keys(answer.body).sort(), resources: Object.fromEntries(rows) };
    },
    /** Adopts what was abandoned before, or what stands under `data` in the scenario. */
    adopt: (input) => {
      const { forget = [], data: name, ...rest } = input ?? {};
      const data = structuredClone(name === undefined ? kept.abandoned : scenario.data[name]);
      for (const resource of forget) data.resources[resource].resource_id = null;
      const adopt_stack_data = typeof data === 'string' ? data : JSON.stringify(data);
      return begin(input ?? {}, { adopt_stack_data, files: filesOf(scenario), disable_rollback: true, ...rest });
    },
    /** Deletes a nested stack behind the back of its parent. */
    takeaway: async ({ resource }) => {
      const path = await watch.nestedPath(stackPath(), resource);
      const answer = await client.send('DELETE', path);
      if (!passed(answer)) return refusal(answer);
      const end = Date.now() + 20_000;
      while (Date.now() < end) {
        const { status, body } = await get(path);
        if (status === 404 || body.stack.stack_status === 'DELETE_COMPLETE') break;
        await sleep(pace.pollMs);
      }
      return { http: answer.status };
    },
    until: async (input) => ({ reached: await watch.waitForEvent(input) }),
    /** Waits for the end of what an earlier step began with `nowait`. */
    end: async () => {
      await watch.waitForEnd(0);
      return observe();
    },
    look: () => observe(false),
    show: async ({ resource, attributes }) => {
      const query = (attributes ?? []).map((name) => `with_attr=${encodeURIComponent(name)}`).join('&');
      return ask(`${await findResource(resource)}${query === '' ? '' : `?${query}`}`, ({ resource: shown }) => ({
        status: shown.resource_status,
        type: shown.resource_type,
        // Their order is that of a hash in the real one.
        required_by: [...(shown.required_by ?? [])].sort(),
        attributes: mask(shown.attributes),
      }));
    },
    metadata: async ({ resource }) =>
      ask(`${await findResource(resource)}/metadata`, ({ metadata }) => ({ metadata: mask(metadata) })),
    template: () => ask(`${stackPath()}/template`, (template) => ({ template: mask(template) })),
    environment: () => ask(`${stackPath()}/environment`, (environment) => ({ environment: mask(environment) })),
    output: (key) =>
      ask(`${stackPath()}/outputs/${encodeURIComponent(key)}`, ({ output }) => ({ output: mask(output) })),
    outputs: () =>
      ask(`${stackPath()}/outputs`, ({ outputs }) => ({
        // Their order is that of a hash in the real one.
        outputs: mask(outputs).sort((a, b) => (a.output_key < b.output_key ? -1 : 1)),
      })),
    pause: async (seconds) => {
      await sleep(seconds * 1000);
      return {};
    },
  };

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
    if (stack.id !== undefined && !['delete', 'abandon'].includes(stepVerb(scenario.steps.at(-1)))) {
      events = merge(events, await countEvents());
    }
  } finally {
    if (stack.id !== undefined) await client.send('DELETE', stackPath());
  }
  return { steps, events };
}

const stepVerb = (step) => (typeof step === 'string' ? step : Object.keys(step)[0]);

/** Counts only grow, so the later count of a line stands. */
function merge(before, after) {
  const all = { ...before };
  for (const [line, count] of Object.entries(after)) all[line] = Math.max(all[line] ?? 0, count);
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
