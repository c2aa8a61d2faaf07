import type { Clock } from '../engine/model/clock.js';
import type { StackRecord } from '../engine/model/records.js';
import type { Outside } from '../engine/operations/outside.js';
import type { Caller } from '../engine/stacks/requests.js';
import type { Software, Stacks } from '../engine/stacks/stacks.js';
import type { Store } from '../engine/store/store.js';
import type { Identity } from '../identity/identity.js';
import type { AllowedHosts } from './allowed-hosts.js';
import type { InstallationKey } from './installation-key.js';
import { postAllowed } from './post-allowed.js';
import { createRemoteStacks } from './remote-stacks.js';
import { createSignalUrls, type PublicAddress } from './signal-urls.js';
import { createSoftwarePort } from './software-port.js';
import { createStackUserPort, STACK_USER_KIND } from './stack-user-port.js';

/** What the surroundings of an engine are made of. */
export interface OutsideParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly key: InstallationKey;
  /** As it is when asked: a server knows its address only after it listens. */
  readonly address: () => PublicAddress;
  /** Regions in which stacks may be, for stacks that stand in another one. */
  readonly regions: readonly string[];
  readonly stacks: () => Stacks;
  readonly software: Software;
  readonly fetchText: Outside['fetchText'];
  /** Which services templates may name. */
  readonly outbound: AllowedHosts;
  /** Asked when the first user is made. */
  readonly identity: () => Promise<Identity>;
}

/** Gives types what lies around the engine: users, addresses, software records, other regions. */
export function createOutside(parts: OutsideParts): Outside {
  let identity: Promise<Identity> | undefined;
  const openIdentity = () => {
    identity ??= parts.identity();
    return identity;
  };
  return {
    users: (stack, owner) => createStackUserPort(parts.store.documents, openIdentity, stack, owner),
    async userResource(stackId, userId) {
      const users = await parts.store.documents.list<{ readonly userId: string }>(STACK_USER_KIND, stackId);
      return users.find(({ body }) => body.userId === userId)?.id;
    },
    urls: (stack, record) => createSignalUrls(parts.address(), parts.key, stack, record, () => parts.clock.now()),
    software: (stack) => createSoftwarePort(parts.software, ownerOf(stack)),
    stacksIn: (stack, region) =>
      parts.regions.includes(region) ? createRemoteStacks(parts.stacks(), { ...ownerOf(stack), region }) : undefined,
    fetchText: parts.fetchText,
    post: (url, body, signal) => postAllowed(url, body, parts.outbound, signal),
    async forget(stack) {
      // Most stacks have no users, and asking must not set identity up for them.
      const users = await parts.store.documents.list(STACK_USER_KIND, stack.id);
      if (users.length === 0) return;
      const { projectId, projectName } = stack;
      await (await openIdentity()).deleteStackProject({ projectId, projectName, stackId: stack.id });
      await parts.store.documents.remove(STACK_USER_KIND, ...users.map(({ id }) => id));
    },
  };
}

/** Whoever made a stack, as the one who acts for it. */
export function ownerOf(stack: StackRecord): Caller {
  return {
    projectId: stack.projectId,
    projectName: stack.projectName,
    userId: stack.userId,
    userName: stack.userName,
    roles: ['member'],
    isAdmin: false,
    region: stack.region,
    origin: stack.origin,
  };
}
