import base from '../../jest.config.js';

/** Plays some two hundred histories of stacks against a running server: minutes, so apart from the ordinary suites. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/differential'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
