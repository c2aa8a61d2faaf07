import { type PatternMatch, SafePattern } from '../../../constraints/safe-pattern.js';
import type { YaqlContext, YaqlFunction } from '../context.js';
import { any, bool, fn, int, lambda, method, nullable, optional, pattern, str } from '../functions.js';
import { asPythonList, YaqlDict, YaqlPattern, type YaqlValue } from '../values.js';
import { YaqlError } from '../yaql-error.js';
import { streamOf } from './streams.js';
import { yaqlStr } from './strings.js';

const regexp = pattern('regexp');
const string = str('string');

function compiled(source: string): SafePattern {
  return SafePattern.compile(source);
}

/** Offsets count code points in YAQL and UTF-16 units here. */
function record(text: string, span: { start: number; end: number } | undefined): YaqlDict {
  const place = (offset: number) => BigInt([...text.slice(0, offset)].length);
  return new YaqlDict([
    ['value', span ? text.slice(span.start, span.end) : null],
    ['start', span ? place(span.start) : -1n],
    ['end', span ? place(span.end) : -1n],
  ]);
}

function publish(context: YaqlContext, text: string, match: PatternMatch): YaqlContext {
  context.set('1', record(text, match));
  for (const [index, group] of match.groups.entries()) context.set(String(index + 2), record(text, group));
  for (const name of Object.keys(match.names)) context.set(name, record(text, match.names[name]));
  return context;
}

function splitBy(expression: SafePattern, text: string, maxSplits: bigint): YaqlValue[] {
  const parts: YaqlValue[] = [];
  let from = 0;
  for (const match of expression.findAll(text, maxSplits > 0n ? Number(maxSplits) : undefined)) {
    parts.push(text.slice(from, match.start));
    for (const group of match.groups) parts.push(group ? text.slice(group.start, group.end) : null);
    from = match.end;
  }
  parts.push(text.slice(from));
  return asPythonList(parts);
}

function substitute(
  expression: SafePattern,
  text: string,
  replacement: (match: PatternMatch) => string,
  count: bigint,
  charge: (bytes: number) => void,
): string {
  let result = '';
  let from = 0;
  for (const match of expression.findAll(text, count > 0n ? Number(count) : undefined)) {
    result += text.slice(from, match.start) + replacement(match);
    charge(49 + result.length);
    from = match.end;
  }
  return result + text.slice(from);
}

/** Python's replacement templates: `\1`, `\g<name>`, `\n`. */
function expandTemplate(template: string, text: string, match: PatternMatch): string {
  return template.replace(/\\(?:g<(\w+)>|(\d{1,2})|(.))/gs, (_, name?: string, digits?: string, letter?: string) => {
    if (letter !== undefined) return { n: '\n', t: '\t', r: '\r', '\\': '\\' }[letter] ?? `\\${letter}`;
    const key = name ?? digits ?? '';
    const index = Number(key);
    if (index === 0) return text.slice(match.start, match.end);
    const isNumber = /^\d+$/.test(key);
    if (isNumber ? index > match.groups.length : !Object.hasOwn(match.names, key)) {
      throw new YaqlError(isNumber ? `invalid group reference ${index}` : `unknown group name '${key}'`);
    }
    const group = isNumber ? match.groups[index - 1] : match.names[key];
    return group ? text.slice(group.start, group.end) : '';
  });
}

const count = optional(int('count'), 0n);
const maxSplit = optional(int('maxSplit'), 0n);
const selector = optional(nullable(lambda('selector')), null);

/** Regular expressions; they run in linear time or under a watchdog. */
export const regexLibrary: readonly YaqlFunction[] = [
  ...fn(
    'regex',
    [
      str('pattern'),
      optional(bool('ignoreCase'), false),
      optional(bool('multiLine'), false),
      optional(bool('dotAll'), false),
    ] as const,
    (_, source, ignoreCase, multiLine, dotAll) =>
      new YaqlPattern(SafePattern.compile(source, { ignoreCase, multiLine, dotAll }), source),
  ),
  ...method('matches', [regexp, string], (_, { pattern: expression }, text) => expression.find(text) !== undefined),
  ...method('matches', [string, str('regexp')], (_, text, source) => compiled(source).find(text) !== undefined),
  ...fn('#operator_=~', [string, regexp], (_, text, { pattern: expression }) => expression.find(text) !== undefined),
  ...fn('#operator_=~', [string, str('pattern')], (_, text, source) => compiled(source).find(text) !== undefined),
  ...fn('#operator_!~', [string, regexp], (_, text, { pattern: expression }) => expression.find(text) === undefined),
  ...fn('#operator_!~', [string, str('pattern')], (_, text, source) => compiled(source).find(text) === undefined),
  ...method('search', [regexp, string, selector], (run, { pattern: expression }, text, select) => {
    const match = expression.find(text);
    if (!match) return null;
    return select ? select.inContext(publish(run.context, text, match)) : text.slice(match.start, match.end);
  }),
  ...method('searchAll', [regexp, string, selector], (run, { pattern: expression }, text, select) =>
    streamOf(function* () {
      for (const match of expression.findAll(text)) {
        yield select ? select.inContext(publish(run.context.child(), text, match)) : text.slice(match.start, match.end);
      }
    }),
  ),
  ...method('split', [regexp, string, maxSplit], (_, { pattern: expression }, text, max) =>
    splitBy(expression, text, max),
  ),
  ...method('split', [string, regexp, maxSplit], (_, text, { pattern: expression }, max) =>
    splitBy(expression, text, max),
  ),
  ...method('replace', [regexp, string, str('repl'), count], (run, { pattern: expression }, text, template, times) =>
    substitute(expression, text, (match) => expandTemplate(template, text, match), times, run.chargeBytes),
  ),
  ...method('replace', [string, regexp, str('repl'), count], (run, text, { pattern: expression }, template, times) =>
    substitute(expression, text, (match) => expandTemplate(template, text, match), times, run.chargeBytes),
  ),
  ...method(
    'replaceBy',
    [regexp, string, lambda('repl'), count],
    (run, { pattern: expression }, text, replacement, times) =>
      substitute(
        expression,
        text,
        (match) => yaqlStr(replacement.inContext(publish(run.context.child(), text, match))),
        times,
        run.chargeBytes,
      ),
  ),
  ...method(
    'replaceBy',
    [string, regexp, lambda('repl'), count],
    (run, text, { pattern: expression }, replacement, times) =>
      substitute(
        expression,
        text,
        (match) => yaqlStr(replacement.inContext(publish(run.context.child(), text, match))),
        times,
        run.chargeBytes,
      ),
  ),
  ...fn('escapeRegex', [string], (_, text) =>
    text.replace(/[^\p{L}\p{N}_]/gu, (character) => (character === '\0' ? '\\000' : `\\${character}`)),
  ),
  ...fn('isRegex', [any('value')], (_, value) => value instanceof YaqlPattern),
];
