import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { AWS_LIMITS, type CfnApiDeps } from '../../src/api-cfn/api-types.js';
import { createSignatureAuthentication } from '../../src/api-cfn/authenticate.js';
import { createCfnApi } from '../../src/api-cfn/cfn-api.js';
import { createCfnHandler } from '../../src/api-cfn/cfn-handler.js';
import { createEngine, type Engine, type EngineOptions } from '../../src/create-engine.js';
import { systemClock } from '../../src/engine/model/clock.js';
import { createIdentity } from '../../src/identity/identity.js';
import { findCloudResources } from '../../src/outside/cloud-resources.js';
import { listTypes, loadSchema } from '../../src/resources/catalogue/catalogue.js';

/** CloudFormation's API behind a real port, with real signatures. */
export interface CfnServer {
  readonly endpoint: string;
  readonly access: string;
  readonly secret: string;
  readonly engine: Engine;
  readonly projectId: string;
  readonly deps: CfnApiDeps;
  readonly bugs: unknown[];
  /** Texts that the server hands out by `TemplateURL`. */
  readonly urls: Map<string, string>;
  /** Variables for clients that are other programs. */
  readonly env: Record<string, string>;
  close(): Promise<void>;
}

export async function cfnServer(options: EngineOptions = {}): Promise<CfnServer> {
  const urls = new Map<string, string>();
  const fetchText = async (url: string): Promise<string> => {
    const text = urls.get(url);
    if (text === undefined) throw new Error('S3 error: Access Denied');
    return text;
  };
  const engine = await createEngine({ ...options, surroundings: { fetchText, ...options.surroundings } });
  const identity = await createIdentity({ documents: engine.store.documents, clock: systemClock });
  const [user] = (await identity.users.list()).filter(({ name }) => name === 'admin');
  const [project] = (await identity.projects.list()).filter(({ name }) => name === 'admin');
  const { access, secret } = await identity.credentials.createEc2(user?.id ?? '', project?.id ?? '');
  const bugs: unknown[] = [];
  const deps: CfnApiDeps = {
    stacks: engine.stacks,
    documents: engine.store.documents,
    authenticate: createSignatureAuthentication({ accessKey: identity.accessKey, now: Date.now }),
    fetchTemplate: fetchText,
    typeNames: () => listTypes({ origin: 'aws' }),
    cloudResources: (caller) => findCloudResources(engine.store, caller),
    typeSchema: (type) => loadSchema(type, { prefer: 'aws' }),
    limits: AWS_LIMITS,
    now: Date.now,
    reportBug: (error) => bugs.push(error),
  };
  const api = createCfnApi(deps);
  const server: Server = express().use('/cfn', createCfnHandler(api)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cfn`;
  return {
    endpoint,
    access,
    secret,
    engine,
    projectId: project?.id ?? '',
    deps,
    bugs,
    urls,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      AWS_ACCESS_KEY_ID: access,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      ENDPOINT: endpoint,
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await engine.close(0);
    },
  };
}
