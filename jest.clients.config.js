import base from './jest.config.js';

/** Suites that drive the APIs with other people's clients; what is not installed is skipped with a word. */
export default {
  ...base,
  roots: ['<rootDir>/test/clients'],
  testPathIgnorePatterns: ['/node_modules/'],
  // Clients mostly wait: for their next look at a stack, five seconds later.
  maxWorkers: 2,
  testTimeout: 120_000,
};
