import type { HotFunction } from './define-function.js';
import * as cfn from './functions/cfn-functions.js';
import { and, contains, equals, ifElse, ifOptionalElse, not, or } from './functions/conditions.js';
import { digest } from './functions/digest.js';
import { filter } from './functions/filter.js';
import { getAttr, getAttrOrAll, getAttrThenSelect } from './functions/get-attr.js';
import { getFile } from './functions/get-file.js';
import { getParam } from './functions/get-param.js';
import { getResource } from './functions/get-resource.js';
import { listConcat, listConcatUnique } from './functions/list-concat.js';
import { listJoin, listJoinMultiple } from './functions/list-join.js';
import { makeUrl } from './functions/make-url.js';
import { mapMerge, mapReplace } from './functions/map-functions.js';
import { misplacedFunction, removedFunction } from './functions/refused.js';
import { repeat, repeatWithMap, repeatWithPermutations } from './functions/repeat.js';
import { resourceFacade } from './functions/resource-facade.js';
import { strReplace, strReplaceJson, strReplaceStrict, strReplaceVeryStrict } from './functions/str-replace.js';
import { strSplit } from './functions/str-split.js';
import { yaql } from './functions/yaql.js';
import { HOT_VERSIONS, type HotDate, type HotVersion } from './versions.js';

interface Entry {
  readonly fn: HotFunction;
  readonly since: HotDate;
  /** The last version that has it; absent: it is still there. */
  readonly until?: HotDate;
}

/** The functions for values; a name may have several entries, for versions that do not overlap. */
const VALUE_FUNCTIONS: readonly Entry[] = [
  { fn: getParam, since: '2013-05-23' },
  { fn: getResource, since: '2013-05-23' },
  { fn: getAttrThenSelect, since: '2013-05-23', until: '2013-05-23' },
  { fn: getAttr, since: '2014-10-16', until: '2015-04-30' },
  { fn: getAttrOrAll, since: '2015-10-15' },
  { fn: getFile, since: '2013-05-23' },
  { fn: strReplace, since: '2013-05-23', until: '2015-04-30' },
  { fn: strReplaceJson, since: '2015-10-15' },
  { fn: listJoin, since: '2013-05-23', until: '2015-04-30' },
  { fn: listJoinMultiple, since: '2015-10-15' },
  { fn: resourceFacade, since: '2013-05-23' },
  { fn: repeat, since: '2015-04-30', until: '2016-04-08' },
  { fn: repeatWithMap, since: '2016-10-14', until: '2017-02-24' },
  { fn: repeatWithPermutations, since: '2017-09-01' },
  { fn: digest, since: '2015-04-30' },
  { fn: strSplit, since: '2015-10-15' },
  { fn: mapMerge, since: '2016-04-08' },
  { fn: yaql, since: '2016-10-14' },
  { fn: mapReplace, since: '2016-10-14' },
  { fn: ifElse, since: '2016-10-14', until: '2018-08-31' },
  { fn: ifOptionalElse, since: '2021-04-16' },
  { fn: filter, since: '2017-02-24' },
  { fn: strReplaceStrict, since: '2017-02-24' },
  { fn: makeUrl, since: '2017-09-01' },
  { fn: listConcat, since: '2017-09-01' },
  { fn: listConcatUnique, since: '2017-09-01' },
  { fn: strReplaceVeryStrict, since: '2017-09-01' },
  { fn: contains, since: '2017-09-01' },
  { fn: cfn.fnSelect, since: '2013-05-23', until: '2015-04-30' },
  { fn: cfn.ref, since: '2013-05-23', until: '2013-05-23' },
  { fn: cfn.fnGetAzs, since: '2013-05-23', until: '2013-05-23' },
  { fn: cfn.fnJoin, since: '2013-05-23', until: '2013-05-23' },
  { fn: cfn.fnSplit, since: '2013-05-23', until: '2013-05-23' },
  { fn: cfn.fnReplace, since: '2013-05-23', until: '2013-05-23' },
  { fn: cfn.fnBase64, since: '2013-05-23', until: '2013-05-23' },
  { fn: cfn.fnMemberListToMap, since: '2013-05-23', until: '2013-05-23' },
  { fn: cfn.fnResourceFacade, since: '2013-05-23', until: '2013-05-23' },
];

/** The functions for conditions. */
const CONDITION_FUNCTIONS: readonly Entry[] = [
  { fn: getParam, since: '2016-10-14' },
  { fn: equals, since: '2016-10-14' },
  { fn: not, since: '2016-10-14' },
  { fn: and, since: '2016-10-14' },
  { fn: or, since: '2016-10-14' },
  { fn: yaql, since: '2017-09-01' },
  { fn: contains, since: '2017-09-01' },
];

/** The functions that one version of HOT knows, by name. */
export interface FunctionSet {
  /** Those for values, with removed ones, which report themselves. */
  readonly values: ReadonlyMap<string, HotFunction>;
  /** Those for conditions, with all others, which report that they are misplaced. */
  readonly conditions: ReadonlyMap<string, HotFunction>;
}

/** The entries that a version has. Dates in this form compare as texts. */
function current(entries: readonly Entry[], version: HotDate): HotFunction[] {
  return entries
    .filter(({ since, until }) => since <= version && (until === undefined || version <= until))
    .map(({ fn }) => fn);
}

function makeSet(version: HotDate): FunctionSet {
  const values = new Map<string, HotFunction>();
  const conditions = new Map<string, HotFunction>();
  for (const { fn, until } of VALUE_FUNCTIONS) {
    if (until === undefined || until >= version || values.has(fn.name)) continue;
    const removed = removedFunction(fn.name);
    values.set(fn.name, removed);
    conditions.set(fn.name, removed);
  }
  for (const fn of current(VALUE_FUNCTIONS, version)) {
    values.set(fn.name, fn);
    conditions.set(fn.name, misplacedFunction(fn.name));
  }
  for (const fn of current(CONDITION_FUNCTIONS, version)) conditions.set(fn.name, fn);
  return { values, conditions };
}

const sets = new Map<HotDate, FunctionSet>();

/** The functions of a version. */
export function functionsOf(version: HotDate): FunctionSet {
  const known = sets.get(version);
  if (known) return known;
  const made = makeSet(version);
  sets.set(version, made);
  return made;
}

/** A function as lists for users show it. */
export interface FunctionListing {
  readonly name: string;
  readonly summary: string;
}

/** A version of HOT with what it can do. */
export interface HotVersionListing extends HotVersion {
  readonly functions: readonly FunctionListing[];
  readonly conditionFunctions: readonly FunctionListing[];
}

function list(functions: readonly HotFunction[]): FunctionListing[] {
  return functions
    .map(({ name, summary }) => ({ name, summary }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** All versions of HOT with their functions, oldest first. */
export const hotVersions: readonly HotVersionListing[] = HOT_VERSIONS.map((entry) => ({
  ...entry,
  functions: list(current(VALUE_FUNCTIONS, entry.version)),
  conditionFunctions: list(current(CONDITION_FUNCTIONS, entry.version)),
}));
