import type { Json, JsonMap, Value } from '../model/value.js';

/** Bounds on a document's size; beyond them it is refused with a diagnostic instead of being worked on. */
export interface DocumentLimits {
  /** Bytes of UTF-8 text. */
  readonly maxBytes: number;
  /** Levels of lists and maps within each other. */
  readonly maxDepth: number;
  /** Nodes after aliases and merge keys are expanded. */
  readonly maxNodes: number;
}

/** The limits of a document when nobody says otherwise. */
export const DEFAULT_LIMITS: DocumentLimits = {
  maxBytes: 1024 * 1024,
  maxDepth: 200,
  maxNodes: 1_000_000,
};

/** What the languages may need besides the document itself. */
export interface ParseOptions {
  /** Values of parameters, for transforms that look at them while the template is expanded (`Fn::ForEach`). */
  readonly parameters?: ReadonlyMap<string, Value>;
  /** Texts that came with the template, by the name that the template uses (`get_file`, `AWS::Include`). */
  readonly files?: { readonly [key: string]: string };
  readonly limits?: Partial<DocumentLimits>;
  /** The file's name, for positions, when it is not the root template. */
  readonly source?: string;
  /**
   * CloudFormation's macros: gives what the macro makes of a fragment, undefined for a name it does not know.
   * Throws an Error whose message tells why the macro failed.
   */
  readonly macros?: (name: string, fragment: Json, parameters: JsonMap) => Json | undefined;
}
