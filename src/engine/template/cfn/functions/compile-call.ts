import { didYouMean } from '../../../model/closest.js';
import type { Position } from '../../../model/diagnostic.js';
import { EvaluationError, type Expression, type TemplateFunction } from '../../expression.js';
import type { SourceNode } from '../../source.js';
import type { CompileContext } from '../compile-context.js';
import type { Wording } from '../report.js';
import { singleEntry } from '../source-nodes.js';
import { and, condition, equals, not, or } from './condition-functions.js';
import { functionNames, functionTable } from './function-table.js';
import { transform } from './lookup-functions.js';

const broken: TemplateFunction = {
  name: 'wrong call',
  summary: 'A call that has been reported as wrong.',
  evaluate(_argument, _scope, at) {
    throw new EvaluationError('the call is wrong', at);
  },
};

/** What stands for a wrong call: a call, so that what is around it is not blamed as well. */
function nothing(at: Position): Expression {
  return { kind: 'call', fn: broken, argument: { kind: 'literal', value: null, at }, at };
}

/**
 * The expression for a map with the single key `name`; undefined if it is plain data. A wrong call is reported, and fails
 * if it is evaluated all the same.
 */
export function compileCall(
  compiler: CompileContext,
  name: string,
  argument: SourceNode,
  at: Position,
): Expression | undefined {
  const { context, report, names } = compiler;
  if (name === 'Condition' && context === 'value') return undefined;
  const entry = functionTable(report.dialect).get(name);
  if (!entry || (entry.extension && !names.extensions)) {
    // Heat takes what it does not know as data.
    if (report.dialect === 'heat') return undefined;
    const known = functionNames('aws');
    const hint = entry ? { hint: 'add "Transform: AWS::LanguageExtensions" to the template' } : didYouMean(name, known);
    const aws = `Template Error: Encountered unsupported function: ${name} Supported functions are: [${known.join(', ')}]`;
    compiler.invalid({ aws }, at, hint);
    return nothing(at);
  }
  if (!entry.contexts.includes(context)) {
    compiler.invalid({ aws: misplaced(name, context) }, at);
    return nothing(at);
  }
  // What an unknown macro would make of it cannot be checked.
  if (singleEntry(argument)?.key === transform.name) return compiler.child(transform.name, argument);
  return entry.compile(compiler, argument, at) ?? nothing(at);
}

function misplaced(name: string, context: CompileContext['context']): string {
  if (context === 'condition') return `Template error: Cannot use ${name} in Conditions.`;
  if (context === 'rule') return `Template error: Cannot use ${name} in Rules.`;
  return [and, or, not, equals].some((fn) => fn.name === name)
    ? `Template error: ${name} cannot be partially collapsed`
    : `Template error: ${name} can only be used in Rules`;
}

/** The functions whose results are true or false. */
const BOOLEAN_FUNCTIONS: ReadonlySet<string> = new Set([
  'Fn::And',
  'Fn::Or',
  'Fn::Not',
  'Fn::Equals',
  'Condition',
  'Fn::Contains',
  'Fn::EachMemberEquals',
  'Fn::EachMemberIn',
]);

/** An operand that has to be true or false: a condition function, or (as Heat has it) the name of a condition. */
export function compileOperand(compiler: CompileContext, node: SourceNode, wording: Wording): Expression | undefined {
  const entry = singleEntry(node);
  if (entry && (BOOLEAN_FUNCTIONS.has(entry.key) || compiler.report.dialect === 'heat'))
    return compiler.expression(node);
  // A misspelled or misplaced function has its own words.
  if (entry && !functionTable(compiler.report.dialect).has(entry.key) && /^fn::/i.test(entry.key)) {
    return compiler.expression(node);
  }
  if (node.kind === 'scalar' && typeof node.value === 'string' && compiler.names.conditions.has(node.value)) {
    return { kind: 'call', fn: condition, argument: { kind: 'literal', value: node.value, at: node.at }, at: node.at };
  }
  return compiler.invalid(wording, node.at);
}
