import base from '../../jest.config.js';

// Everything that can be interrupted, everywhere: `npx jest -c test/crash/jest.config.js`.
process.env.BATON_LONG ??= '1';

/** The crash tests alone, in full. */
export default { ...base, rootDir: '../..', roots: ['<rootDir>/test/crash'] };
