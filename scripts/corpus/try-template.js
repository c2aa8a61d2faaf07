/** One template from its text to an empty cloud again: how far it gets, and why not further. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GIVEN } from './given.js';
import { liveOn } from './live-on.js';
import { plausibleValue, SSM_VALUES } from './plausible-values.js';
import { calmPlan, rehearse } from './rehearse.js';
import { withServers } from './signalling-servers.js';

const TIME_LIMIT_MS = 15_000;
/** How many things that a template takes from elsewhere (exports, parameters, secrets) are put there for it. */
const MAX_SUPPLIES = 30;

/**
 * Resolves with `{ parsed, validated, created, deleted, leftovers, reasons, missing }`; `missing` names what was put in the
 * world beforehand because the template takes it from elsewhere.
 */
export async function tryTemplate(sources, entry, { life = false } = {}) {
  const result = {
    ...entry,
    parsed: false,
    validated: false,
    created: false,
    deleted: false,
    leftovers: [],
    reasons: [],
    supplied: [],
  };
  const input = await readInput(sources, entry.path, result);
  if (!input) return result;
  const faults = calmPlan(`${process.env.BATON_SEED ?? ''}${entry.name}`);
  const engine = await sources.createEngine({ retry: { maxAttempts: 2, baseMs: 1, maxMs: 10 }, faults: faults.plan });
  try {
    await run(sources, engine, input, result, life && faults);
  } finally {
    await engine.close(0);
  }
  return result;
}

async function readInput(sources, path, result) {
  const text = readFileSync(path, 'utf8');
  const reading = {
    cwd: process.cwd(),
    texts: new sources.SourceTexts(),
    // Files that are not in the corpus, and whatever is in the network, stand in by a line of text.
    fetch: async (url) => {
      try {
        return readFileSync(fileURLToPath(url));
      } catch {
        return Buffer.from(`stand-in for ${url.split('/').at(-1)}\n`);
      }
    },
  };
  let loaded = { template: text, files: {} };
  try {
    loaded = await sources.loadTemplate(path, reading);
  } catch (error) {
    // Not readable by the client: then the engine says what is wrong with the text itself.
    if (error.name !== 'SourceError' && error.name !== 'CommandError') throw error;
  }
  const { template, diagnostics } = sources.parseTemplate(text, { files: loaded.files });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || !template) {
    result.stage = 'parse';
    result.reasons = errors.map((error) => say(sources, error));
    return undefined;
  }
  result.parsed = true;
  result.language = template.language;
  const parameters = {};
  for (const parameter of template.parameters.values()) {
    if (parameter.defaultValue !== undefined && !isUnusable(parameter)) continue;
    parameters[parameter.name] = plausibleValue(parameter, result.collection === 'heat' ? 'hot' : 'cfn');
  }
  const given = GIVEN.find(({ name }) => result.name.startsWith(name));
  return {
    template: loaded.template,
    files: { ...loaded.files, ...given?.files },
    environment: given?.environment ?? {},
    parameters: { ...parameters, ...given?.parameters },
  };
}

/** An empty default that the parameter's own type or constraints refuse is a way to say "required". */
function isUnusable({ defaultValue, constraints, declaredType }) {
  if (defaultValue !== '') return false;
  return constraints.length > 0 || /^(List<)?AWS::(EC2|Route53)/.test(declaredType);
}

async function run(sources, engine, input, result, life) {
  const caller = sources.localCaller({
    origin: result.language === 'cfn' && !result.name.startsWith('heat/') ? 'cfn' : 'heat',
  });
  const call = { projectId: caller.projectId, region: caller.region };
  try {
    const { diagnostics } = await engine.stacks.validate(caller, {
      template: input.template,
      files: input.files,
      environment: input.environment,
    });
    if (diagnostics.some(({ severity }) => severity === 'error')) throw new sources.ValidationError(diagnostics);
    result.validated = true;
  } catch (error) {
    return fail(sources, result, 'validate', error);
  }
  await supplyParameters(engine, caller, input, sources);
  // What a failed round leaves behind on purpose (DeletionPolicy) would stand in the way of the next.
  for (const [reference] of JSON.stringify(input.template).matchAll(/\{\{resolve:[^$}]+\}\}/g)) {
    await supply(engine, caller, call, reference, result, new Set(), input);
  }
  const before = new Set((await worldObjects(engine, caller)).map(({ id }) => id));
  let stack;
  for (let round = 0; ; round++) {
    try {
      stack = await createAndSettle(engine, caller, { ...input, name: 'corpus' });
    } catch (error) {
      if (round < MAX_SUPPLIES && (await supply(engine, caller, call, String(error.message), result, before, input)))
        continue;
      return fail(sources, result, 'create', error);
    }
    if (stack.status === 'COMPLETE' && stack.action === 'CREATE') break;
    const reasons = await failures(engine, caller, stack);
    const isSupplied =
      round < MAX_SUPPLIES && (await supply(engine, caller, call, reasons.join('\n'), result, before, input));
    const gone = await remove(engine, caller, stack, result);
    if (isSupplied && gone) continue;
    result.stage = 'create';
    result.reasons = reasons;
    return;
  }
  result.created = true;
  result.resources = (await engine.stacks.resources(caller, stack.id, { nestedDepth: 5 })).length;
  const broken = (await engine.stacks.outputs(caller, stack.id)).filter(({ error }) => error !== undefined);
  result.brokenOutputs = broken.map(({ name, error }) => `output ${name}: ${error}`);
  if (life) {
    const lived = await withServers(engine, caller, () => liveOn(engine, caller, stack, input));
    result.life = lived.problems;
    stack = lived.stack;
    const { problems, left: kept } = await withServers(engine, caller, () =>
      rehearse(engine, caller, stack, input, life, (id) => retained(engine, caller, { id })),
    );
    result.life.push(...problems);
    result.deleted = true;
    result.leftovers = (await worldObjects(engine, caller))
      .filter((object) => !before.has(object.id) && !isKept(object, kept))
      .map(({ collection, id, name }) => `${collection} ${name ?? id}`);
    return;
  }
  const kept = await retained(engine, caller, stack);
  if (!(await remove(engine, caller, stack, result))) return;
  result.deleted = true;
  result.leftovers = (await worldObjects(engine, caller))
    .filter((object) => !before.has(object.id) && !isKept(object, kept))
    .map(({ collection, id, name }) => `${collection} ${name ?? id}`);
}

