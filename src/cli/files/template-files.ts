import type { Json, JsonMap } from '../../engine/model/value.js';
import { CommandError } from '../program/exit-codes.js';
import { contentText, type FetchBytes } from './fetch-text.js';
import { baseOf, join, toUrl } from './locations.js';
import { isTemplateText, parseFile } from './parse-file.js';
import type { SourceTexts } from './source-texts.js';

/** Files by their addresses, as the API takes them. */
export type FileMap = { [url: string]: string };

/** Where files are read from and their texts kept. */
export interface FileReading {
  readonly cwd: string;
  readonly fetch: FetchBytes;
  readonly texts: SourceTexts;
}

/** A template ready to be sent: as its own text if it names no files, else rewritten to their addresses. */
export interface LoadedTemplate {
  readonly template: string | JsonMap;
  readonly files: FileMap;
}

/** Reads a template and all files that it names (`get_file`, `type: x.yaml`), and theirs. */
export async function loadTemplate(
  pathOrUrl: string,
  reading: FileReading,
  options: { readonly children: boolean } = { children: true },
): Promise<LoadedTemplate> {
  const url = toUrl(pathOrUrl, reading.cwd);
  const text = contentText(await reading.fetch(url));
  if (text.trim() === '') throw new CommandError(`Could not fetch template from ${url}: the file is empty`);
  reading.texts.addRoot({ url, text, sentAsIs: true });
  const files: FileMap = {};
  const document = parseFile(text, undefined);
  const rewritten = options.children && (await inlineReferences(document, baseOf(url), files, reading, [url]));
  reading.texts.addRoot({ url, text, sentAsIs: !rewritten });
  return { template: rewritten ? document : text, files };
}

/** Reads one named file into the map, with what it names itself if it is a template. */
export async function addFile(
  url: string,
  files: FileMap,
  reading: FileReading,
  ancestors: readonly string[],
): Promise<void> {
  if (Object.hasOwn(files, url)) return;
  if (ancestors.includes(url)) {
    throw new CommandError(`${[...ancestors, url].join(' → ')}: a template cannot contain itself`);
  }
  const text = contentText(await reading.fetch(url));
  reading.texts.add({ url, text, sentAsIs: true });
  if (!isTemplateText(text)) {
    files[url] = text;
    return;
  }
  const document = parseFile(text, url);
  const rewritten = await inlineReferences(document, baseOf(url), files, reading, [...ancestors, url]);
  reading.texts.add({ url, text, sentAsIs: !rewritten });
  files[url] = rewritten ? JSON.stringify(document) : text;
}

/** Replaces each file name in a template by its address and reads the file; true if there was any. */
async function inlineReferences(
  node: Json,
  base: string,
  files: FileMap,
  reading: FileReading,
  ancestors: readonly string[],
): Promise<boolean> {
  if (typeof node !== 'object' || node === null) return false;
  let rewritten = false;
  if (Array.isArray(node)) {
    for (const item of node) rewritten = (await inlineReferences(item, base, files, reading, ancestors)) || rewritten;
    return rewritten;
  }
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string' && namesFile(key, value)) {
      const url = join(base, value);
      await addFile(url, files, reading, ancestors);
      if (url !== value) {
        node[key] = url;
        rewritten = true;
      }
    } else {
      rewritten = (await inlineReferences(value, base, files, reading, ancestors)) || rewritten;
    }
  }
  return rewritten;
}

function namesFile(key: string, value: string): boolean {
  if (key === 'get_file') return true;
  // A child stack's template beside its parent's; addresses are the engine's to look at.
  if (key === 'TemplateURL') return /\.(yaml|yml|json|template)$/.test(value) && !value.includes(':');
  return (key === 'type' || key === 'Type') && /\.(yaml|yml|template)$/.test(value) && !value.includes('::');
}
