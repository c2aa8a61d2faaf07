/** The API, bundled from the sources as they are now: the scripts need no build of their own. */
import { loadSourcesOf } from '../load-sources.js';

/** What the scripts use of the sources. */
const ENTRY = `
  export { createEngine } from './src/create-engine.js';
  export { createCfnApi } from './src/api-cfn/cfn-api.js';
  export { AWS_LIMITS } from './src/api-cfn/api-types.js';
  export { ACTIONS } from './src/api-cfn/action-table.js';
  export * from './src/api-cfn/model/service-model.js';
  export { stackSetRunner } from './src/api-cfn/stack-sets/stack-set-runner.js';
  export { accountOf } from './src/engine/model/account.js';
  export { findCloudResources } from './src/outside/cloud-resources.js';
  export { parseTemplate } from './src/engine/template/parse-template.js';
  export { listTypes, loadSchema } from './src/resources/catalogue/catalogue.js';
`;

/** Bundles and loads them. */
export const loadApi = () => loadSourcesOf(ENTRY, 'cfn-api');
