/** The API, bundled from the sources as they are now: the scripts need no build of their own. */
import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

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
export async function loadApi() {
  const outfile = `${root}dist/cfn-api-${process.pid}.mjs`;
  await build({
    absWorkingDir: root,
    stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    sourcesContent: false,
    keepNames: true,
    logLevel: 'warning',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}
