import type { SoftwareConfig, SoftwareDeployment } from '../../../engine/drivers/stack-access.js';
import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asMap, asText, isGiven } from '../../json-access.js';

/** What an agent always tells: what its tool has printed, and its exit code. */
const STANDARD_OUTPUTS = ['deploy_stdout', 'deploy_stderr', 'deploy_status_code'] as const;

/** What a signal makes of a deployment. */
export interface DeploymentResult {
  /** Changes of the deployment's record, by wire names. */
  readonly changes: JsonMap;
  /** For the event. */
  readonly reason: string;
}

/** Reads the outputs that a server has signalled; undefined if nothing is waited for (any more). */
export function deploymentResult(
  deployment: SoftwareDeployment,
  config: SoftwareConfig | undefined,
  details: Json,
): DeploymentResult | undefined {
  if (deployment.status !== 'IN_PROGRESS') return undefined;
  const told = asMap(details);
  const outputs: JsonMap = { ...deployment.outputValues };
  const faults: (readonly [string, string])[] = [];
  const code = asText(told.deploy_status_code);
  let reason = `deployment ${deployment.id} succeeded`;
  if (code !== undefined && code !== '' && told.deploy_status_code !== 0 && code !== '0') {
    faults.push(['deploy_status_code', `Deployment exited with non-zero status code: ${code}`]);
    reason = `deployment ${deployment.id} failed (${code})`;
  }
  for (const output of config?.outputs ?? []) {
    const name = asText(output.name) ?? '';
    if (!Object.hasOwn(told, name)) continue;
    const value = told[name] ?? null;
    outputs[name] = value;
    if (output.error_output !== true) continue;
    faults.push([name, asText(value) ?? JSON.stringify(value)]);
    reason = `deployment ${deployment.id} failed`;
  }
  for (const name of STANDARD_OUTPUTS) outputs[name] = isGiven(told[name]) ? told[name] : null;
  const failed = faults.length > 0;
  return {
    changes: {
      output_values: outputs,
      status: failed ? 'FAILED' : 'COMPLETE',
      status_reason: failed ? faults.map(([name, text]) => `${name} : ${text}`).join(', ') : 'Outputs received',
    },
    reason: `Signal: ${reason}`,
  };
}

/** The attributes that a deployment's outputs are; declared outputs that have not come are null. */
export function deploymentAttributes(
  deployment: SoftwareDeployment | undefined,
  config: SoftwareConfig | undefined,
): JsonMap {
  const declared = (config?.outputs ?? []).map((output): [string, Json] => [asText(output.name) ?? '', null]);
  const standard = STANDARD_OUTPUTS.map((name): [string, Json] => [name, null]);
  return { ...Object.fromEntries([...declared, ...standard]), ...deployment?.outputValues };
}
