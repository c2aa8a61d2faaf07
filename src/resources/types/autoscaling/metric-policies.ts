import type { JsonMap } from '../../../engine/model/value.js';
import { asMap, asMaps, asNumber } from '../../json-access.js';
import type { Adjustment } from './adjustment.js';

/**
 * The adjustment of the step in which a metric lies: a signal's `value` above or below its `threshold`. A signal that
 * brings no value stands for one just at the threshold. Undefined: no step is for it.
 */
export function stepAdjustment(properties: JsonMap, details: JsonMap): number | undefined {
  const value = asNumber(details.value);
  const threshold = asNumber(details.threshold);
  const breach = value === undefined || threshold === undefined ? 0 : value - threshold;
  const step = asMaps(properties.StepAdjustments).find((candidate) => {
    const lower = asNumber(candidate.MetricIntervalLowerBound) ?? Number.NEGATIVE_INFINITY;
    const upper = asNumber(candidate.MetricIntervalUpperBound) ?? Number.POSITIVE_INFINITY;
    // Above the threshold the lower bound belongs to the step, below it the upper one.
    return breach >= 0 ? lower <= breach && breach < upper : lower < breach && breach <= upper;
  });
  return step && asNumber(step.ScalingAdjustment);
}

/** The size at which a metric that is shared by all members would have its target; undefined without a metric. */
export function trackingAdjustment(properties: JsonMap, details: JsonMap, size: number): Adjustment | undefined {
  const configuration = asMap(properties.TargetTrackingConfiguration);
  const target = asNumber(configuration.TargetValue);
  const value = asNumber(details.value);
  if (value === undefined || target === undefined || target <= 0) return undefined;
  const amount = Math.ceil((size * value) / target);
  if (amount < size && configuration.DisableScaleIn === true) return undefined;
  return { type: 'ExactCapacity', amount };
}
