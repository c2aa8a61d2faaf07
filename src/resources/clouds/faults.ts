import type { Clock } from '../../engine/model/clock.js';
import {
  type DriverError,
  FlakyError,
  InvalidRequestError,
  MissingError,
  QuotaError,
  RejectedError,
  ThrottledError,
  UnavailableError,
  UncertainError,
} from '../../engine/model/errors.js';
import { isMap, type Json, type JsonMap } from '../../engine/model/value.js';
import type { CloudCall } from './cloud.js';
import { derivedNumber } from './identifiers.js';

/**
 * What goes wrong: refusals happen before the effect; `lost-answer` after it, so that nobody knows; `error-state` makes
 * the thing and lets it end in its service's error state.
 */
export type FaultKind =
  | 'rejected'
  | 'quota'
  | 'missing'
  | 'throttle'
  | 'unavailable'
  | 'flaky'
  | 'lost-answer'
  | 'error-state';

export type CallVerb = 'create' | 'get' | 'find' | 'update' | 'delete' | 'list' | 'act';

interface MsRange {
  readonly min: number;
  readonly max: number;
}

/** One rule of a plan; absent fields do not narrow. */
export interface FaultRule {
  /** A resource type or a kind of the cloud, with `*` for any run of characters: `OS::Nova::*`, `servers`. */
  readonly type?: string;
  /** A logical id, with `*`. */
  readonly resource?: string;
  readonly verb?: CallVerb;
  /** Which matching calls, counted from 1. */
  readonly nth?: readonly number[];
  /** Each n-th matching call. */
  readonly every?: number;
  /** Of the calls that are left, how many are hit; 0 to 1. */
  readonly probability?: number;
  readonly fault?: FaultKind;
  /** The service's words; an own sentence if absent. */
  readonly message?: string;
  /** How long the call takes. */
  readonly latencyMs?: MsRange;
  /** How long what was made stays in its passing state (`BUILD`). */
  readonly buildMs?: MsRange;
}

/** Delays and faults to rehearse; the same seed and the same order of calls give the same run. */
export interface FaultPlan {
  readonly seed: string;
  readonly rules: readonly FaultRule[];
}

/** What is to happen to one call. */
export interface FaultDecision {
  readonly buildMs: number;
  /** The message of the error state to end in. */
  readonly errorState?: string;
  /** Thrown after the effect. */
  readonly lostAnswer?: DriverError;
}

const VERBS: readonly string[] = ['create', 'get', 'find', 'update', 'delete', 'list', 'act'];

const REFUSALS: { readonly [kind: string]: (message: string | undefined) => DriverError } = {
  rejected: (message) =>
    new RejectedError(message ?? 'The request was refused (rehearsed fault).', { reasonClass: 'BadRequest' }),
  quota: (message) => new QuotaError(message ?? 'Quota exceeded (rehearsed fault).', { reasonClass: 'Forbidden' }),
  missing: (message) => new MissingError(message ?? 'Not found (rehearsed fault).', { reasonClass: 'NotFound' }),
  throttle: (message) =>
    new ThrottledError(message ?? 'Rate exceeded (rehearsed fault).', { reasonClass: 'OverLimit' }),
  unavailable: (message) =>
    new UnavailableError(message ?? 'The service is unavailable (rehearsed fault).', {
      reasonClass: 'ServiceUnavailable',
    }),
  flaky: (message) =>
    new FlakyError(message ?? 'Went to status ERROR due to "rehearsed fault"', { reasonClass: 'ResourceInError' }),
};

const CALM: FaultDecision = { buildMs: 0 };

/** Applies a plan to the calls of one cloud: counts them, delays them, makes them fail. */
export class FaultInjector {
  readonly #plan: FaultPlan;
  readonly #clock: Clock;
  readonly #matchers: readonly ((call: CloudCall, kind: string, verb: CallVerb) => boolean)[];
  readonly #counts: number[];

  constructor(plan: FaultPlan, clock: Clock) {
    this.#plan = plan;
    this.#clock = clock;
    this.#matchers = plan.rules.map(matcher);
    this.#counts = plan.rules.map(() => 0);
  }

