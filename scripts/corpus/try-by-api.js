/** One template through CloudFormation's API: a change set, a stack, its deletion; how far it gets, and why not further. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CALLER, createClient } from '../cfn/client.js';
import { GIVEN } from './given.js';
import { plausibleValue, SSM_VALUES } from './plausible-values.js';

const TIME_LIMIT_MS = 20_000;
const MAX_SUPPLIES = 30;
const MAX_BODY_BYTES = 51_200;
const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];
const CALL = { projectId: CALLER.projectId, region: CALLER.region };

/** Resolves with the entry and, if it did not pass, `stage` and `reason`. */
export async function tryByApi(sources, entry, all) {
  const text = readFileSync(entry.path, 'utf8');
  const client = await createClient(sources, { fetch: (url) => nested(url, entry, all) });
  try {
    const outcome = await run(sources, client, entry, text);
    const [bug] = client.bugs;
    return bug ? { ...entry, stage: 'crash', reason: bug.stack } : { ...entry, ...outcome };
  } finally {
    await client.close();
  }
}

/** Nested templates lie beside the template, or have at least their own name. */
function nested(url, { path }, all) {
  const beside = join(dirname(path), url);
  if (existsSync(beside)) return readFileSync(beside, 'utf8');
  const name = basename(url.split('?')[0] ?? '');
  const found = all.find((one) => basename(one.path) === name);
  return found && readFileSync(found.path, 'utf8');
}

async function run(sources, client, { name }, text) {
  const input = requestOf(sources, client, name, text);
  await supplyParameters(sources, client, text, input);
  for (let round = 0; ; round++) {
    const outcome = await attempt(client, input, round);
    if (outcome.stage === undefined || round === MAX_SUPPLIES || !(await supply(client, outcome.reason, round)))
      return outcome;
  }
}

function requestOf(sources, client, name, text) {
  const { template } = sources.parseTemplate(text, {});
  const given = GIVEN.find((one) => name.startsWith(one.name))?.parameters ?? {};
  const values = { ...given };
  for (const parameter of template?.parameters.values() ?? []) {
    const isUsable = parameter.defaultValue !== undefined && !isUnusable(parameter);
    if (!isUsable && !Object.hasOwn(values, parameter.name)) values[parameter.name] = plausibleValue(parameter, 'cfn');
  }
  const Parameters = Object.entries(values).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: Array.isArray(value) ? value.join(',') : String(value),
  }));
  const isLong = Buffer.byteLength(text) > MAX_BODY_BYTES;
  if (isLong) client.urls.set('https://s3.amazonaws.com/corpus/template', text);
  return {
    ...(isLong ? { TemplateURL: 'https://s3.amazonaws.com/corpus/template' } : { TemplateBody: text }),
    ...(Parameters.length > 0 ? { Parameters } : {}),
    Capabilities: CAPABILITIES,
  };
}

/** An empty default that the parameter's own type or constraints refuse is a way to say "required". */
function isUnusable({ defaultValue, constraints, declaredType }) {
  if (defaultValue !== '') return false;
  return constraints.length > 0 || /^(List<)?AWS::(EC2|Route53)/.test(declaredType);
}

async function attempt(client, input, round) {
  const { call, engine } = client;
  const changeSet = { StackName: `review-${round}`, ChangeSetName: 'first' };
  const planned = await call('CreateChangeSet', { ...changeSet, ...input, ChangeSetType: 'CREATE' });
  if (planned.status !== 200) return { stage: 'CreateChangeSet', reason: planned.message };
  const described = await call('DescribeChangeSet', changeSet);
  if (described.result.Status !== 'CREATE_COMPLETE')
    return { stage: 'DescribeChangeSet', reason: described.result.StatusReason ?? described.result.Status };
  await call('DeleteStack', { StackName: changeSet.StackName });
  const stop = signalEverything(client);
  try {
    const made = await call('CreateStack', { StackName: `corpus-${round}`, ...input });
    if (made.status !== 200) return { stage: 'CreateStack', reason: made.message };
    const id = made.result.StackId.split('/').at(-1);
    await Promise.race([
      engine.stacks.settled(id),
      new Promise((resolve) => {
        setTimeout(resolve, TIME_LIMIT_MS).unref();
      }),
    ]);
    const shown = await call('DescribeStacks', { StackName: made.result.StackId });
    const [stack] = shown.result.Stacks?.member ?? [];
    if (stack?.StackStatus !== 'CREATE_COMPLETE')
      return { stage: stack?.StackStatus ?? shown.message, reason: await whyNot(client, made.result.StackId) };
    await call('DeleteStack', { StackName: made.result.StackId });
    await engine.stacks.settled(id);
    const gone = await call('DescribeStacks', { StackName: made.result.StackId });
    const status = gone.result.Stacks?.member?.[0]?.StackStatus;
    return status === 'DELETE_COMPLETE'
      ? {}
      : { stage: status ?? gone.message, reason: await whyNot(client, made.result.StackId) };
  } finally {
    stop();
  }
}

