import type { Position } from '../model/diagnostic.js';
import type { JsonScalar } from '../model/value.js';

/**
 * A parsed document before any language looks at it: JSON's shapes, each node with its place.
 * CloudFormation's short tags are already in their long form (`!Ref x` is the map `{Ref: x}`).
 */
export type SourceNode = SourceScalar | SourceList | SourceMap;

export interface SourceScalar {
  readonly kind: 'scalar';
  readonly value: JsonScalar;
  readonly at: Position;
}

export interface SourceList {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly at: Position;
}

export interface SourceMap {
  readonly kind: 'map';
  readonly entries: readonly SourceEntry[];
  readonly at: Position;
}

export interface SourceEntry {
  readonly key: string;
  readonly keyAt: Position;
  readonly value: SourceNode;
}