  /** Waits as long as the call is to take, then throws its refusal, or says what else is to happen to it. */
  async meet(call: CloudCall, kind: string, verb: CallVerb): Promise<FaultDecision> {
    if (this.#plan.rules.length === 0) return CALM;
    let delayMs = 0;
    let buildMs = 0;
    let hit: { kind: FaultKind; message: string | undefined } | undefined;
    for (const [index, rule] of this.#plan.rules.entries()) {
      if (!this.#matchers[index]?.(call, kind, verb)) continue;
      const count = (this.#counts[index] ?? 0) + 1;
      this.#counts[index] = count;
      if (!this.#isHit(rule, index, count)) continue;
      if (rule.latencyMs) delayMs += this.#within(rule.latencyMs, index, count, 'latency');
      if (rule.buildMs) buildMs += this.#within(rule.buildMs, index, count, 'build');
      if (rule.fault !== undefined && hit === undefined) hit = { kind: rule.fault, message: rule.message };
    }
    if (delayMs > 0) await this.#clock.sleep(delayMs, call.signal);
    if (hit === undefined) return { buildMs };
    if (hit.kind === 'lost-answer') {
      return {
        buildMs,
        lostAnswer: new UncertainError(hit.message ?? 'The connection broke before the answer came (rehearsed fault).'),
      };
    }
    if (hit.kind === 'error-state') return { buildMs, errorState: hit.message ?? 'rehearsed fault' };
    throw REFUSALS[hit.kind]?.(hit.message) ?? new RejectedError(hit.kind);
  }

  #isHit(rule: FaultRule, index: number, count: number): boolean {
    if (rule.nth !== undefined && !rule.nth.includes(count)) return false;
    if (rule.every !== undefined && count % rule.every !== 0) return false;
    if (rule.probability === undefined) return true;
    return (
      derivedNumber(1_000_000, this.#plan.seed, String(index), String(count), 'hit') < rule.probability * 1_000_000
    );
  }

  #within(range: MsRange, index: number, count: number, what: string): number {
    const span = Math.max(0, range.max - range.min);
    return range.min + derivedNumber(span + 1, this.#plan.seed, String(index), String(count), what);
  }
}

function matcher(rule: FaultRule): (call: CloudCall, kind: string, verb: CallVerb) => boolean {
  const type = rule.type === undefined ? undefined : globber(rule.type);
  const resource = rule.resource === undefined ? undefined : globber(rule.resource);
  return (call, kind, verb) => {
    if (rule.verb !== undefined && rule.verb !== verb) return false;
    if (type !== undefined && !type(kind) && !(call.type !== undefined && type(call.type))) return false;
    return resource === undefined || (call.resource !== undefined && resource(call.resource));
  };
}

function globber(pattern: string): (text: string) => boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

/**
 * Reads a plan from JSON: `{"seed": "7", "rules": [{"type": "servers", "verb": "create", "nth": 2, "fault": "throttle"}]}`;
 * a bare list of rules will do. Throws InvalidRequestError that names the wrong place.
 */
export function parseFaultPlan(json: Json): FaultPlan {
  const whole = Array.isArray(json) ? { rules: json } : json;
  if (!isMap(whole)) throw new InvalidRequestError('A fault plan is a map with "rules", or a list of rules.');
  const { seed, rules } = whole as JsonMap;
  if (!Array.isArray(rules)) throw new InvalidRequestError('The "rules" of a fault plan must be a list.');
  return { seed: seed === undefined || seed === null ? 'baton' : String(seed), rules: rules.map(parseRule) };
}

function parseRule(json: Json, index: number): FaultRule {
  const wrong = (what: string): InvalidRequestError => new InvalidRequestError(`Fault rule ${index + 1}: ${what}`);
  if (!isMap(json)) throw wrong('a rule must be a map.');
  const rule = json as JsonMap;
  const known = ['type', 'resource', 'verb', 'nth', 'every', 'probability', 'fault', 'message', 'latency', 'build'];
  const unknown = Object.keys(rule).find((key) => !known.includes(key));
  if (unknown !== undefined) throw wrong(`"${unknown}" is not one of ${known.join(', ')}.`);
  const range = (key: 'latency' | 'build'): MsRange | undefined => {
    const value = rule[key];
    if (value === undefined || value === null) return undefined;
    const [min, max] = isMap(value) ? [value.min ?? 0, value.max ?? value.min] : [value, value];
    if (typeof min !== 'number' || typeof max !== 'number' || min < 0 || max < min) {
      throw wrong(`"${key}" must be milliseconds or {min, max}.`);
    }
    return { min, max };
  };
  const { verb, fault, nth, every, probability } = rule;
  if (verb !== undefined && verb !== '*' && !VERBS.includes(String(verb)))
    throw wrong(`"verb" must be one of ${VERBS.join(', ')}.`);
  if (fault !== undefined && !(String(fault) in REFUSALS) && fault !== 'lost-answer' && fault !== 'error-state') {
    throw wrong(`"fault" must be one of ${Object.keys(REFUSALS).join(', ')}, lost-answer, error-state.`);
  }
  const counts = nth === undefined ? undefined : Array.isArray(nth) ? nth : [nth];
  if (counts?.some((count) => typeof count !== 'number' || count < 1))
    throw wrong('"nth" must be a number from 1, or a list of them.');
  if (every !== undefined && (typeof every !== 'number' || every < 1)) throw wrong('"every" must be a number from 1.');
  if (probability !== undefined && (typeof probability !== 'number' || probability < 0 || probability > 1)) {
    throw wrong('"probability" must lie between 0 and 1.');
  }
  const latencyMs = range('latency');
  const buildMs = range('build');
  return {
    ...(typeof rule.type === 'string' ? { type: rule.type } : {}),
    ...(typeof rule.resource === 'string' ? { resource: rule.resource } : {}),
    ...(verb === undefined || verb === '*' ? {} : { verb: verb as CallVerb }),
    ...(counts === undefined ? {} : { nth: counts as number[] }),
    ...(typeof every === 'number' ? { every } : {}),
    ...(typeof probability === 'number' ? { probability } : {}),
    ...(fault === undefined ? {} : { fault: fault as FaultKind }),
    ...(typeof rule.message === 'string' ? { message: rule.message } : {}),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(buildMs === undefined ? {} : { buildMs }),
  };
}
