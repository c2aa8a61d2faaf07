import {
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { didYouMean } from '../../model/closest.js';
import { type DiagnosticCode, Diagnostics, type Position } from '../../model/diagnostic.js';
import type { JsonScalar } from '../../model/value.js';
import type { DocumentLimits } from '../parse-options.js';
import type { SourceEntry, SourceNode } from '../source.js';
import type { Positions } from './positions.js';
import { resolveJsonScalar, resolveScalar } from './resolve-scalar.js';
import { longName, SHORT_TAGS, toLongForm } from './short-tags.js';

/** A short tag that a document uses. */
export interface UsedTag {
  readonly name: string;
  readonly at: Position;
}

/** The mistake that ends the reading of a document. */
export class DocumentError extends Error {
  constructor(
    readonly code: DiagnosticCode,
    message: string,
    readonly at: Position,
    readonly hint?: string,
  ) {
    super(message);
  }
}

interface Anchor {
  readonly node: SourceNode;
  /** How many nodes it stands for, itself included, with its aliases written out. */
  readonly size: number;
  /** How many levels of collections it has. */
  readonly height: number;
}

interface Frame {
  readonly kind: 'list' | 'map';
  readonly items: SourceNode[];
  readonly entries: SourceEntry[];
  readonly merged: SourceEntry[];
  readonly at: Position;
  readonly tag: string;
  readonly anchor: string;
  readonly nodesBefore: number;
  height: number;
  /** The key that waits for its value. */
  key: string | undefined;
  keyAt: Position;
  keyIsMerge: boolean;
  /** The places of the keys; made only when there are many, because most maps are small. */
  keys: Map<string, Position> | undefined;
}

const CORE = 'tag:yaml.org,2002:';
const SMALL_MAP = 12;

/** What a tree is built with. */
export interface TreeOptions {
  readonly text: string;
  readonly positions: Positions;
  readonly limits: DocumentLimits;
  /** The text is JSON: its unquoted scalars are JSON's. */
  readonly isJson: boolean;
  readonly shortTags: boolean;
}

/**
 * Makes the tree of source nodes from the events of one document. Aliases share their node, so the work is linear in the
 * text; what they stand for is counted, and too much of it is refused before anybody walks it.
 */
export class TreeBuilder {
  readonly diagnostics = new Diagnostics();
  readonly tags: UsedTag[] = [];
  readonly #options: TreeOptions;
  readonly #frames: Frame[] = [];
  readonly #anchors = new Map<string, Anchor | 'open'>();
  #nodes = 0;
  #root: SourceNode | undefined;

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  /** The tree of the events between a document's start and end. Throws a DocumentError where it cannot go on. */
  build(events: readonly Event[]): SourceNode | undefined {
    for (const event of events) {
      switch (event.type) {
        case EVENT_ID.SCALAR:
          this.#addScalar(event);
          break;
        case EVENT_ID.ALIAS:
          this.#addAlias(event.anchorStart, event.anchorEnd);
          break;
        case EVENT_ID.SEQUENCE:
          this.#open('list', event);
          break;
        case EVENT_ID.MAPPING:
          this.#open('map', event);
          break;
        case EVENT_ID.POP:
          if (this.#frames.length > 0) this.#close();
          break;
      }
    }
    return this.#root;
  }

  #slice(start: number, end: number): string {
    return start < 0 ? '' : this.#options.text.slice(start, end);
  }

  /** `!!str` and `!<tag:yaml.org,2002:str>` in full, `!Ref` as it stands, `` without a tag. */
  #tagOf(event: { tagStart: number; tagEnd: number }): string {
    const raw = this.#slice(event.tagStart, event.tagEnd);
    if (raw.startsWith('!!')) return CORE + raw.slice(2);
    return raw.startsWith('!<') ? raw.slice(2, -1) : raw;
  }

  #placeOf(event: ScalarEvent): Position {
    const { positions } = this.#options;
    if (event.tagStart >= 0) return positions.at(event.tagStart);
    if (event.anchorStart >= 0) return positions.at(event.anchorStart - 1);
    if (event.valueStart >= 0) {
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return positions.at(quoted ? event.valueStart - 1 : event.valueStart);
    }
    // A value that is not written at all stands where its key stands.
    const frame = this.#frames.at(-1);
    return frame?.key === undefined ? (frame?.at ?? { line: 1, column: 1 }) : frame.keyAt;
  }

  #addScalar(event: ScalarEvent): void {
    const text = event.valueStart < 0 ? '' : getScalarValue(this.#options.text, event);
    const tag = event.tagStart < 0 ? '' : this.#tagOf(event);
    const plain = event.style === SCALAR_STYLE.PLAIN;
    const at = this.#placeOf(event);
    const frame = this.#frames.at(-1);
    if (frame?.kind === 'map' && frame.key === undefined) {
      if (event.anchorStart >= 0)
        this.#remember(event, { node: { kind: 'scalar', value: text, at }, size: 1, height: 0 });
      this.#setKey(frame, text, plain, tag, at);
      return;
    }
    this.#count(1, at);
    let node: SourceNode = { kind: 'scalar', value: this.#valueOf(text, plain, tag, at), at };
    if (tag.startsWith('!') && tag !== '!') node = this.#longForm(tag, node, at);
    if (event.anchorStart >= 0) {
      this.#remember(event, { node, size: 1, height: node.kind === 'scalar' ? 0 : 2 });
    }
    this.#add(node, node.kind === 'scalar' ? 0 : 2, at);
  }

  #resolve(text: string): JsonScalar {
    return this.#options.isJson ? resolveJsonScalar(text) : resolveScalar(text);
  }

  #valueOf(text: string, plain: boolean, tag: string, at: Position): JsonScalar {
    if (tag === '') return plain ? this.#resolve(text) : text;
    if (!tag.startsWith(CORE)) return text;
    const type = tag.slice(CORE.length);
    if (type === 'str' || type === 'timestamp') return text;
    const value = this.#resolve(text);
    const fits =
      (type === 'null' && value === null) ||
      (type === 'bool' && typeof value === 'boolean') ||
      (type === 'int' && Number.isInteger(value)) ||
      (type === 'float' && typeof value === 'number');
    if (!fits) this.diagnostics.error('syntax', `cannot read "${text}" as !!${type}`, { path: this.#path(), at });
    return value;
  }

  #setKey(frame: Frame, text: string, plain: boolean, tag: string, at: Position): void {
    frame.keyAt = at;
    frame.keyIsMerge = plain && tag === '' && text === '<<';
    if (tag !== '' && tag !== '!' && !tag.startsWith(CORE)) {
      throw new DocumentError('syntax', `the tag ${tag} cannot stand before a key`, at);
    }
    if (text === '' && plain) {
      this.diagnostics.error('syntax', 'a key is missing before ":"', { path: this.#path(), at });
    }
    frame.key = plain && tag === '' ? keyText(text, this.#resolve(text)) : text;
  }

  #addAlias(start: number, end: number): void {
    const name = this.#slice(start, end);
    const at = this.#options.positions.at(start - 1);
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      throw new DocumentError('syntax', `the alias "*${name}" has no anchor "&${name}" before it`, at);
    }
    if (anchor === 'open') throw new DocumentError('syntax', `the alias "*${name}" stands inside of what it means`, at);
    const frame = this.#frames.at(-1);
    if (frame?.kind === 'map' && frame.key === undefined) {
      if (anchor.node.kind !== 'scalar') throw new DocumentError('syntax', 'a key must be a scalar', at);
      frame.keyAt = at;
      frame.keyIsMerge = false;
      frame.key = String(anchor.node.value);
      return;
    }
    this.#count(anchor.size, at);
    if (this.#frames.length + anchor.height > this.#options.limits.maxDepth) this.#tooDeep(at);
    this.#add(anchor.node, anchor.height, at);
  }

  #open(kind: 'list' | 'map', event: SequenceEvent | MappingEvent): void {
    const { positions, limits } = this.#options;
    let start = event.tagStart >= 0 ? event.tagStart : event.start;
    if (event.anchorStart >= 0) start = Math.min(start, event.anchorStart - 1);
    const at = positions.at(start);
    const parent = this.#frames.at(-1);
    if (parent?.kind === 'map' && parent.key === undefined) {
      throw new DocumentError('syntax', `a key must be a scalar, not a ${kind}`, at);
    }
    this.#count(1, at);
    if (this.#frames.length >= limits.maxDepth) this.#tooDeep(at);
    const anchor = this.#slice(event.anchorStart, event.anchorEnd);
    if (anchor !== '') this.#anchors.set(anchor, 'open');
    this.#frames.push({
      kind,
      items: [],
      entries: [],
      merged: [],
      at,
      tag: this.#tagOf(event),
      anchor,
      nodesBefore: this.#nodes - 1,
      height: 0,
      key: undefined,
      keyAt: at,
      keyIsMerge: false,
      keys: undefined,
    });
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (!frame) return;
    const { kind, at, tag, items } = frame;
    let node: SourceNode = kind === 'list' ? { kind, items, at } : { kind, entries: entriesOf(frame), at };
    let height = frame.height + 1;
    if (tag.startsWith('!') && tag !== '!') {
      node = this.#longForm(tag, node, at);
      height++;
    } else if (tag.startsWith(CORE) && tag !== `${CORE}${kind === 'list' ? 'seq' : 'map'}`) {
      const message = `the tag !!${tag.slice(CORE.length)} cannot be used on a ${kind}`;
      this.diagnostics.error('syntax', message, { path: this.#path(), at });
    }
    if (frame.anchor !== '') {
      this.#anchors.set(frame.anchor, { node, size: this.#nodes - frame.nodesBefore, height });
    }
    this.#add(node, height, at);
  }

  #longForm(tag: string, node: SourceNode, at: Position): SourceNode {
    const name = longName(tag);
    if (name === undefined || !this.#options.shortTags) {
      this.diagnostics.error('syntax', `could not determine a constructor for the tag '${tag}'`, {
        path: this.#path(),
        at,
        ...(this.#options.shortTags ? didYouMean(tag, SHORT_TAGS) : {}),
      });
      return node;
    }
    this.tags.push({ name: tag, at });
    this.#count(2, at);
    return toLongForm(name, node, at);
  }

  #add(node: SourceNode, height: number, at: Position): void {
    const frame = this.#frames.at(-1);
    if (!frame) {
      this.#root = node;
      return;
    }
    if (height > frame.height) frame.height = height;
    if (frame.kind === 'list') {
      frame.items.push(node);
      return;
    }
    const key = frame.key ?? '';
    if (frame.keyIsMerge) this.#merge(frame, node, at);
    else {
      this.#checkUnique(frame, key);
      frame.entries.push({ key, keyAt: frame.keyAt, value: node });
    }
    frame.key = undefined;
    frame.keyIsMerge = false;
  }

  #merge(frame: Frame, node: SourceNode, at: Position): void {
    for (const source of node.kind === 'list' ? node.items : [node]) {
      if (source.kind !== 'map') {
        this.diagnostics.error('syntax', 'the merge key "<<" takes a map or a list of maps', {
          path: this.#path(),
          at,
        });
        return;
      }
      this.#count(source.entries.length, at);
      frame.merged.push(...source.entries);
    }
  }

  #checkUnique(frame: Frame, key: string): void {
    const { entries, keyAt } = frame;
    let first: Position | undefined;
    if (entries.length < SMALL_MAP) first = entries.find((entry) => entry.key === key)?.keyAt;
    else {
      frame.keys ??= new Map(entries.map((entry) => [entry.key, entry.keyAt]));
      first = frame.keys.get(key);
      if (first === undefined) frame.keys.set(key, keyAt);
    }
    if (first === undefined) return;
    const message = `duplicate key "${key}": it stands at line ${first.line}, column ${first.column} already`;
    this.diagnostics.error('duplicate-key', message, { path: this.#path(), at: keyAt, hint: 'remove one of the two' });
  }

  #remember(event: { anchorStart: number; anchorEnd: number }, anchor: Anchor): void {
    this.#anchors.set(this.#slice(event.anchorStart, event.anchorEnd), anchor);
  }

  #count(nodes: number, at: Position): void {
    this.#nodes += nodes;
    const { maxNodes } = this.#options.limits;
    if (this.#nodes > maxNodes) {
      throw new DocumentError(
        'limit',
        `the document has more than ${maxNodes} values when its aliases are written out`,
        at,
      );
    }
  }

  #tooDeep(at: Position): never {
    throw new DocumentError('limit', `the document is nested deeper than ${this.#options.limits.maxDepth} levels`, at);
  }

  /** Where the reader is, as a path of keys and indices. */
  #path(): (string | number)[] {
    const path: (string | number)[] = [];
    for (const frame of this.#frames) {
      if (frame.kind === 'list') path.push(frame.items.length);
      else if (frame.key !== undefined) path.push(frame.key);
    }
    return path;
  }
}

/** A key is always text: `yes` is `true` (YAML 1.1), `0x10` is `16`, but `1.10` stays as written. */
function keyText(text: string, value: JsonScalar): string {
  if (value === null) return text === '' ? '' : 'null';
  return typeof value === 'number' && !Number.isInteger(value) ? text : String(value);
}

/** The entries of a map: what is merged in goes first, unless the map or an earlier source says otherwise. */
function entriesOf(frame: Frame): readonly SourceEntry[] {
  if (frame.merged.length === 0) return frame.entries;
  const taken = new Set(frame.entries.map((entry) => entry.key));
  const merged: SourceEntry[] = [];
  for (const entry of frame.merged) {
    if (taken.has(entry.key)) continue;
    taken.add(entry.key);
    merged.push(entry);
  }
  return [...merged, ...frame.entries];
}
