import { outsideKeystoneSuite, ownKeystone } from '../helpers/outside-keystone-suite.js';

describe("a server with another baton's identity service", () => outsideKeystoneSuite(ownKeystone));
