import type { RequestHandler } from 'express';
import { createIdentityApi } from '../api-identity/identity-api.js';
import { systemClock } from '../engine/model/clock.js';
import type { Store } from '../engine/store/store.js';
import type { BootstrapSecrets } from '../identity/bootstrap.js';
import { createIdentity, DEFAULT_REGION, type Identity, type IdentityConfig } from '../identity/identity.js';
import { createKeystoneProxy, type KeystoneProxy } from '../identity/keystone-proxy.js';
import { LOCAL_PROJECT_ID } from '../local-caller.js';
import type { TokenSource } from './authentication.js';
import { given, inMs, type KeystoneConfig, type ServerConfig } from './config.js';
import { identityHandler } from './identity-mount.js';

/** Who says who callers are. */
export interface ServerIdentity {
  readonly tokens: TokenSource;
  /** Our own service, or the Keystone elsewhere: one of both says who people are. */
  readonly own: Identity | undefined;
  readonly keystone: KeystoneProxy | undefined;
  /** Where the users that stacks make are kept: always with us, also when people are in a Keystone elsewhere. */
  readonly stackUsers: Identity;
  /** Keystone's API under our own roof. */
  readonly handler: RequestHandler | undefined;
  /** Where clients log in, if not here. */
  readonly authUrl: string | undefined;
  /** Only at the first start. */
  readonly secrets: BootstrapSecrets | undefined;
}

/** Opens the identity service of the configuration. */
export async function openIdentity(
  store: Store,
  { identity: config = {}, region = {} }: ServerConfig,
  reportBug: (error: unknown, requestId: string) => void,
): Promise<ServerIdentity> {
  const name = region.openstack ?? DEFAULT_REGION;
  if (config.keystone) return elsewhere(config.keystone, name, store, reportBug);
  const own = await createIdentity({
    documents: store.documents,
    clock: systemClock,
    config: identityConfig(config, name),
  });
  const api = createIdentityApi({ identity: own, now: Date.now, reportBug });
  return {
    tokens: own,
    own,
    keystone: undefined,
    stackUsers: own,
    handler: identityHandler(api),
    authUrl: undefined,
    secrets: own.bootstrapped,
  };
}

async function elsewhere(
  config: KeystoneConfig,
  region: string,
  store: Store,
  reportBug: (error: unknown, requestId: string) => void,
): Promise<ServerIdentity> {
  const keystone = createKeystoneProxy({
    authUrl: config.auth_url,
    account: {
      username: config.username,
      password: config.password,
      projectName: config.project_name,
      ...given({ userDomainName: config.user_domain_name, projectDomainName: config.project_domain_name }),
    },
    clock: systemClock,
    region,
    ...given({ cacheMs: inMs(config.cache_seconds), timeoutMs: inMs(config.timeout_seconds) }),
  });
  // The accounts of its first start are nobody's: their passwords are not written anywhere.
  const stackUsers = await createIdentity({ documents: store.documents, clock: systemClock, config: { region } });
  return {
    tokens: {
      async authenticate(tokenText) {
        const caller = await stackUsers.authenticate(tokenText);
        return caller?.stackId === undefined ? keystone.authenticate(tokenText) : caller;
      },
    },
    own: undefined,
    keystone,
    stackUsers,
    handler: identityHandler(createIdentityApi({ identity: stackUsers, now: Date.now, reportBug })),
    authUrl: config.auth_url,
    secrets: undefined,
  };
}

function identityConfig(config: NonNullable<ServerConfig['identity']>, region: string): IdentityConfig {
  const { login_limits: limits } = config;
  return {
    region,
    // What was made in the folder before anybody served it belongs to the demo project.
    demoProjectId: LOCAL_PROJECT_ID,
    ...given({
      tokenLifetimeMs: inMs(config.token_lifetime_seconds),
      cacheMs: inMs(config.cache_seconds),
      adminPassword: config.admin_password,
      demoPassword: config.demo_password,
    }),
    ...(limits && {
      loginLimits: {
        windowMs: inMs(limits.window_seconds) ?? 60_000,
        perUserAndAddress: limits.per_user_and_address ?? 10,
        perUser: limits.per_user ?? 100,
        perAddress: limits.per_address ?? 100,
      },
    }),
  };
}
