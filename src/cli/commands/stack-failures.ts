import type { JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { ApiError } from '../heat/api-error.js';
import { diagnosisLines, fetchDiagnosis } from '../heat/diagnosis.js';
import type { HeatClient, StackIdentity } from '../heat/heat-client.js';
import { stackOfLink } from '../heat/stack-event.js';
import type { CommandAction } from '../program/command-spec.js';
import { deploymentOutput, indented } from './deployment-output.js';

const DEPLOYMENTS = ['OS::Heat::SoftwareDeployment', 'OS::Heat::StructuredDeployment'];

/** `baton stack failures list`. */
export const listFailures: CommandAction = async (context, operands, options) => {
  const client = await context.client();
  const stack = await client.findStack(operands.at(0));
  const long = options.isSet('long');
  const failures: [string, JsonMap][] = [];
  await collectFailures(client, stack, stack.name, failures);
  for (const [path, resource] of failures) {
    const lines = [
      `${path}:`,
      `  resource_type: ${String(resource.resource_type)}`,
      `  physical_resource_id: ${String(resource.physical_resource_id)}`,
      `  status: ${String(resource.resource_status)}`,
      '  status_reason: |',
      indented(String(resource.resource_status_reason ?? ''), { long, prefix: '...' }),
      ...(await deploymentLogs(client, resource, long)),
    ];
    context.terminal.out.write(`${lines.join('\n')}\n`);
  }
  const diagnosis = long ? await fetchDiagnosis(client, stack) : undefined;
  if (diagnosis) {
    context.terminal.out.write(`${['diagnosis:', ...diagnosisLines(stack.name, diagnosis)].join('\n')}\n`);
  }
};

/** Goes down into failed nested stacks; one of these is listed itself only if nothing in it failed. */
async function collectFailures(
  client: HeatClient,
  stack: StackIdentity,
  path: string,
  found: [string, JsonMap][],
): Promise<boolean> {
  const before = found.length;
  for (const resource of await client.list(`${stack.path}/resources`, 'resources')) {
    if (!String(resource.resource_status).endsWith('FAILED')) continue;
    const name = `${path}.${String(resource.resource_name)}`;
    const nested = stackOfLink(resource, 'nested');
    if (nested.id !== '' && (await hasFailuresInside(client, nested, name, found))) continue;
    found.push([name, resource]);
  }
  return found.length > before;
}

async function hasFailuresInside(
  client: HeatClient,
  nested: { name: string; id: string },
  path: string,
  found: [string, JsonMap][],
): Promise<boolean> {
  try {
    return await collectFailures(client, await client.findStack(`${nested.name}/${nested.id}`), path, found);
  } catch (error) {
    // The resource failed before it had a stack, or the stack is gone again.
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}

async function deploymentLogs(client: HeatClient, resource: JsonMap, long: boolean): Promise<string[]> {
  const id = String(resource.physical_resource_id ?? '');
  if (!DEPLOYMENTS.includes(String(resource.resource_type)) || id === '') return [];
  try {
    const answer = await client.get(`/software_deployments/${encodeURIComponent(id)}`);
    const deployment = isMap(answer.software_deployment) ? (answer.software_deployment as JsonMap) : {};
    const values = isMap(deployment.output_values) ? (deployment.output_values as JsonMap) : {};
    return ['deploy_stdout', 'deploy_stderr'].map((name) => deploymentOutput(values, name, long));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}