async function createAndSettle(engine, caller, input) {
  return withServers(engine, caller, async () => {
    const stack = await engine.stacks.create(caller, input);
    return Promise.race([
      engine.stacks.settled(stack.id),
      new Promise((_, reject) =>
        setTimeout(
          () => reject(new Error(`still ${stack.action}_IN_PROGRESS after ${TIME_LIMIT_MS / 1000} s`)),
          TIME_LIMIT_MS,
        ).unref(),
      ),
    ]);
  });
}

/** What failed, first things first; what was only cancelled because of it is left out. */
async function failures(engine, caller, stack) {
  const events = await engine.stacks.events(caller, stack.id, { nestedDepth: 5 });
  const failed = events
    .map(({ event }) => event)
    .filter((event) => event.status === 'FAILED' && !/cancel/i.test(event.reason));
  const own = failed.filter((event) => event.resourceName !== stack.name);
  const causes = (own.length > 0 ? own : failed).map(
    (event) => `${event.resourceName} (${event.resourceType}) ${event.action}_FAILED: ${event.reason}`,
  );
  return causes.length > 0 ? [...new Set(causes)] : [`${stack.action}_${stack.status}: ${stack.statusReason}`];
}

async function remove(engine, caller, stack, result) {
  await engine.stacks.delete(caller, stack.id);
  const gone = await engine.stacks.settled(stack.id);
  if (gone.action === 'DELETE' && gone.status === 'COMPLETE') return true;
  result.stage ??= 'delete';
  result.reasons.push(...(await failures(engine, caller, gone)));
  return false;
}

/** Physical ids of what the template itself says is to stay. */
async function retained(engine, caller, stack) {
  const kept = new Set();
  for (const { record } of await engine.stacks.resources(caller, stack.id, { nestedDepth: 5 })) {
    if (record.policies.deletion === 'Delete' || record.physicalId === undefined) continue;
    kept.add(record.physicalId);
  }
  return kept;
}

function isKept(object, kept) {
  if (kept.size === 0) return false;
  const text = JSON.stringify([object.id, object.name, object.parentId, object.body]);
  return [...kept].some((id) => text.includes(id));
}

async function worldObjects(engine, caller) {
  const rows = await engine.store.db.selectFrom('world_objects').select('collection').distinct().execute();
  const objects = await Promise.all(
    rows.map(({ collection }) => engine.store.world.find({ collection, projectId: caller.projectId })),
  );
  return objects
    .flat()
    .filter(({ body, collection }) => body._?.origin !== 'seed' && !body._?.supplied && collection !== 'world');
}

/** Parameters of type AWS::SSM::Parameter::Value name things that must be there. */
async function supplyParameters(engine, caller, input, sources) {
  const { template } = sources.parseTemplate(input.template, { files: input.files });
  const parameters = engine.cloud.collection('parameters');
  const call = { projectId: caller.projectId, region: caller.region };
  for (const { name, declaredType, defaultValue } of template?.parameters.values() ?? []) {
    const type = /^AWS::SSM::Parameter::Value<(.*)>$/.exec(declaredType)?.[1];
    if (type === undefined) continue;
    const value = SSM_VALUES[`/corpus/${type.replace(/[^A-Za-z0-9]+/g, '.')}`] ?? 'corpus';
    const parameter = String(input.parameters[name] ?? defaultValue);
    if (!(await parameters.find(call, parameter)))
      await parameters.create(call, { name: parameter, type: 'String', value });
  }
}

