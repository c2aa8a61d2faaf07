import type { Diagnostic } from '../engine/model/diagnostic.js';

/** PyYAML shows at most so much of a line around the place. */
const MAX_SNIPPET = 75;

/** A mistake in YAML as PyYAML tells it: what it was doing, what it found, and the line with a caret below the place. */
export function yamlErrorText(diagnostic: Diagnostic, text: string | undefined): string {
  const { message, at } = diagnostic;
  if (at === undefined) return message;
  const line = text?.split(/\r?\n/)[at.line - 1];
  const place = `\n  in "<unicode string>", line ${at.line}, column ${at.column}`;
  if (text === undefined || line === undefined) return `${message}${place}`;
  return `${pythonReason(message, line, at.column)}${place}:\n${snippet(line, at.column)}`;
}

/** The reasons that both parsers see in the same place, in PyYAML's words; others stay as they are. */
function pythonReason(message: string, line: string, column: number): string {
  const found = line[column - 1] ?? '';
  const cannotStart = (character: string) =>
    `while scanning for the next token\nfound character '${character}' that cannot start any token`;
  if (/tab characters/.test(message)) return cannotStart('\\t');
  if (/bad indentation of a mapping entry/.test(message)) {
    if (found === '`' || found === '@') return cannotStart(found);
    if (found === '}' || found === ']')
      return `while parsing a block node\nexpected the node content, but found '${found}'`;
    if (found === ':') return 'mapping values are not allowed here';
  }
  if (/within a flow collection/.test(message) && /\[\s*$/.test(line.slice(0, column - 1))) {
    return "while parsing a flow node\nexpected the node content, but found '<stream end>'";
  }
  return message;
}

function snippet(line: string, column: number): string {
  const before = line.slice(0, column - 1);
  const cut = before.length > MAX_SNIPPET / 2 - 1 ? before.length - Math.floor(MAX_SNIPPET / 2) + 5 : 0;
  const head = cut > 0 ? ' ... ' : '';
  const rest = line.slice(cut);
  const tail = rest.length > MAX_SNIPPET - head.length ? ' ... ' : '';
  const shown = tail === '' ? rest : rest.slice(0, MAX_SNIPPET - head.length - tail.length);
  return `    ${head}${shown}${tail}\n    ${' '.repeat(head.length + column - 1 - cut)}^`;
}
