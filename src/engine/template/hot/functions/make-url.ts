import { pythonRepr, pythonStr } from '../../../model/python-text.js';
import { isMap, type JsonMap, Unknown, type Value } from '../../../model/value.js';
import { EvaluationError } from '../../expression.js';
import { defineFunction, type HotFunction } from '../define-function.js';
import { pythonInt } from '../python-values.js';

const KEYS = ['scheme', 'username', 'password', 'host', 'port', 'path', 'query', 'fragment'];

/** Schemes after which an authority ("//host") is written even if it is empty. */
const WITH_AUTHORITY = new Set(
  'ftp http gopher nntp telnet imap wais file mms https shttp snews prospero rtsp rtspu rsync svn svn+ssh sftp nfs git git+ssh ws wss'.split(
    ' ',
  ),
);

/** Python's `urllib.parse.quote`: everything but letters, digits, `_.-~` and the given characters becomes `%XX`. */
function quote(text: string, safe: string): string {
  // Half a surrogate pair has no UTF-8 form; encodeURIComponent would throw.
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'))
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%[0-9A-F]{2}/g, (code) => {
      const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return safe.includes(character) ? character : code;
    });
}

function quotePlus(text: string): string {
  return quote(text, ' ').replaceAll(' ', '+');
}

function examinePort(port: Value, args: Value): void {
  const number = pythonInt(port);
  if (number === undefined) {
    throw new EvaluationError(`Invalid URL port "${pythonStr(port)}" for make_url called with ${pythonRepr(args)}`);
  }
  if (number < 1 || number > 65535) {
    throw new EvaluationError(`Invalid URL port ${number}, must be in range 1-65535`);
  }
}

function examine(args: Value): void {
  if (!isMap(args)) throw new EvaluationError('The arguments to "make_url" must be a map');
  const unknown = Object.keys(args).filter((key) => !KEYS.includes(key));
  if (unknown.length > 0) throw new EvaluationError(`Invalid arguments to "make_url": ${unknown.join(', ')}`);
  for (const key of KEYS) {
    const value = args[key];
    if (value === undefined || value instanceof Unknown) continue;
    if (key === 'port') examinePort(value, args);
    else if (key === 'query') {
      if (!isMap(value)) throw new EvaluationError('The "query" argument to "make_url" must be a map');
    } else if (typeof value !== 'string') {
      throw new EvaluationError(`The "${key}" argument to "make_url" must be a string`);
    }
  }
}

function authority(args: JsonMap): string {
  const username = quote(textOf(args, 'username'), '');
  const password = quote(textOf(args, 'password'), '');
  let host = textOf(args, 'host');
  if (host.startsWith('[') && host.endsWith(']')) host = host.slice(1, -1);
  host = quote(host, ':');
  if (host.includes(':')) host = `[${host}]`;
  const user = username || password ? `${username}${password && `:${password}`}@` : '';
  const port = args.port ? `:${pythonStr(args.port)}` : '';
  return user + host + port;
}

function textOf(args: JsonMap, key: string): string {
  return pythonStr(args[key] ?? '');
}

/** `make_url`: a URL from its parts, each escaped as it must be. */
export const makeUrl: HotFunction = defineFunction({
  name: 'make_url',
  summary: 'A URL from its parts, each escaped as its place demands.',
  examine,
  evaluate(argument, _scope, at) {
    const args = argument as JsonMap;
    const scheme = textOf(args, 'scheme');
    if (scheme.includes(':')) throw new EvaluationError('URL "scheme" should not contain \':\'', at);
    const host = authority(args);
    let url = quote(textOf(args, 'path'), '/');
    if (host || (WITH_AUTHORITY.has(scheme) && !url.startsWith('//'))) {
      if (url && !url.startsWith('/')) url = `/${url}`;
      url = `//${host}${url}`;
    }
    if (scheme) url = `${scheme}:${url}`;
    const query = Object.entries((args.query ?? {}) as JsonMap)
      .map(([key, value]) => `${quotePlus(key)}=${quotePlus(pythonStr(value))}`)
      .join('&')
      .replaceAll('%2F', '/');
    if (query) url += `?${query}`;
    const fragment = quote(textOf(args, 'fragment'), '/');
    return fragment ? `${url}#${fragment}` : url;
  },
});
