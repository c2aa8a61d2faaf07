import type { ExpressionContext, FunctionEntry } from '../compile-context.js';
import type { CfnDialect } from '../dialect.js';
import * as conditions from './condition-functions.js';
import * as heat from './heat-functions.js';
import * as lookups from './lookup-functions.js';
import * as nameShapes from './name-shapes.js';
import * as references from './reference-functions.js';
import * as rules from './rule-functions.js';
import * as shapes from './shapes.js';
import * as texts from './text-functions.js';
import { USAGE } from './usage.js';

const VALUE: readonly ExpressionContext[] = ['value'];
const VALUE_AND_CONDITION: readonly ExpressionContext[] = ['value', 'condition'];
const EVERYWHERE: readonly ExpressionContext[] = ['value', 'condition', 'rule'];
const BOOLEAN: readonly ExpressionContext[] = ['condition', 'rule'];
const RULE: readonly ExpressionContext[] = ['rule'];

const SHARED: readonly FunctionEntry[] = [
  {
    fn: heat.replace,
    contexts: VALUE,
    compile: shapes.listCall(heat.replace, 2, 2, {
      aws: USAGE.replace,
      heat: '"Fn::Replace" syntax should be [ {<var name>: <value>, ...}, <template> ]',
    }),
  },
  {
    fn: heat.memberListToMap,
    contexts: VALUE,
    compile: shapes.listCall(heat.memberListToMap, 3, 3, {
      aws: USAGE.memberListToMap,
      heat: 'Incorrect arguments to "Fn::MemberListToMap": a key name, a value name and a list of members',
    }),
  },
  { fn: heat.resourceFacade, contexts: VALUE, compile: shapes.resourceFacade },
];

const AWS: readonly FunctionEntry[] = [
  { fn: texts.base64, contexts: VALUE, compile: shapes.scalarCall(texts.base64, { aws: USAGE.base64 }) },
  { fn: references.getAtt, contexts: EVERYWHERE, compile: nameShapes.getAtt },
  { fn: lookups.getAzs, contexts: VALUE, compile: nameShapes.getAzs },
  { fn: lookups.importValue, contexts: VALUE, compile: nameShapes.importValue },
  { fn: texts.join, contexts: EVERYWHERE, compile: shapes.join },
  {
    fn: texts.split,
    contexts: EVERYWHERE,
    compile: shapes.listCall(texts.split, 2, 2, { aws: USAGE.split }, shapes.isText),
  },
  { fn: lookups.findInMap, contexts: EVERYWHERE, compile: shapes.findInMap },
  { fn: texts.select, contexts: EVERYWHERE, compile: shapes.select },
  { fn: references.parameterRef, contexts: EVERYWHERE, compile: nameShapes.ref },
  {
    fn: conditions.equals,
    contexts: BOOLEAN,
    compile: shapes.listCall(conditions.equals, 2, 2, { aws: USAGE.equals }),
  },
  { fn: conditions.ifElse, contexts: ['value', 'rule'], compile: nameShapes.ifElse },
  { fn: conditions.not, contexts: BOOLEAN, compile: shapes.operands(conditions.not, 1, 1, { aws: USAGE.not }) },
  { fn: conditions.condition, contexts: BOOLEAN, compile: nameShapes.condition },
  { fn: conditions.and, contexts: BOOLEAN, compile: shapes.operands(conditions.and, 2, 10, { aws: USAGE.and }) },
  { fn: conditions.or, contexts: BOOLEAN, compile: shapes.operands(conditions.or, 2, 10, { aws: USAGE.or }) },
  { fn: rules.contains, contexts: RULE, compile: shapes.ruleCall(rules.contains) },
  { fn: rules.eachMemberEquals, contexts: RULE, compile: shapes.ruleCall(rules.eachMemberEquals) },
  { fn: rules.eachMemberIn, contexts: RULE, compile: shapes.ruleCall(rules.eachMemberIn) },
  { fn: rules.parameterValueOf, contexts: RULE, compile: nameShapes.parameterValueOf },
  { fn: rules.valueOfAll, contexts: RULE, compile: nameShapes.valueOfAll },
  { fn: rules.refAll, contexts: RULE, compile: nameShapes.refAll },
  { fn: texts.sub, contexts: EVERYWHERE, compile: nameShapes.sub },
  {
    fn: lookups.cidr,
    contexts: VALUE,
    compile: shapes.listCall(lookups.cidr, 2, 3, { aws: USAGE.cidr }, shapes.isText),
  },
  { fn: lookups.getStackOutput, contexts: VALUE, compile: nameShapes.getStackOutput },
  { fn: lookups.transform, contexts: VALUE, compile: shapes.transform },
  {
    fn: texts.length,
    contexts: VALUE_AND_CONDITION,
    extension: true,
    compile: shapes.collectionCall(texts.length, ['list', 'call'], { aws: USAGE.length }),
  },
  {
    fn: texts.toJsonString,
    contexts: VALUE_AND_CONDITION,
    extension: true,
    compile: shapes.collectionCall(texts.toJsonString, ['list', 'map', 'call'], { aws: USAGE.toJsonString }),
  },
  ...SHARED,
];

const HEAT: readonly FunctionEntry[] = [
  {
    fn: heat.heatFindInMap,
    contexts: VALUE,
    compile: shapes.listCall(heat.heatFindInMap, 3, 3, { aws: USAGE.findInMap }),
  },
  { fn: heat.heatGetAzs, contexts: VALUE, compile: shapes.anyCall(heat.heatGetAzs) },
  { fn: references.parameterRef, contexts: VALUE, compile: nameShapes.ref },
  { fn: references.getAtt, contexts: VALUE, compile: nameShapes.getAtt },
  { fn: heat.heatSelect, contexts: VALUE, compile: shapes.anyCall(heat.heatSelect) },
  { fn: heat.heatJoin, contexts: VALUE, compile: shapes.anyCall(heat.heatJoin) },
  { fn: heat.heatSplit, contexts: VALUE, compile: shapes.anyCall(heat.heatSplit) },
  { fn: heat.heatBase64, contexts: VALUE, compile: shapes.anyCall(heat.heatBase64) },
  ...SHARED,
];

const TABLES: { readonly [dialect in CfnDialect]: ReadonlyMap<string, FunctionEntry> } = {
  aws: new Map(AWS.map((entry) => [entry.fn.name, entry])),
  heat: new Map(HEAT.map((entry) => [entry.fn.name, entry])),
};

/** The functions of a dialect by name. */
export function functionTable(dialect: CfnDialect): ReadonlyMap<string, FunctionEntry> {
  return TABLES[dialect];
}

/** The names of a dialect's functions, in the order in which CloudFormation lists them. */
export function functionNames(dialect: CfnDialect): readonly string[] {
  return [...TABLES[dialect].keys()];
}

const describe = (entries: readonly FunctionEntry[]) =>
  entries.map(({ fn }) => ({ name: fn.name, summary: fn.summary }));

/** The functions of each header with a line on each, for `template function list`. */
export const cfnFunctions = { AWSTemplateFormatVersion: describe(AWS), HeatTemplateFormatVersion: describe(HEAT) };
