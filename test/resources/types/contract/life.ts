import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import { createEngine, type Engine } from '../../../../src/create-engine.js';
import type { ResourceRecord, StackRecord } from '../../../../src/engine/model/records.js';
import { type Json, type JsonMap, masked } from '../../../../src/engine/model/value.js';
import { localCaller } from '../../../../src/local-caller.js';
import { ANY_HOST } from '../../../../src/outside/allowed-hosts.js';
import { signalMounts } from '../../../../src/outside/signal-endpoint.js';
import { STACK_USER_KIND } from '../../../../src/outside/stack-user-port.js';
import { FakeClock } from '../../../helpers/fake-clock.js';

/** A resource, what it needs around it, and another value for each of its properties, in the order in which they change. */
export interface Life {
  readonly type: string;
  /** Whose form of it: Heat's in a HOT template, or CloudFormation's. */
  readonly form: 'heat' | 'aws';
  /** Other resources of the template, as it writes them. */
  readonly needs?: JsonMap;
  /** What the resource has besides its properties. */
  readonly policies?: JsonMap;
  readonly properties: JsonMap;
  readonly changes: JsonMap;
  /** Properties whose change nobody can see at once: they steer what happens later. */
  readonly quiet?: readonly string[];
  /** Properties of the schema that the changes leave out, with the reason. */
  readonly others?: { readonly [property: string]: string };
  /** Signals that the resource waits for, sent to what is named as soon as that is there. */
  readonly signals?: { readonly [resource: string]: readonly JsonMap[] };
  /** Every update makes the resources new that signals go to. */
  readonly signalsAgain?: boolean;
  readonly files?: { readonly [name: string]: string };
  /** All properties at once, where the changes exclude each other. */
  readonly full?: JsonMap;
}

export const ref = (name: string): JsonMap => ({ get_resource: name });
export const Ref = (name: string): JsonMap => ({ Ref: name });

/** The template around a life's resource, with the given properties. */
export function templateOf(life: Life, properties: JsonMap): JsonMap {
  const { needs = {}, policies = {}, type, form } = life;
  return form === 'aws'
    ? {
        AWSTemplateFormatVersion: '2010-09-09',
        Resources: { ...needs, it: { Type: type, Properties: properties, ...policies } },
      }
    : { heat_template_version: '2021-04-16', resources: { ...needs, it: { type, properties, ...policies } } };
}

/** An engine in which a life is lived, and a service that answers custom resources. */
export class World {
  readonly clock = new FakeClock();
  #engine: Engine | undefined;
  #service: Server | undefined;
  /** What custom resources were asked for. */
  readonly requests: JsonMap[] = [];

