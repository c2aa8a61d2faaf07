/** Tests run the TypeScript sources directly; `randomize` keeps them independent of each other's order. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...['clients', 'differential', 'e2e'].map((dir) => `<rootDir>/test/${dir}/`),
  ],
  randomize: true,
  // One worker less than cores, jest's default, would leave half of a small machine idle.
  maxWorkers: '100%',
  // Modules of finished suites stay in memory: a worker that has grown is replaced by a new one.
  workerIdleMemoryLimit: '1GB',
  // A busy machine is no failure.
  testTimeout: 20_000,
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
      },
    ],
  },
};
