import type { StackRecord } from '../engine/model/records.js';
import { isMap, type JsonMap } from '../engine/model/value.js';
import type { Cloud } from './clouds/cloud.js';

/** `{{resolve:ssm:name[:version]}}` and `{{resolve:secretsmanager:id[:SecretString[:key]]}}` against the cloud. */
export async function dynamicReference(cloud: Cloud, stack: StackRecord, service: string, reference: string) {
  const call = { projectId: stack.projectId, region: stack.region };
  if (service === 'ssm' || service === 'ssm-secure') {
    const name = reference.replace(/:\d+$/, '');
    const found = await cloud.collection('parameters').find(call, name);
    const value = found?.body.value;
    if (value === undefined || value === null) return undefined;
    return { value: Array.isArray(value) ? value.join(',') : String(value), secret: service === 'ssm-secure' };
  }
  if (service !== 'secretsmanager') return undefined;
  return secretValue(cloud, call, reference);
}

async function secretValue(cloud: Cloud, call: { projectId: string; region: string }, reference: string) {
  const isArn = reference.startsWith('arn:');
  const parts = reference.split(':');
  const id = isArn ? parts.slice(0, 7).join(':') : (parts[0] ?? '');
  const [, key] = isArn ? parts.slice(7) : parts.slice(1);
  const found = await cloud.collection('secrets').find(call, id);
  const payload = found?.body.payload;
  if (typeof payload !== 'string') return undefined;
  if (key === undefined || key === '') return { value: payload, secret: true };
  const value = membersOf(payload)[key];
  return value === undefined ? undefined : { value: String(value), secret: true };
}

/** The members of a JSON object; none if the text is something else: then no key of it can be resolved. */
function membersOf(payload: string): JsonMap {
  try {
    const parsed: unknown = JSON.parse(payload);
    return isMap(parsed) ? (parsed as JsonMap) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
