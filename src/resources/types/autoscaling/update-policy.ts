import type { Json, JsonMap } from '../../../engine/model/value.js';
import { asMap, asNumber, asText, isGiven } from '../../json-access.js';
import { durationMs } from '../heat/batches.js';
import type { RollingPolicy } from './scaling-steps.js';

const HOUR_MS = 3_600_000;

/** The rolling update that an update policy asks for; undefined: members stay as they are. */
export function awsRollingPolicy(updatePolicy: JsonMap, isPlain: boolean): RollingPolicy | undefined {
  const written = updatePolicy[isPlain ? 'RollingUpdate' : 'AutoScalingRollingUpdate'];
  if (!isGiven(written)) return undefined;
  const policy = asMap(written);
  const waits = isTrue(policy.WaitOnResourceSignals);
  return {
    minInService: asNumber(policy.MinInstancesInService) ?? 0,
    maxBatchSize: Math.max(1, asNumber(policy.MaxBatchSize) ?? 1),
    pauseMs: durationMs(asText(policy.PauseTime) ?? (waits ? 'PT5M' : 'PT0S')) ?? 0,
    ...(waits ? { signalPercent: asNumber(policy.MinSuccessfulInstancesPercent) ?? 100 } : {}),
  };
}

/** True for what a template may write for yes. */
export function isTrue(value: Json | undefined): boolean {
  return value === true || asText(value) === 'true';
}

/** True if every change of the group makes a new one (AutoScalingReplacingUpdate). */
export function replacesGroup(updatePolicy: JsonMap): boolean {
  return isTrue(asMap(updatePolicy.AutoScalingReplacingUpdate).WillReplace);
}

/** CloudFormation's sentence about a group that could not be rolled while it keeps so many instances in service. */
export function capacityProblems(updatePolicy: JsonMap, max: number): string[] {
  const least = asNumber(asMap(updatePolicy.AutoScalingRollingUpdate).MinInstancesInService) ?? 0;
  return least > 0 && least >= max ? ["MinInstancesInService must be less than the autoscaling group's MaxSize"] : [];
}

/** What is wrong with a rolling policy's pause. */
export function policyProblems(updatePolicy: JsonMap, name: string): string[] {
  const text = asText(asMap(updatePolicy[name]).PauseTime);
  if (text === undefined) return [];
  const pause = durationMs(text);
  if (pause === undefined) return [`Only ISO 8601 duration format of the form PT#H#M#S is supported.`];
  return pause > HOUR_MS ? ['Maximum PauseTime is 1 hour.'] : [];
}
