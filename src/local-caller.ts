import type { Caller } from './engine/stacks/requests.js';

/** The project of an engine that nobody serves: everything in its data folder belongs to it. */
export const LOCAL_PROJECT_ID = '00000000000000000000000000000001';

/** Whoever uses an engine in its own process: a member of the one local project. */
export function localCaller(overrides: Partial<Caller> = {}): Caller {
  return {
    projectId: LOCAL_PROJECT_ID,
    projectName: 'local',
    userId: 'local',
    userName: 'local',
    roles: ['admin', 'member', 'reader'],
    isAdmin: true,
    region: 'us-east-1',
    origin: 'heat',
    ...overrides,
  };
}
