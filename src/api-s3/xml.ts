import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from './s3-error.js';

/** What an XML document holds: texts, elements, and lists for elements that are repeated. */
export type Xml = string | number | boolean | { readonly [element: string]: XmlEntry };
export type XmlEntry = Xml | readonly Xml[] | undefined;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });
// Entities are not expanded but for the five of XML itself: no document may grow while it is read.
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
  removeNSPrefix: true,
});

/** What XML cannot hold, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A document in S3's namespace; errors have none. */
export function writeXml(
  root: string,
  content: { readonly [element: string]: XmlEntry },
  options: { readonly bare?: boolean } = {},
): string {
  const body = { ...(options.bare ? {} : { '@xmlns': NAMESPACE }), ...(clean(content) as object) };
  const text = builder.build({ [root]: body }) as string;
  // Readers of XML make line feeds of bare carriage returns; only a reference keeps them.
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text.replaceAll('\r', '&#13;')}`;
}

function clean(value: XmlEntry): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, one]) => (one === undefined ? [] : [[name, clean(one as XmlEntry)]])),
    );
  }
  return wellFormed(String(value)).replaceAll(IMPOSSIBLE, '\ufffd');
}

/** Half a surrogate pair has no UTF-8: it becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** An element that was read, with helpers for what is expected below it. */
export class XmlElement {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  /** The text of a child; undefined if there is none. */
  text(name: string): string | undefined {
    const [first] = this.all(name);
    return first?.own;
  }

  /** Its own text. */
  get own(): string | undefined {
    return typeof this.#value === 'string' ? this.#value : undefined;
  }

  child(name: string): XmlElement | undefined {
    return this.all(name)[0];
  }

  /** Every child of a name, in order. */
  all(name: string): XmlElement[] {
    const holder = this.#value;
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return [];
    return [(holder as { [name: string]: unknown })[name]].flat().map((one) => new XmlElement(one));
  }
}

/** Reads a document whose root has the given name; MalformedXML otherwise. */
export function readXml(text: string, root: string): XmlElement {
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML');
  let document: unknown;
  try {
    document = parser.parse(text);
  } catch (cause) {
    throw new S3Error('MalformedXML', undefined, {}, { cause });
  }
  const element = new XmlElement(document).child(root);
  if (!element) throw new S3Error('MalformedXML');
  return element;
}
