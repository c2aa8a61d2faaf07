/** The two engines that may run a pattern. */
export type PatternTarget = 're2' | 'v8';

/** Where a pattern comes from: `\w` and `\d` are Unicode-wide in Python and plain ASCII in Java. */
export type PatternDialect = 'python' | 'java';

interface Written {
  text: string;
  /** Where each open group began in `text`. */
  readonly groups: number[];
  /** Where the last complete atom began, for possessive quantifiers; -1 if there is none. */
  atom: number;
  possessive: number;
}

const UNICODE_CLASSES: { readonly [letter: string]: string } = {
  d: '\\p{Nd}',
  w: '\\p{L}\\p{M}\\p{N}_',
};
const UNICODE_ESCAPES: { readonly [letter: string]: string } = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '[\\p{L}\\p{M}\\p{N}_]',
  W: '[^\\p{L}\\p{M}\\p{N}_]',
};

/** The escape at `index` (a backslash) as the target writes it, and how many characters it took. */
function translateEscape(
  source: string,
  index: number,
  target: PatternTarget,
  dialect: PatternDialect,
  inClass: boolean,
) {
  const letter = source[index + 1] ?? '';
  const pair = `\\${letter}`;
  if (letter === 'Z' && !inClass) return { text: target === 're2' ? '\\z' : '(?![\\s\\S])', length: 2 };
  if (target === 'v8' && !inClass && letter === 'A') return { text: '(?<![\\s\\S])', length: 2 };
  if (target === 'v8' && !inClass && letter === 'z') return { text: '(?![\\s\\S])', length: 2 };
  if (target === 'v8' && letter === 'a') return { text: '\\x07', length: 2 };
  if (dialect === 'python' && inClass && UNICODE_CLASSES[letter]) return { text: UNICODE_CLASSES[letter], length: 2 };
  if (dialect === 'python' && !inClass && UNICODE_ESCAPES[letter]) return { text: UNICODE_ESCAPES[letter], length: 2 };
  const named = /^\\[pP]\{[^}]*\}/.exec(source.slice(index, index + 40));
  if (named) return { text: named[0], length: named[0].length };
  // V8's unicode mode refuses escapes that mean nothing; Python and Java take them for the character itself.
  if (target === 'v8' && /[^\w\s]/.test(letter) && !/[\^$\\.*+?()[\]{}|/-]/.test(letter))
    return { text: letter, length: 2 };
  return { text: pair, length: 2 };
}

function translateClass(source: string, start: number, target: PatternTarget, dialect: PatternDialect) {
  let text = '[';
  let index = start + 1;
  if (source[index] === '^') {
    text += '^';
    index++;
  }
  if (source[index] === ']') {
    text += '\\]';
    index++;
  }
  while (index < source.length && source[index] !== ']') {
    if (source[index] === '\\') {
      const escaped = translateEscape(source, index, target, dialect, true);
      text += escaped.text;
      index += escaped.length;
    } else if (source[index] === '[') {
      const posix = /^\[:\^?[a-z]+:\]/.exec(source.slice(index, index + 16));
      text += posix ? posix[0] : '\\[';
      index += posix ? posix[0].length : 1;
    } else {
      text += source[index];
      index++;
    }
  }
  return { text: `${text}]`, end: index + 1 };
}

/** Turns `X++` into a look-ahead with a back-reference, which never gives back what it has taken. */
function writePossessive(written: Written, quantifier: string): void {
  const name = `possessive${written.possessive++}`;
  const atom = written.text.slice(written.atom);
  written.text = `${written.text.slice(0, written.atom)}(?=(?<${name}>${atom}${quantifier}))\\k<${name}>`;
}

/**
 * A Python or Java pattern in the syntax of RE2 or of V8 (unicode mode): `\Z`, `(?P<name>`, `(?P=name)`, Unicode
 * classes; for V8 also possessive quantifiers and atomic groups.
 */
export function translatePattern(source: string, target: PatternTarget, dialect: PatternDialect): string {
  const written: Written = { text: '', groups: [], atom: -1, possessive: 0 };
  let index = 0;
  const put = (text: string, length: number) => {
    written.atom = written.text.length;
    written.text += text;
    index += length;
  };
  while (index < source.length) {
    const rest = source.slice(index, index + 80);
    const character = source[index] as string;
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})/.exec(rest)?.[0];
    if (character === '\\') {
      const escaped = translateEscape(source, index, target, dialect, false);
      put(escaped.text, escaped.length);
    } else if (character === '[') {
      const found = translateClass(source, index, target, dialect);
      put(found.text, found.end - index);
    } else if (character === '(') {
      written.groups.push(written.text.length);
      const opening = /^\(\?P<(\w+)>/.exec(rest);
      const reference = /^\(\?P=(\w+)\)/.exec(rest);
      if (reference) {
        written.groups.pop();
        put(`\\k<${reference[1]}>`, reference[0].length);
      } else if (opening && target === 'v8') {
        written.text += `(?<${opening[1]}>`;
        index += opening[0].length;
      } else if (target === 'v8' && rest.startsWith('(?>')) {
        written.text += '(?:';
        index += 3;
      } else {
        const head = /^\((?:\?(?:P<\w+>|<[=!]|<\w+>|[a-zA-Z-]*:|[=!>]|))?/.exec(rest)?.[0] ?? '(';
        written.text += head;
        index += head.length;
      }
    } else if (character === ')') {
      const start = written.groups.pop() ?? -1;
      written.text += ')';
      index++;
      written.atom = start;
    } else if (quantifier !== undefined && written.atom >= 0) {
      const shown = quantifier.startsWith('{,') ? `{0${quantifier.slice(1)}` : quantifier;
      const suffix = source[index + quantifier.length];
      index += quantifier.length;
      if (suffix === '+' && target === 'v8') {
        writePossessive(written, shown);
        index++;
      } else {
        written.text += shown;
        if (suffix === '?' || suffix === '+') {
          written.text += suffix;
          index++;
        }
      }
      written.atom = -1;
    } else if (target === 'v8' && (character === '{' || character === '}' || character === ']')) {
      put(`\\${character}`, 1);
    } else {
      const whole = String.fromCodePoint(source.codePointAt(index) ?? 0);
      put(whole, whole.length);
      if (character === '|' || character === '^') written.atom = -1;
    }
  }
  return written.text;
}
