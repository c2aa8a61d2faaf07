import type { Clock } from '../../src/engine/model/clock.js';
import { openStore, type Store } from '../../src/engine/store/store.js';
import { createIdentity, type Identity, type IdentityConfig } from '../../src/identity/identity.js';

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

export function fakeClock(start = Date.parse('2026-01-01T00:00:00Z')): FakeClock {
  let now = start;
  return {
    now: () => now,
    sleep: async () => {},
    advance(ms) {
      now += ms;
    },
  };
}

export interface Fixture {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly identity: Identity;
  /** The accounts of the first start. */
  readonly secrets: NonNullable<Identity['bootstrapped']>;
  readonly adminToken: string;
  readonly demoToken: string;
}

/** Identity in memory, just bootstrapped, with a token of each account. */
export async function openFixture(config: IdentityConfig = {}): Promise<Fixture> {
  const store = await openStore({});
  const clock = fakeClock();
  const identity = await createIdentity({ documents: store.documents, clock, config });
  const secrets = identity.bootstrapped;
  if (!secrets) throw new Error('nothing was bootstrapped');
  const tokenOf = async (account: 'admin' | 'demo') =>
    (
      await identity.login({
        methods: ['password'],
        password: { user: { id: secrets[account].userId }, password: secrets[account].password },
        scope: { kind: 'project', reference: { id: secrets[account].projectId } },
        address: '127.0.0.1',
      })
    ).text;
  return { store, clock, identity, secrets, adminToken: await tokenOf('admin'), demoToken: await tokenOf('demo') };
}