async function whyNot({ call }, StackName) {
  const { result } = await call('DescribeStackEvents', { StackName });
  const failed = (result.StackEvents?.member ?? []).filter((event) => event.ResourceStatus.endsWith('_FAILED'));
  const causes = failed.filter((event) => !/cancelled|^The following resource/i.test(event.ResourceStatusReason ?? ''));
  return (causes.at(-1) ?? failed.at(-1))?.ResourceStatusReason ?? 'it did not end in time';
}

/** Does what the software on servers would do: reports success, from a few different servers. */
function signalEverything({ engine }) {
  return engine.feed.subscribe((items) => {
    for (const { event, stack } of items) {
      const isHandle = /Wait.*Handle$/.test(event.resourceType) && event.status === 'COMPLETE';
      const isWaiting =
        /AutoScalingGroup$|EC2::Instance$|WaitCondition$/.test(event.resourceType) && event.status === 'IN_PROGRESS';
      if (event.action !== 'CREATE' || (!isHandle && !isWaiting)) continue;
      for (let n = 1; n <= 6; n++) {
        const id = `corpus-${n}`;
        setTimeout(() => {
          // Whoever waits for no signal refuses it; that is no failure of the template.
          engine.stacks
            .signal(CALLER, stack.id, event.resourceName, {
              Status: 'SUCCESS',
              UniqueId: id,
              Reason: 'ready',
              Data: 'ok',
            })
            .catch(() => undefined);
          engine.stacks
            .countSignal?.(CALLER, stack.id, event.resourceName, { id, status: 'SUCCESS' })
            .catch(() => undefined);
        }, 30 * n).unref();
      }
    }
  });
}

/** Parameters of type AWS::SSM::Parameter::Value name things that must be there. */
async function supplyParameters(sources, { engine }, text, { Parameters = [] }) {
  const { template } = sources.parseTemplate(text, {});
  const stored = engine.cloud.collection('parameters');
  for (const { name, declaredType, defaultValue } of template?.parameters.values() ?? []) {
    const type = /^AWS::SSM::Parameter::Value<(.*)>$/.exec(declaredType)?.[1];
    if (type === undefined) continue;
    const value = SSM_VALUES[`/corpus/${type.replace(/[^A-Za-z0-9]+/g, '.')}`] ?? 'corpus';
    const parameter = String(
      Parameters.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue ?? defaultValue,
    );
    if (!(await stored.find(CALL, parameter))) await stored.create(CALL, { name: parameter, type: 'String', value });
  }
}

/** Puts there what the template takes from elsewhere, if that was why it failed; false if it was not. */
async function supply({ call, engine }, reason = '', round) {
  const exported = /No export named (\S+) found/.exec(reason)?.[1];
  if (exported !== undefined) {
    const isVpc = /vpc/i.test(exported) && !/subnet/i.test(exported);
    const value = /^Custom-/.test(exported)
      ? `arn:aws:lambda:us-east-1:${engine.cloud.accountId(CALL.projectId)}:function:${exported}`
      : isVpc
        ? 'vpc-0a1b2c3d4e5f67890'
        : /subnet/i.test(exported)
          ? 'subnet-0a1b2c3d4e5f67890'
          : 'corpus-export';
    const TemplateBody = JSON.stringify({
      Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } },
      Outputs: { Value: { Value: value, Export: { Name: exported } } },
    });
    const made = await call('CreateStack', { StackName: `export-${round}`, TemplateBody });
    if (made.status !== 200) return false;
    await engine.stacks.settled(made.result.StackId.split('/').at(-1));
    return true;
  }
  const lacking = /Function not found: arn:aws:lambda:[^:]+:\d+:function:([\w-]+)/.exec(reason)?.[1];
  if (lacking !== undefined) {
    const Code = { ZipFile: 'exports.handler = async () => {}' };
    const Role = 'arn:aws:iam::123456789012:role/corpus';
    const Properties = { FunctionName: lacking, Runtime: 'nodejs20.x', Handler: 'index.handler', Role, Code };
    const TemplateBody = JSON.stringify({ Resources: { Function: { Type: 'AWS::Lambda::Function', Properties } } });
    const made = await call('CreateStack', { StackName: `function-${round}`, TemplateBody });
    if (made.status !== 200) return false;
    await engine.stacks.settled(made.result.StackId.split('/').at(-1));
    return true;
  }
  const [, service, reference] = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}/.exec(reason) ?? [];
  if (reference === undefined) return false;
  if (service === 'secretsmanager') {
    const [name, , key] = reference.split(':');
    await engine.cloud
      .collection('secrets')
      .create(CALL, { name, payload: key ? JSON.stringify({ [key]: 'corpus' }) : 'corpus' });
  } else {
    await engine.cloud
      .collection('parameters')
      .create(CALL, { name: reference.replace(/:\d+$/, ''), type: 'String', value: 'corpus' });
  }
  return true;
}