/** Puts there what the template takes from elsewhere, if that was why it failed; false if it was not. */
async function supply(engine, caller, call, message, result, before, input) {
  const known = result.supplied.length;
  const [, exported] = /No export named (\S+) found/.exec(message) ?? [];
  if (exported !== undefined && !result.supplied.includes(`export ${exported}`)) {
    const value =
      /vpc/i.test(exported) && !/subnet/i.test(exported)
        ? 'vpc-0a1b2c3d4e5f67890'
        : /subnet/i.test(exported)
          ? 'subnet-0a1b2c3d4e5f67890'
          : 'corpus-export';
    const template = {
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
      Outputs: { Value: { Value: value, Export: { Name: exported } } },
    };
    const stack = await engine.stacks.create({ ...caller, origin: 'cfn' }, { name: `export-${known}`, template });
    await engine.stacks.settled(stack.id);
    result.supplied.push(`export ${exported}`);
  }
  const [, service, reference] = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}/.exec(message) ?? [];
  if (reference !== undefined && !result.supplied.includes(`${service} ${reference}`)) {
    if (service === 'secretsmanager') {
      const [name, , key] = reference.split(':');
      await engine.cloud
        .collection('secrets')
        .create(call, { name, payload: key ? JSON.stringify({ [key]: 'corpus' }) : 'corpus' });
    } else {
      await engine.cloud
        .collection('parameters')
        .create(call, { name: reference.replace(/:\d+$/, ''), type: 'String', value: 'corpus' });
    }
    result.supplied.push(`${service} ${reference}`);
  }
  const [, unknown] = /The Parameter \((\w+)\) was not defined in template/.exec(message) ?? [];
  if (unknown !== undefined && addParameter(input.files, unknown)) result.supplied.push(`child parameter ${unknown}`);
  const [, url] = /Could not fetch remote template '([^']+)'/.exec(message) ?? [];
  if (url !== undefined && !Object.hasOwn(input.files, url)) {
    input.files[url] = templateNamed(result.path, url.split('/').at(-1) ?? '');
    result.supplied.push(`template ${url}`);
  }
  const [, kind, name] =
    /(?:Unable to find|The) (listener|pool|[Ss]erver) (?:with name or id ')?\(?'?(corpus[\w-]*)/.exec(message) ?? [];
  if (name !== undefined && !result.supplied.includes(`${kind} ${name}`)) {
    await makeMissing(engine, call, kind.toLowerCase(), name);
    result.supplied.push(`${kind} ${name}`);
  }
  for (const { id } of result.supplied.length > known ? await worldObjects(engine, caller) : []) before.add(id);
  return result.supplied.length > known;
}

/** A child template: the one of that name beside the parent, or one that takes any parameters for nothing. */
function templateNamed(parentPath, name) {
  const beside = join(dirname(parentPath), name);
  if (existsSync(beside)) return readFileSync(beside, 'utf8');
  return JSON.stringify({
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
  });
}

/** Lets the stand-ins for child templates take one more parameter; false if there are none. */
function addParameter(files, name) {
  let isAdded = false;
  for (const [url, text] of Object.entries(files)) {
    const template = text.startsWith('{"AWSTemplateFormatVersion"') ? JSON.parse(text) : undefined;
    if (!template) continue;
    template.Parameters = { ...template.Parameters, [name]: { Type: 'String', Default: '' } };
    files[url] = JSON.stringify(template);
    isAdded = true;
  }
  return isAdded;
}

/** Makes what a reference that stands for somebody else's thing leads to. */
async function makeMissing(engine, call, kind, name) {
  const of = (collection, spec) =>
    engine.cloud.collection(collection).create({ ...call, token: `corpus-${collection}-${name}` }, spec);
  if (kind === 'server')
    return of('servers', { name, flavor: 'm1.small', image: 'cirros', networks: [{ network: 'private' }] });
  const balancer = await of('load_balancers', { name: `${name}-balancer`, vip_subnet: 'private-subnet' });
  if (kind === 'listener')
    return of('listeners', { name, loadbalancer: balancer.id, protocol: 'HTTP', protocol_port: 80 });
  return of('pools', { name, loadbalancer: balancer.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' });
}

function fail(sources, result, stage, error) {
  result.stage = stage;
  if (error instanceof sources.ValidationError) {
    const errors = error.diagnostics.filter(({ severity }) => severity === 'error');
    result.reasons = errors.map((diagnostic) => say(sources, diagnostic));
  } else {
    result.reasons = [error instanceof sources.UserError ? error.message : (error.stack ?? String(error))];
  }
}

function say(sources, diagnostic) {
  const place = diagnostic.at ? `${diagnostic.at.line}:${diagnostic.at.column} ` : '';
  return `${place}${sources.formatDiagnostic(diagnostic)}`;
}
