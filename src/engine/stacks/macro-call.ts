import type { Json, JsonMap } from '../model/value.js';

/** What a macro is called with: CloudFormation's request. */
export interface MacroCall {
  readonly accountId: string;
  readonly region: string;
  readonly requestId: string;
  /** `<account>::<macro name>` */
  readonly transformId: string;
  readonly fragment: Json;
  readonly params: JsonMap;
  readonly templateParameterValues: JsonMap;
}

/** Has the service behind a macro rewrite a part of a template; rejects with CloudFormation's words when it fails. */
export type CallMacro = (address: string, request: MacroCall, signal: AbortSignal) => Promise<Json>;
