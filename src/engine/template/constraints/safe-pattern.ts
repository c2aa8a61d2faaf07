import { createContext, runInContext } from 'node:vm';
import { RE2JS } from 're2js';
import { type PatternDialect, translatePattern } from './pattern-syntax.js';

/** How a pattern is read. */
export interface PatternOptions {
  readonly ignoreCase?: boolean;
  readonly multiLine?: boolean;
  readonly dotAll?: boolean;
  readonly dialect?: PatternDialect;
}

/** One match: offsets into the text; a group that took no part is undefined. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (PatternGroup | undefined)[];
  readonly names: { readonly [name: string]: PatternGroup | undefined };
}

export interface PatternGroup {
  readonly start: number;
  readonly end: number;
}

/** A regular expression that cannot be used: its syntax is wrong, or it takes too long. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** A pattern that V8's backtracking cannot finish in this time is given up. */
const BACKTRACKING_LIMIT_MS = 100;

const KEPT_PATTERNS = 500;
const kept = new Map<string, SafePattern>();

/**
 * A regular expression of a template's author that can never hang the engine. RE2 runs it in linear time; what RE2
 * refuses (look-around, back-references) runs in V8 under a watchdog.
 */
export abstract class SafePattern {
  /** Throws a PatternError for a wrong pattern. */
  static compile(source: string, options: PatternOptions = {}): SafePattern {
    const key = JSON.stringify([source, options]);
    const known = kept.get(key);
    if (known) return known;
    const pattern = compileRe2(source, options) ?? compileV8(source, options);
    if (kept.size >= KEPT_PATTERNS) kept.clear();
    kept.set(key, pattern);
    return pattern;
  }

  /** True if the first match that begins at the start of the text ends at its end: Python's `match` with an end check. */
  matchesFromStart(text: string): boolean {
    return this.matchAt(text)?.end === text.length;
  }

  /** True if some match takes the whole text, as Java's `matches`. */
  abstract matchesWhole(text: string): boolean;
  /** The first match that begins exactly at the start of the text. */
  protected abstract matchAt(text: string): PatternMatch | undefined;
  /** All matches that do not overlap, from left to right, at most `limit`. */
  abstract findAll(text: string, limit?: number): PatternMatch[];

  /** The first match anywhere. */
  find(text: string): PatternMatch | undefined {
    return this.findAll(text, 1)[0];
  }
}

type Re2Matcher = ReturnType<RE2JS['matcher']>;

class Re2Pattern extends SafePattern {
  constructor(readonly pattern: RE2JS) {
    super();
  }

  matchesWhole(text: string): boolean {
    return this.pattern.matches(text);
  }

  protected matchAt(text: string): PatternMatch | undefined {
    const matcher = this.pattern.matcher(text);
    return matcher.lookingAt() ? this.#match(matcher) : undefined;
  }

  findAll(text: string, limit = Number.POSITIVE_INFINITY): PatternMatch[] {
    const matcher = this.pattern.matcher(text);
    const found: PatternMatch[] = [];
    while (found.length < limit && matcher.find()) found.push(this.#match(matcher));
    return found;
  }

  #match(matcher: Re2Matcher): PatternMatch {
    const span = (group: number) => {
      const start = matcher.start(group);
      return start < 0 ? undefined : { start, end: matcher.end(group) };
    };
    const groups = Array.from({ length: matcher.groupCount() }, (_, index) => span(index + 1));
    const names: { [name: string]: PatternGroup | undefined } = {};
    const named = this.pattern.namedGroups() as { [name: string]: number };
    for (const name of Object.keys(named)) names[name] = groups[(named[name] ?? 0) - 1];
    return { start: matcher.start(), end: matcher.end(), groups, names };
  }
}

function compileRe2(source: string, options: PatternOptions): SafePattern | undefined {
  let flags = 0;
  if (options.ignoreCase) flags |= RE2JS.CASE_INSENSITIVE;
  if (options.multiLine) flags |= RE2JS.MULTILINE;
  if (options.dotAll) flags |= RE2JS.DOTALL;
  try {
    return new Re2Pattern(RE2JS.compile(translatePattern(source, 're2', options.dialect ?? 'python'), flags));
  } catch {
    // Not RE2's syntax: either V8 can do it, or V8 tells what is wrong with it.
    return undefined;
  }
}

interface V8Match {
  readonly indices: readonly ([number, number] | undefined)[];
  readonly names: { readonly [name: string]: [number, number] | undefined };
}

const SEARCH = `(() => {
  const pattern = new RegExp(source, flags);
  const found = [];
  for (let match = pattern.exec(text); match && found.length < limit; match = pattern.exec(text)) {
    found.push({ indices: [...match.indices], names: { ...match.indices.groups } });
    if (match[0] === '') pattern.lastIndex += text.codePointAt(pattern.lastIndex) > 0xffff ? 2 : 1;
  }
  return JSON.stringify(found);
})()`;

class V8Pattern extends SafePattern {
  readonly #sandbox = createContext({ source: '', flags: '', text: '', limit: 0 });

  constructor(
    readonly source: string,
    readonly flags: string,
  ) {
    super();
  }

  matchesWhole(text: string): boolean {
    return this.#run(`(?<![\\s\\S])(?:${this.source})(?![\\s\\S])`, text, 1).length > 0;
  }

  protected matchAt(text: string): PatternMatch | undefined {
    return this.#run(`(?<![\\s\\S])(?:${this.source})`, text, 1)[0];
  }

  findAll(text: string, limit = 1_000_000): PatternMatch[] {
    return this.#run(this.source, text, limit);
  }

  #run(source: string, text: string, limit: number): PatternMatch[] {
    Object.assign(this.#sandbox, { source, flags: `${this.flags}dg`, text, limit });
    let answer: string;
    try {
      answer = runInContext(SEARCH, this.#sandbox, { timeout: BACKTRACKING_LIMIT_MS }) as string;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
        throw new PatternError('the regular expression takes too long', { cause: error });
      }
      throw error;
    }
    const group = (span: [number, number] | undefined | null) => (span ? { start: span[0], end: span[1] } : undefined);
    return (JSON.parse(answer) as V8Match[]).map((match) => {
      const names: { [name: string]: PatternGroup | undefined } = {};
      for (const name of Object.keys(match.names)) names[name] = group(match.names[name]);
      const [start, end] = match.indices[0] ?? [0, 0];
      return { start, end, groups: match.indices.slice(1).map(group), names };
    });
  }
}

const INLINE_FLAGS = /^\(\?([aimsu]+)\)/;

function compileV8(source: string, options: PatternOptions): SafePattern {
  const inline = INLINE_FLAGS.exec(source);
  const given = inline?.[1] ?? '';
  let flags = '';
  if (options.ignoreCase || given.includes('i')) flags += 'i';
  if (options.multiLine || given.includes('m')) flags += 'm';
  if (options.dotAll || given.includes('s')) flags += 's';
  const translated = translatePattern(source.slice(inline?.[0].length ?? 0), 'v8', options.dialect ?? 'python');
  try {
    new RegExp(translated, `${flags}u`);
    return new V8Pattern(translated, `${flags}u`);
  } catch (error) {
    // Python repeats look-arounds; V8 does so outside of its Unicode mode.
    if (isPattern(translated, flags)) return new V8Pattern(translated, flags);
    throw new PatternError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function isPattern(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return /\(\?<?[=!]/.test(source);
  } catch {
    return false;
  }
}
