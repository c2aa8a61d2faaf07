import type { ResourceContext } from '../../../engine/drivers/resource-type.js';
import type { SoftwareConfig } from '../../../engine/drivers/stack-access.js';
import { RejectedError } from '../../../engine/model/errors.js';
import { isMap, type Json, type JsonMap, setOwn } from '../../../engine/model/value.js';
import type { Cloud } from '../../clouds/cloud.js';
import { asMap, asText, isGiven } from '../../json-access.js';
import { type SignalTransport, signalCredentials, signedUrl, temporaryUrl } from '../heat/signal-transport.js';
import { defaultOf, inputValue } from './io-config.js';

/** The actions in which a deployment may run. */
export type DeployAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'SUSPEND' | 'RESUME';

/** The transport by which a deployment's outputs come back. */
export function deploymentTransport(properties: JsonMap): SignalTransport {
  return (asText(properties.signal_transport) ?? 'CFN_SIGNAL') as SignalTransport;
}

/** A config for one deployment in one action: the source config with the values of its inputs, and how to answer. */
export async function derivedConfig(
  ctx: ResourceContext<Cloud>,
  source: SoftwareConfig | undefined,
  properties: JsonMap,
  action: DeployAction,
): Promise<JsonMap> {
  const inputs = await derivedInputs(ctx, source, properties, action);
  const isStructured = ctx.resource.type.includes('Structured');
  const config = isStructured
    ? withInputs(
        source?.config ?? {},
        inputs,
        asText(properties.input_key) ?? 'get_input',
        properties.input_values_validate === 'STRICT',
      )
    : (source?.config ?? null);
  return {
    name: asText(properties.name) || source?.name || ctx.resource.physicalName,
    group: source?.group || 'Heat::Ungrouped',
    config: isGiven(config) ? config : isStructured ? {} : '',
    options: source?.options ?? {},
    inputs,
    outputs: [...(source?.outputs ?? [])],
  };
}

/** All inputs of a derived config: declared ones, further given ones, and those that speak of the deployment itself. */
export async function derivedInputs(
  ctx: ResourceContext<Cloud>,
  source: SoftwareConfig | undefined,
  properties: JsonMap,
  action: DeployAction,
): Promise<JsonMap[]> {
  const given = new Map(Object.entries(asMap(properties.input_values)));
  const declared = (source?.inputs ?? []).map((input): JsonMap => {
    const name = asText(input.name) ?? '';
    const value = given.has(name) ? (given.get(name) ?? null) : defaultOf(input);
    given.delete(name);
    return { ...input, type: asText(input.type) ?? 'String', value };
  });
  const undeclared = [...given].map(([name, value]): JsonMap => ({ name, type: 'String', value }));
  const transport = deploymentTransport(properties);
  const about = [
    described('deploy_server_id', properties.server ?? null, 'ID of the server being deployed to'),
    described('deploy_action', action, 'Name of the current action being deployed'),
    described('deploy_stack_id', `${ctx.stack.name}/${ctx.stack.id}`, 'ID of the stack this deployment belongs to'),
    described('deploy_resource_name', ctx.resource.name, 'Name of this deployment resource in the stack'),
    described(
      'deploy_signal_transport',
      transport,
      'How the server should signal to heat with the deployment output values.',
    ),
    ...(await answerInputs(ctx, transport)),
  ];
  return [...declared, ...undeclared, ...about];
}

async function answerInputs(ctx: ResourceContext<Cloud>, transport: SignalTransport): Promise<JsonMap[]> {
  const idText = 'ID of signal to use for signaling output values';
  const verbText = 'HTTP verb to use for signaling outputvalues';
  if (transport === 'CFN_SIGNAL') {
    return [
      described('deploy_signal_id', await signedUrl(ctx, 'signal'), idText),
      described('deploy_signal_verb', 'POST', verbText),
    ];
  }
  if (transport === 'TEMP_URL_SIGNAL') {
    return [described('deploy_signal_id', temporaryUrl(ctx), idText), described('deploy_signal_verb', 'PUT', verbText)];
  }
  if (transport !== 'HEAT_SIGNAL' && transport !== 'ZAQAR_SIGNAL') return [];
  const credentials = await signalCredentials(ctx);
  const inputs = [
    described('deploy_auth_url', credentials.auth_url ?? null, 'URL for API authentication'),
    described('deploy_username', credentials.username ?? null, 'Username for API authentication'),
    described('deploy_user_id', credentials.user_id ?? null, 'User ID for API authentication'),
    described('deploy_password', credentials.password ?? null, 'Password for API authentication'),
    described('deploy_project_id', credentials.project_id ?? null, 'ID of project for API authentication'),
    described('deploy_region_name', credentials.region_name ?? null, 'Region name for API authentication'),
  ];
  if (transport === 'HEAT_SIGNAL') return inputs;
  return [
    ...inputs,
    described('deploy_queue_id', ctx.resource.physicalName, 'ID of queue to use for signaling output values'),
  ];
}

function described(name: string, value: Json, description: string): JsonMap {
  return { name, type: 'String', description, value };
}

/** A structured config with every `{get_input: name}` replaced by the input's value. */
function withInputs(config: Json, inputs: readonly JsonMap[], key: string, isStrict: boolean): Json {
  if (Array.isArray(config)) return config.map((item) => withInputs(item, inputs, key, isStrict));
  if (!isMap(config)) return config;
  const map = asMap(config);
  const keys = Object.keys(map);
  const name = map[key];
  if (keys.length === 1 && typeof name === 'string') {
    if (isStrict && !inputs.some((input) => input.name === name)) {
      throw new RejectedError(`The Parameter (${name}) was not provided.`, { reasonClass: 'UserParameterMissing' });
    }
    return inputValue(inputs, name);
  }
  const copy: JsonMap = {};
  for (const entry of keys) setOwn(copy, entry, withInputs(map[entry] ?? null, inputs, key, isStrict));
  return copy;
}
