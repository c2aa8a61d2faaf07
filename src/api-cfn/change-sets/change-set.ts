import type { JsonMap, ValueMap } from '../../engine/model/value.js';
import type { OutputValue } from '../protocol/write-output.js';

export type ChangeSetType = 'CREATE' | 'UPDATE' | 'IMPORT';

/** A change set as it is kept. */
export interface ChangeSet {
  readonly arn: string;
  readonly name: string;
  readonly stackId: string;
  readonly projectId: string;
  readonly region: string;
  readonly type: ChangeSetType;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly statusReason: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The stack's count of operations then: another operation makes the change set obsolete. */
  readonly epoch: number;
  /** The operation that its execution began. */
  readonly operationId: string | null;
  readonly templateText: string;
  /** What is carried out; values of hidden parameters are Secrets. */
  readonly wish: Wish;
  /** What is shown of the request. */
  readonly shown: JsonMap;
  readonly changes: readonly ChangeEntry[];
  readonly parentId: string | null;
  readonly rootId: string | null;
}

/** What executing a change set asks of the engine. */
export interface Wish {
  readonly parameters: ValueMap;
  readonly previous: readonly string[];
  /** False: the template stays what it is. */
  readonly hasTemplate: boolean;
  readonly tagMap: { readonly [key: string]: string } | null;
  readonly extra: JsonMap;
  readonly onFailure: 'DO_NOTHING' | 'ROLLBACK' | 'DELETE' | null;
  /** Physical ids of existing things by the names of the resources that take them over. */
  readonly imports: { readonly [name: string]: string };
}

/** One change in the form of the API. The contexts and values are shown only if they are asked for. */
export type ChangeEntry = { readonly [member: string]: OutputValue };
