import { XMLParser } from 'fast-xml-parser';
import { AWS_LIMITS, type CfnApiDeps, type CfnResponse } from '../../src/api-cfn/api-types.js';
import { createCfnApi } from '../../src/api-cfn/cfn-api.js';
import { createEngine, type Engine, type EngineOptions } from '../../src/create-engine.js';
import type { Caller } from '../../src/engine/stacks/requests.js';
import { loadSchema } from '../../src/resources/catalogue/catalogue.js';

/** A member of a project who signs for one region. */
export const CFN_CALLER: Caller = {
  projectId: 'p1',
  projectName: 'demo',
  userId: 'u1',
  userName: 'someone',
  roles: ['member'],
  isAdmin: false,
  region: 'us-east-1',
  origin: 'cfn',
};

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** The result's members; lists are arrays wherever the wire has `member`. */
  readonly result: any;
  readonly text: string;
  readonly headers: CfnResponse['headers'];
}

export interface CfnClient {
  readonly engine: Engine;
  readonly bugs: unknown[];
  /** What `TemplateURL`s lead to. */
  readonly urls: Map<string, string>;
  call(action: string, input?: object, as?: Partial<Caller>): Promise<Answer>;
  raw(
    body: string,
    options?: { method?: string; query?: string; headers?: Record<string, string>; route?: string },
  ): Promise<CfnResponse>;
  /** Waits until nothing runs on the stack, and describes it. */
  settled(stackName: string): Promise<any>;
  close(): Promise<void>;
}

const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  isArray: (name) => name === 'member',
  htmlEntities: true,
  trimValues: false,
});

/** CloudFormation's API over an engine in memory, without signatures. */
export async function cfnClient(options: EngineOptions = {}, deps: Partial<CfnApiDeps> = {}): Promise<CfnClient> {
  const engine = await createEngine(options);
  const bugs: unknown[] = [];
  const urls = new Map<string, string>();
  let caller = CFN_CALLER;
  const api = createCfnApi({
    stacks: engine.stacks,
    documents: engine.store.documents,
    authenticate: async () => caller,
    fetchTemplate: async (url) => {
      const text = urls.get(url);
      if (text === undefined) throw new Error(`S3 error: Access Denied`);
      return text;
    },
    typeSchema: (type) => loadSchema(type, { prefer: 'aws' }),
    limits: AWS_LIMITS,
    now: () => Date.now(),
    reportBug: (error) => bugs.push(error),
    ...deps,
  });
  const raw: CfnClient['raw'] = (body, { method = 'POST', query = '', headers = {}, route = '/' } = {}) =>
    api.handle({
      method,
      path: '/cfn/',
      route,
      query,
      headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
      body,
    });
  const client: CfnClient = {
    engine,
    bugs,
    urls,
    raw,
    async call(action, input = {}, as = {}) {
      caller = { ...CFN_CALLER, ...as };
      const form = new URLSearchParams({ Action: action, Version: '2010-05-15' });
      flatten(form, '', input);
      const response = await raw(form.toString());
      const document = parser.parse(response.body);
      const error = document.ErrorResponse?.Error;
      return {
        status: response.status,
        code: error?.Code,
        message: error?.Message,
        result: simplify(document[`${action}Response`]?.[`${action}Result`] ?? {}),
        text: response.body,
        headers: response.headers,
      };
    },
    async settled(stackName) {
      const described = await client.call('DescribeStacks', { StackName: stackName });
      const id = String(described.result.Stacks?.[0]?.StackId).split('/').at(-1) ?? '';
      await engine.stacks.settled(id);
      return (await client.call('DescribeStacks', { StackName: described.result.Stacks?.[0]?.StackId })).result
        .Stacks?.[0];
    },
    close: () => engine.close(0),
  };
  return client;
}

function flatten(form: URLSearchParams, name: string, value: any): void {
  if (Array.isArray(value)) {
    if (value.length === 0) form.append(name, '');
    for (const [index, item] of value.entries()) flatten(form, `${name}.member.${index + 1}`, item);
  } else if (typeof value === 'object' && value !== null && '$map' in value) {
    Object.entries(value.$map).forEach(([key, one], index) => {
      form.append(`${name}.entry.${index + 1}.key`, key);
      form.append(`${name}.entry.${index + 1}.value`, String(one));
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value))
      if (one !== undefined) flatten(form, name === '' ? key : `${name}.${key}`, one);
  } else form.append(name, String(value));
}

/** `{member: [...]}` as the list that it is. */
function simplify(node: any): any {
  if (Array.isArray(node)) return node.map(simplify);
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node.member)) return node.member.map(simplify);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, simplify(value)]));
}
