import { createHash } from 'node:crypto';
import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';

/** Python's names of the algorithms, with Node's where they differ. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['blake2b', 'blake2b512'],
  ['blake2s', 'blake2s256'],
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha224', 'sha224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha3_224', 'sha3-224'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
  ['sha3_512', 'sha3-512'],
  ['sha512', 'sha512'],
  ['sha512_224', 'sha512-224'],
  ['sha512_256', 'sha512-256'],
]);

/** `digest`: the hash of a text in hexadecimal digits. */
export const digest: HotFunction = defineFunction({
  name: 'digest',
  summary: 'The hash of a text, in hexadecimal digits.',
  evaluate(argument, _scope, at) {
    if (!Array.isArray(argument) || !argument.every((item): item is string => typeof item === 'string')) {
      throw new EvaluationError('Argument to function "digest" must be a list of strings', at);
    }
    const [name = '', text = ''] = argument;
    if (argument.length !== 2) {
      throw new EvaluationError('Function "digest" usage: ["<algorithm>", "<value>"]', at);
    }
    const algorithm = ALGORITHMS.get(name.toLowerCase());
    if (algorithm === undefined) {
      const names = [...ALGORITHMS.keys()].map((known) => `'${known}'`).join(', ');
      throw new EvaluationError(`Algorithm must be one of {${names}}`, at);
    }
    const foreign = [...text].findIndex((character) => character > '\u00ff');
    if (foreign >= 0) {
      throw new EvaluationError(
        `'latin-1' codec can't encode character in position ${foreign}: ordinal not in range(256)`,
        at,
      );
    }
    return createHash(algorithm).update(text, 'latin1').digest('hex');
  },
});