  get engine(): Engine {
    if (!this.#engine) throw new Error('the world is not open');
    return this.#engine;
  }

  async open(): Promise<void> {
    const address = () => ({ baseUrl: this.serviceUrl.slice(0, -1), region: 'RegionOne' });
    const engine = await createEngine({ clock: this.clock, surroundings: { outbound: ANY_HOST, address } });
    this.#engine = engine;
    const { stacks, operations, urlKey: key } = engine;
    const app = express();
    for (const { path, handler } of signalMounts({ stacks, operations, key, now: () => this.clock.now() }))
      app.use(path, handler);
    app.post('/*service', express.json(), (request, response) => this.#provide(request, response));
    await new Promise<void>((resolve) => {
      this.#service = app.listen(0, '127.0.0.1', () => resolve());
    });
  }

  async close(): Promise<void> {
    await this.engine.close(0);
    await new Promise((resolve) => this.#service?.close(resolve));
  }

  get serviceUrl(): string {
    if (!this.#service) throw new Error('the world is not open');
    return `http://127.0.0.1:${(this.#service.address() as AddressInfo).port}/`;
  }

  caller(life: Life) {
    return localCaller({ origin: life.form === 'aws' ? 'cfn' : 'heat' });
  }

  async create(life: Life, properties: JsonMap): Promise<StackRecord> {
    const { files = {} } = life;
    const made = await this.engine.stacks.create(this.caller(life), {
      name: 'contract',
      template: this.#located(templateOf(life, properties)),
      files,
      disableRollback: true,
    });
    await this.#signal(life, made.id, new Set());
    return this.engine.stacks.settled(made.id);
  }

  async update(life: Life, stackId: string, properties: JsonMap): Promise<StackRecord> {
    const { files = {} } = life;
    const before = await this.engine.stacks.resources(this.caller(life), stackId, {});
    await this.engine.stacks.update(this.caller(life), stackId, {
      template: this.#located(templateOf(life, properties)),
      files,
      disableRollback: true,
    });
    if (life.signalsAgain) await this.#signal(life, stackId, new Set(before.map(({ record }) => record.id)));
    return this.engine.stacks.settled(stackId);
  }

  async record(life: Life, stackId: string): Promise<ResourceRecord> {
    return (await this.engine.stacks.resource(this.caller(life), stackId, 'it')).record;
  }

  /** All that can be seen of the resource from outside: its attributes, members, software, users, requests. */
  async seen(life: Life, stackId: string): Promise<string> {
    const caller = this.caller(life);
    const { record, attributes } = await this.engine.stacks.resource(caller, stackId, 'it', { attributes: true });
    const { stacks, software } = this.engine;
    const members =
      record.childStackId === undefined ? [] : await stacks.resources(caller, record.childStackId, { nestedDepth: 2 });
    const child = record.childStackId === undefined ? undefined : await stacks.find(caller, record.childStackId);
    const configs = await software.listConfigs(caller, {});
    const deployments = await software.listDeployments(caller);
    const all = {
      physicalId: record.physicalId ?? null,
      reference: record.reference ?? null,
      attributes: attributes ?? {},
      metadata: record.metadata as Json,
      members: members.map((member) => [member.record.name, masked(member.record.properties)]),
      child: child ? { timeout: child.timeoutMins ?? null, extra: child.extra as JsonMap } : null,
      configs: configs.map(({ config, group, inputs, outputs, options }) => ({
        config,
        group,
        inputs: [...inputs],
        outputs: [...outputs],
        options,
      })),
      deployments: deployments.map(({ configId, serverId, inputValues, action }) => ({
        configId,
        serverId,
        inputValues,
        action,
      })),
      balancers: (await this.#bodies('load_balancers')).concat(await this.#bodies('pools')),
      others: (await stacks.list(caller, { showNested: true }))
        .filter(({ id, rootId }) => id !== stackId && rootId !== stackId)
        .map(({ timeoutMins = null }) => ({ timeoutMins })),
      requests: this.requests.map(({ RequestType, ResourceProperties }) => ({
        RequestType: RequestType ?? null,
        ResourceProperties: ResourceProperties ?? null,
      })),
    };
    // When something was done tells nothing about what is there.
    return JSON.stringify(all).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, 'then');
  }

  /** What the life has left behind in the engine when its stack is gone. */
  async left(life: Life, stackId: string): Promise<Json> {
    const caller = this.caller(life);
    const { stacks, software, store } = this.engine;
    return {
      stacks: (await stacks.list(caller, { showNested: true })).map(({ name }) => name),
      configs: (await software.listConfigs(caller, {})).map(({ name }) => name),
      deployments: (await software.listDeployments(caller)).map(({ id }) => id),
      users: (await store.documents.list(STACK_USER_KIND, stackId)).map(({ id }) => id),
    };
  }

  async #bodies(kind: 'load_balancers' | 'pools'): Promise<Json[]> {
    const call = { projectId: localCaller().projectId, region: localCaller().region, token: '' };
    return (await this.engine.cloud.collection(kind).list(call)).map(({ body }) => body as JsonMap);
  }

  #located(template: JsonMap): JsonMap {
    return JSON.parse(JSON.stringify(template).replaceAll('SERVICE/', this.serviceUrl)) as JsonMap;
  }

  /** Each signal goes to its resource as soon as that is there. */
  async #signal(life: Life, stackId: string, old: ReadonlySet<string>): Promise<void> {
    const caller = this.caller(life);
    for (const [name, signals] of Object.entries(life.signals ?? {})) {
      for (;;) {
        const [found] = await this.engine.stacks.resources(caller, stackId, { names: [name] });
        const isThere = found?.record.status === 'COMPLETE' && found.record.physicalId !== undefined;
        if ((isThere && !old.has(found.record.id)) || found?.record.status === 'FAILED') break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const signal of signals) await this.engine.stacks.signal(caller, stackId, name, signal);
    }
  }

  /** A provider that makes what it is asked for and says so by the URL of the request. */
  async #provide({ body }: Request, response: Response): Promise<void> {
    const sent = body as JsonMap;
    this.requests.push(sent);
    response.setHeader('connection', 'close').json({});
    const { RequestId = null, PhysicalResourceId, ResourceProperties = null } = sent;
    const answer = {
      Status: 'SUCCESS',
      RequestId,
      PhysicalResourceId: PhysicalResourceId ?? `made-${String(RequestId)}`,
      Data: { Echo: ResourceProperties },
    };
    await fetch(String(sent.ResponseURL), { method: 'PUT', body: JSON.stringify(answer) });
  }
}
