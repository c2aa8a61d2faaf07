import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseCfn } from '../../../../src/engine/template/cfn/parse-cfn.js';
import { parseDocument } from '../../../../src/engine/template/parse/parse-document.js';

const CORPUS = join(process.cwd(), '..', 'shared', 'corpus');

/** Faults that are truly the template's: tools' own tags and data, and what this engine says it does not do. */
const TRULY_FAULTY: readonly RegExp[] = [
  /Rain::|Overrides/,
  /AWS::Serverless-2016-10-31 is not supported/,
  /At least one Resources member|Invalid template property or properties|deficient indentation/,
  /value must be a string/,
];

function* templatesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* templatesIn(path);
    else if (/\.(ya?ml|json|template)$/.test(name)) yield path;
  }
}

const has = existsSync(CORPUS) ? test : test.skip;

describe('templates of other people', () => {
  has.each(['aws', 'cfn-good', 'heat'])('%s is accepted, or refused for a fault of its own', (collection) => {
    const surprises: string[] = [];
    for (const path of templatesIn(join(CORPUS, collection))) {
      const text = readFileSync(path, 'utf8');
      if (collection === 'heat' && !/(AWS|Heat)TemplateFormatVersion/.test(text)) continue;
      const document = parseDocument(text);
      const parsed = document.root?.kind === 'map' ? parseCfn(document.root, {}).diagnostics : [];
      const errors = [...document.diagnostics, ...parsed].filter(({ severity }) => severity === 'error');
      const first = errors[0];
      if (
        first &&
        !errors.some((error) => TRULY_FAULTY.some((fault) => fault.test(error.awsMessage ?? error.message)))
      ) {
        surprises.push(`${path}: ${first.message}`);
      }
    }
    expect(surprises).toEqual([]);
  });
});
