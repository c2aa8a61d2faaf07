/**
 * Builds `dist/`: bundles for node (ESM, parts that several entries share are split off and loaded on demand),
 * the catalogue of resource types, and the type declarations. `npm run build`, and on install by `prepare`.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const started = performance.now();

/**
 * Dependencies that stay in node_modules: native code, and what starts its own files by name (pino's workers). The rest is bundled: reading
 * their hundreds of small files cost 100 ms at every start (`baton stack list`).
 */
const { dependencies } = JSON.parse(readFileSync(path('package.json'), 'utf8'));
const external = Object.keys(dependencies).filter((name) => ['better-sqlite3', 'pino'].includes(name));

const entries = ['src/cli/main.ts', 'src/index.ts', 'src/server.ts', 'src/embedded.ts'].filter((entry) => {
  const isThere = existsSync(path(entry));
  if (!isThere) console.warn(`build: ${entry} is not there, left out`);
  return isThere;
});

function run(label, command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (cause) => reject(new Error(`${label}: ${command} cannot be run: ${cause.message}`)));
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString().trim();
      if (code === 0) resolve(text);
      else reject(new Error(`${label} failed (exit code ${code}):\n${text}`));
    });
  });
}

async function step(label, work) {
  const from = performance.now();
  await work();
  console.log(`build: ${label} ${((performance.now() - from) / 1000).toFixed(1)} s`);
}

const bundle = async () => {
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'dist',
    outbase: 'src',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: 'linked',
    sourcesContent: false,
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    // Bundled CommonJS code asks for node's modules by `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  // Only now: a build that fails leaves the last good one as it is.
  const written = new Set(Object.keys(metafile.outputs).map((output) => output.replace('dist/chunks/', '')));
  for (const file of readdirSync(path('dist/chunks'))) if (!written.has(file)) rmSync(path(`dist/chunks/${file}`));
};

const catalogue = async () => {
  if (existsSync(path('scripts/catalogue/build.js'))) {
    await run('the catalogue', process.execPath, ['scripts/catalogue/build.js']);
  }
};

const types = () =>
  run('tsc', process.execPath, [path('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json']);

try {
  rmSync(path('dist/types'), { recursive: true, force: true });
  // Types and catalogue are other processes: they run beside each other.
  await Promise.all([step('bundles', bundle), step('catalogue', catalogue), step('types', types)]);
  console.log(`build: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
} catch (error) {
  // esbuild has printed its own errors with their places already.
  console.error(
    error instanceof Error && !('errors' in error) ? error.message : 'build: the bundles failed, see above',
  );
  process.exitCode = 1;
}
