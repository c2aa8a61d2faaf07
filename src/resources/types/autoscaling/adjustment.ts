/** How a policy changes a group's size; Heat's spelling in snake case is turned into this one. */
export type AdjustmentType = 'ChangeInCapacity' | 'ExactCapacity' | 'PercentChangeInCapacity';

/** One change of a group's size. */
export interface Adjustment {
  readonly type: AdjustmentType;
  readonly amount: number;
  /** The least change of a percentage. */
  readonly minStep?: number;
}

/** `change_in_capacity` and `ChangeInCapacity` alike. */
export function toAdjustmentType(text: string): AdjustmentType {
  const word = text.replaceAll('_', '').toLowerCase();
  if (word === 'exactcapacity') return 'ExactCapacity';
  return word === 'percentchangeincapacity' ? 'PercentChangeInCapacity' : 'ChangeInCapacity';
}

/** The size after an adjustment, within the group's bounds. */
export function newCapacity(current: number, adjustment: Adjustment, min: number, max: number): number {
  return Math.min(Math.max(wanted(current, adjustment), min), max);
}

function wanted(current: number, { type, amount, minStep }: Adjustment): number {
  switch (type) {
    case 'ChangeInCapacity':
      return current + Math.trunc(amount);
    case 'ExactCapacity':
      return Math.trunc(amount);
    case 'PercentChangeInCapacity': {
      const delta = (current * amount) / 100;
      // Less than one member counts as one, more is cut off.
      let rounded = Math.abs(delta) < 1 ? Math.sign(delta) * Math.ceil(Math.abs(delta)) : Math.trunc(delta);
      if (minStep !== undefined && Math.abs(rounded) < minStep) rounded = delta > 0 ? minStep : -minStep;
      return current + rounded;
    }
  }
}
