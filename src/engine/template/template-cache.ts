import { type ParsedTemplate, parseTemplate, type TemplateOptions } from './parse-template.js';

/** How much template text is kept parsed, in characters; a parsed template takes some twenty times its text. */
const MAX_CACHED_CHARACTERS = 4_000_000;

const cache = new Map<string, ParsedTemplate>();
let cachedCharacters = 0;

/**
 * Parses a template's text, or takes it from the cache: a thousand nested stacks of one template parse it once. Only
 * texts whose meaning does not depend on anything but themselves are kept: no transforms, no mistakes.
 */
export function parseCached(text: string, options: TemplateOptions = {}): ParsedTemplate {
  const key = `${options.source ?? ''}\0${text}`;
  const known = cache.get(key);
  if (known) {
    cache.delete(key);
    cache.set(key, known);
    return known;
  }
  const parsed = parseTemplate(text, options);
  if (!parsed.template || parsed.template.transforms.length > 0 || parsed.diagnostics.length > 0) return parsed;
  if (text.includes('Fn::Transform') || text.includes('!Transform')) return parsed;
  cache.set(key, parsed);
  cachedCharacters += key.length;
  while (cachedCharacters > MAX_CACHED_CHARACTERS && cache.size > 1) {
    const [oldest] = cache.keys();
    if (oldest === undefined) break;
    cache.delete(oldest);
    cachedCharacters -= oldest.length;
  }
  return parsed;
}
