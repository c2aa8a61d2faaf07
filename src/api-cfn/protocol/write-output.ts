import { XMLBuilder } from 'fast-xml-parser';
import type { Json, JsonMap } from '../../engine/model/value.js';
import { membersOf, type Operation, type Shape, shapeNamed, XML_NAMESPACE } from '../model/service-model.js';
import type { CfnError } from './cfn-error.js';

/** An action's result: the members of its output shape; undefined ones are left out. Times are milliseconds since the epoch. */
export type Output = { readonly [member: string]: OutputValue };
export type OutputValue = string | number | boolean | undefined | readonly OutputValue[] | Output;

/** Which form the client wants its answer in. */
export type Format = 'xml' | 'json';

/** An answer's text with its media type. */
export interface Written {
  readonly contentType: string;
  readonly body: string;
}

type XmlNode = string | { [name: string]: XmlNode | XmlNode[] };

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressEmptyNode: true });

/** What XML cannot hold, not even escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** The answer of an action that went well. */
export function writeResult(
  action: string,
  operation: Operation,
  output: Output,
  requestId: string,
  format: Format,
): Written {
  const shape = operation.output === undefined ? undefined : shapeNamed(operation.output);
  const wrapper = operation.resultWrapper ?? `${action}Result`;
  if (format === 'json') {
    const result = shape ? { [wrapper]: jsonStructure(shape, output) } : {};
    return json({ [`${action}Response`]: { ...result, ResponseMetadata: { RequestId: requestId } } });
  }
  return xml(`${action}Response`, {
    ...(shape ? { [wrapper]: xmlStructure(shape, output) } : {}),
    ResponseMetadata: { RequestId: requestId },
  });
}

/** The same for a result of plain texts in a namespace of its own. */
export function writeFlatResult(
  { action, namespace }: { readonly action: string; readonly namespace: string },
  result: { readonly [member: string]: string },
  requestId: string,
  format: Format,
): Written {
  const metadata = { ResponseMetadata: { RequestId: requestId } };
  if (format === 'json') return json({ [`${action}Response`]: { [`${action}Result`]: result, ...metadata } });
  const members = Object.fromEntries(Object.entries(result).map(([name, value]) => [name, clean(value)]));
  return xml(`${action}Response`, { [`${action}Result`]: members, ...metadata }, namespace);
}

/** The answer of an action that was refused. */
export function writeError(error: CfnError, requestId: string, format: Format): Written {
  const { type, code, message } = error;
  if (format === 'json') return json({ Error: { Code: code, Message: message, Type: type }, RequestId: requestId });
  return xml('ErrorResponse', {
    Error: { Type: type, Code: clean(code), Message: clean(message) },
    RequestId: requestId,
  });
}

function json(body: JsonMap): Written {
  return { contentType: 'application/json', body: JSON.stringify(body) };
}

function xml(root: string, content: { [name: string]: XmlNode }, namespace = XML_NAMESPACE): Written {
  const text = builder.build({ [root]: { '@xmlns': namespace, ...content } }) as string;
  // Readers of XML make line feeds of bare carriage returns; only a reference keeps them.
  return { contentType: 'text/xml', body: text.replaceAll('\r', '&#13;') };
}

function clean(text: string): string {
  return Buffer.from(text).toString().replaceAll(IMPOSSIBLE, '\ufffd');
}

function xmlStructure(shape: Shape, value: Output): XmlNode {
  const node: { [name: string]: XmlNode } = {};
  for (const member of membersOf(shape)) {
    const one = value[member.name];
    if (one !== undefined) node[member.wireName] = xmlValue(member.shape, one);
  }
  return Object.keys(node).length === 0 ? '' : node;
}

function xmlValue(shape: Shape, value: Exclude<OutputValue, undefined>): XmlNode {
  switch (shape.type) {
    case 'structure':
      return xmlStructure(shape, value as Output);
    case 'list': {
      const of = shapeNamed(shape.member ?? '');
      const items = (value as readonly OutputValue[]).filter((item) => item !== undefined);
      if (items.length === 0) return '';
      return {
        [shape.memberName ?? 'member']: items.map((item) => xmlValue(of, item as Exclude<OutputValue, undefined>)),
      };
    }
    case 'map': {
      const of = shapeNamed(shape.value ?? '');
      const entries = Object.entries(value as Output).filter(
        (entry): entry is [string, Exclude<OutputValue, undefined>] => entry[1] !== undefined,
      );
      if (entries.length === 0) return '';
      return {
        entry: entries.map(([key, one]) => ({
          [shape.keyName ?? 'key']: clean(key),
          [shape.valueName ?? 'value']: xmlValue(of, one),
        })),
      };
    }
    case 'timestamp':
      return new Date(Number(value)).toISOString();
    default:
      return clean(String(value));
  }
}

function jsonStructure(shape: Shape, value: Output): JsonMap {
  const node: JsonMap = {};
  for (const member of membersOf(shape)) {
    const one = value[member.name];
    if (one !== undefined) node[member.name] = jsonValue(member.shape, one);
  }
  return node;
}

function jsonValue(shape: Shape, value: Exclude<OutputValue, undefined>): Json {
  switch (shape.type) {
    case 'structure':
      return jsonStructure(shape, value as Output);
    case 'list': {
      const of = shapeNamed(shape.member ?? '');
      return (value as readonly OutputValue[]).flatMap((item) => (item === undefined ? [] : [jsonValue(of, item)]));
    }
    case 'map':
      return Object.fromEntries(
        Object.entries(value as Output).flatMap(([key, one]) =>
          one === undefined ? [] : [[key, jsonValue(shapeNamed(shape.value ?? ''), one)]],
        ),
      );
    case 'timestamp':
      return Number(value) / 1000;
    case 'string':
      return String(value);
    default:
      return value as Json;
  }
}
