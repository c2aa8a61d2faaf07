import { outsideKeystoneSuite } from '../helpers/outside-keystone-suite.js';

/** A real Keystone: `KEYSTONE_URL=http://127.0.0.1:15000 KEYSTONE_PASSWORD=… npm run test:clients -- keystone-server`. */
const { KEYSTONE_URL, KEYSTONE_PASSWORD = '' } = process.env;
if (KEYSTONE_URL === undefined) console.log('skipped: KEYSTONE_URL names no real Keystone');

(KEYSTONE_URL === undefined ? describe.skip : describe)('a server with a real Keystone', () =>
  outsideKeystoneSuite(async () => ({
    v3Url: `${(KEYSTONE_URL ?? '').replace(/\/+(v3\/*)?$/, '')}/v3`,
    password: KEYSTONE_PASSWORD,
    end: async () => {},
  })),
);
