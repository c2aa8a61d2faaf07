import type { ResourceSchema } from '../engine/drivers/resource-schema.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { Stacks } from '../engine/stacks/stacks.js';
import type { Documents } from '../engine/store/documents.js';
import type { CloudResource } from './generated/scanned-resources.js';

/** One request of CloudFormation's Query API, free of any server. */
export interface CfnRequest {
  readonly method: string;
  /** As it was sent, from the root of the server and still percent-encoded, without the query: signatures cover it. */
  readonly path: string;
  /** What of the path is below the API's own address: `/` for actions. */
  readonly route: string;
  /** Still encoded, without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body?: Buffer | string;
  /** How long the body was, when it was too long to be kept. */
  readonly oversizedBody?: number;
  /** A UUID; made up if absent. */
  readonly requestId?: string;
}

/** Its answer. */
export interface CfnResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  /** The action, for logs and metrics. */
  readonly action?: string;
  readonly caller?: Caller;
}

/** How much CloudFormation takes in one request. */
export interface CfnApiLimits {
  readonly maxTemplateBodyBytes: number;
  readonly maxTemplateUrlBytes: number;
  /** What `DescribeAccountLimits` tells; it is the engine that keeps it. */
  readonly maxStacks: number;
}

/** AWS's own limits. */
export const AWS_LIMITS: CfnApiLimits = {
  maxTemplateBodyBytes: 51_200,
  maxTemplateUrlBytes: 1_048_576,
  maxStacks: 2000,
};

/** What the API is made of. */
export interface CfnApiDeps {
  readonly stacks: Stacks;
  /** Change sets, drift and tokens live here. */
  readonly documents: Documents;
  /** Who signed a request; throws a CfnError with AWS's code if nobody did who may. */
  readonly authenticate: (request: CfnRequest) => Promise<Caller>;
  /** Gets the text behind a `TemplateURL` or `StackPolicyURL`; rejects with an Error whose message may be shown. */
  readonly fetchTemplate: (url: string, caller: Caller) => Promise<string>;
  /** Who acts in the account of another project for the caller; undefined if he has no role there. Absent: nobody ever may. */
  readonly accountCaller?: (account: string, asker: Caller) => Promise<Caller | undefined>;
  /** The schema of a type as CloudFormation knows it; undefined if nobody does. */
  readonly typeSchema: (type: string) => ResourceSchema | undefined;
  /** The names of all types, sorted, for the registry. */
  readonly typeNames?: () => readonly string[];
  /** What the cloud has of the caller's project and region besides the resources of stacks. */
  readonly cloudResources?: (caller: Caller) => Promise<readonly CloudResource[]>;
  readonly limits: CfnApiLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of errors that are our own fault. */
  readonly reportBug: (error: unknown, requestId: string) => void;
}

/** The whole API as one function that never rejects. */
export interface CfnApi {
  handle(request: CfnRequest): Promise<CfnResponse>;
}
