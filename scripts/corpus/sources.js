/** The engine, bundled from the sources as they are now: the corpus needs no build of its own. */
import { loadSourcesOf } from '../load-sources.js';

/** What the corpus uses of the sources. */
const ENTRY = `
  export { createEngine } from './src/create-engine.js';
  export { localCaller } from './src/local-caller.js';
  export { contentText } from './src/cli/files/fetch-text.js';
  export { loadTemplate } from './src/cli/files/template-files.js';
  export { loadEnvironments } from './src/cli/files/environment-files.js';
  export { SourceTexts } from './src/cli/files/source-texts.js';
  export { parseTemplate } from './src/engine/template/parse-template.js';
  export { formatDiagnostic } from './src/engine/model/diagnostic.js';
  export { ValidationError, UserError } from './src/engine/model/errors.js';
`;

/** Bundles and loads them. */
export const loadSources = () => loadSourcesOf(ENTRY, 'corpus');
