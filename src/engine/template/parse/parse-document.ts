import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { type Diagnostic, Diagnostics } from '../../model/diagnostic.js';
import { DEFAULT_LIMITS, type DocumentLimits } from '../parse-options.js';
import type { SourceNode } from '../source.js';
import { DocumentError, TreeBuilder, type UsedTag } from './build-tree.js';
import { type Padded, padFlowLines } from './flow-indentation.js';
import { Positions } from './positions.js';

/** How a document is read. */
export interface DocumentOptions {
  readonly limits?: Partial<DocumentLimits>;
  /** Whether CloudFormation's short tags (`!Ref`) may be used; true if not said. */
  readonly shortTags?: boolean;
  /** The file's name, for positions. */
  readonly source?: string;
}

/** What came of a text. */
export interface ParsedDocument {
  /** Absent if the text is empty or cannot be read. */
  readonly root?: SourceNode;
  readonly diagnostics: readonly Diagnostic[];
  /** The short tags that were written, each with its place. */
  readonly tags: readonly UsedTag[];
}

/** How much longer than allowed a text may get by indenting it. */
const MAX_GROWTH = 4;

const BYTE_ORDER_MARK = 0xfeff;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Reads YAML 1.1 or JSON into source nodes. Mistakes become diagnostics with line and column; it never throws. */
export function parseDocument(input: string, options: DocumentOptions = {}): ParsedDocument {
  const limits: DocumentLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const text = input.charCodeAt(0) === BYTE_ORDER_MARK ? input.slice(1) : input;
  const refuse = (error: DocumentError): ParsedDocument => {
    const diagnostics = new Diagnostics();
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    diagnostics.error(error.code, error.message, { path: [], at: error.at, ...hint });
    return { diagnostics: diagnostics.all, tags: [] };
  };
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxBytes) {
    const start = { line: 1, column: 1, ...(options.source === undefined ? {} : { source: options.source }) };
    return refuse(
      new DocumentError('limit', `the document has ${bytes} bytes; at most ${limits.maxBytes} are allowed`, start),
    );
  }
  try {
    return read(text, options, limits);
  } catch (error) {
    if (error instanceof DocumentError) return refuse(error);
    throw error;
  }
}

function read(text: string, options: DocumentOptions, limits: DocumentLimits, padded?: Padded): ParsedDocument {
  const positions = new Positions(text, options.source, padded?.pads);
  const surrogate = LONE_SURROGATE.exec(text);
  if (surrogate) {
    throw new DocumentError(
      'syntax',
      'the text is not valid Unicode: half a surrogate pair',
      positions.at(surrogate.index),
    );
  }
  let events: Event[];
  try {
    events = parseEvents(text, { filename: '', maxDepth: limits.maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // js-yaml is stricter than YAML 1.1 here; this happens seldom, so the text is gone through only then.
    if (padded === undefined && error.reason === 'deficient indentation') {
      const next = padFlowLines(text);
      if (next.pads.size > 0 && next.text.length <= MAX_GROWTH * limits.maxBytes)
        return read(next.text, options, limits, next);
    }
    throw toDocumentError(error, text, limits, positions);
  }
  const builder = new TreeBuilder({
    text,
    positions,
    limits,
    isJson: isJson(text),
    shortTags: options.shortTags ?? true,
  });
  const root = builder.build(onlyDocument(events, text, positions));
  const diagnostics = builder.diagnostics.all;
  return root === undefined ? { diagnostics, tags: builder.tags } : { root, diagnostics, tags: builder.tags };
}

/** Only texts that are JSON as a whole are read by JSON's rules for scalars (`1e3` is a number there, but text in YAML 1.1). */
function isJson(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/tab characters/, 'indent with spaces'],
  [/bad indentation/, 'check that the line is indented like its neighbours'],
  [/duplication of a tag/, 'write the outer function in its long form, e.g. "Fn::Base64: !Sub ..."'],
  [/expected ':' after a mapping key|multiline key/, 'is a ":" missing, or is the line indented too little?'],
  [/null byte/, 'is this a binary file, or text in UTF-16?'],
  [/non-printable/, 'remove the control character, or write it as an escape in double quotes'],
  [/directives end mark/, 'put quotes around text that begins with "%"'],
  [/undeclared tag handle/, 'tags of other programs are not known here'],
];

function toDocumentError(
  error: YAMLException,
  text: string,
  limits: DocumentLimits,
  positions: Positions,
): DocumentError {
  const at = positions.at(Math.min(error.mark?.position ?? 0, text.length));
  if (error.reason.startsWith('nesting exceeded')) {
    return new DocumentError('limit', `the document is nested deeper than ${limits.maxDepth} levels`, at);
  }
  return new DocumentError('syntax', error.reason, at, HINTS.find(([pattern]) => pattern.test(error.reason))?.[1]);
}

/** The events inside of the only document; an empty text has none. */
function onlyDocument(events: readonly Event[], text: string, positions: Positions): readonly Event[] {
  let documents = 0;
  let end = events.length;
  for (let index = 0; index < events.length; index++) {
    if (events[index]?.type !== EVENT_ID.DOCUMENT) continue;
    documents++;
    if (documents === 2) end = index;
  }
  if (documents > 1) {
    const at = positions.at(startOf(events, end) ?? text.length);
    throw new DocumentError(
      'syntax',
      'expected a single document in the stream, but found another',
      at,
      'remove the second "---"',
    );
  }
  const inner = events.slice(1, -1);
  const only = inner[0];
  const isEmpty = inner.length <= 1 && (only === undefined || (only.type === EVENT_ID.SCALAR && only.valueStart < 0));
  if (isEmpty) throw new DocumentError('syntax', 'the document is empty', positions.at(0));
  return inner;
}

function startOf(events: readonly Event[], from: number): number | undefined {
  for (let index = from; index < events.length; index++) {
    const event = events[index];
    if (event?.type === EVENT_ID.SCALAR && event.valueStart >= 0) return event.valueStart;
    if (event?.type === EVENT_ID.MAPPING || event?.type === EVENT_ID.SEQUENCE) return event.start;
  }
  return undefined;
}
