import type { StackRecord } from '../engine/model/records.js';
import type { Cloud } from './clouds/cloud.js';
import { asFilled } from './json-access.js';

/** `arn:aws:cloudwatch:us-east-1:123456789012:alarm:name` */
const ALARM_ARN = /^arn:[\w-]+:cloudwatch:([\w-]*):(\d*):alarm:(.+)$/;

/** The state of an alarm of the stack's own project and region: `OK`, `ALARM`, `INSUFFICIENT_DATA`; undefined if there is none. */
export async function alarmState(
  cloud: Cloud,
  stack: StackRecord,
  { arn, type }: { readonly arn: string; readonly type: string },
): Promise<string | undefined> {
  const [, region, account, name = ''] = ALARM_ARN.exec(arn) ?? [];
  if (region !== stack.region || account !== cloud.accountId(stack.projectId)) return undefined;
  const found = await cloud.generic(type)?.find({ projectId: stack.projectId, region: stack.region }, name);
  return found && (asFilled(found.body.state) ?? 'INSUFFICIENT_DATA');
}
