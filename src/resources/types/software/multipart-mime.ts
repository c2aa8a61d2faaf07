import type { SoftwarePort } from '../../../engine/drivers/stack-access.js';
import { derivedId } from '../../../engine/model/ids.js';
import type { JsonMap } from '../../../engine/model/value.js';
import { asFilled, asText } from '../../json-access.js';

/** One part of a message for cloud-init. */
export interface MimePart {
  readonly content: string;
  readonly subtype: string;
  readonly filename: string | undefined;
}

const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** The message of a MultipartMime's parts; a part may name another config, or be a message whose parts are taken over. */
export async function mimeMessage(software: SoftwarePort, parts: readonly JsonMap[], seed: string): Promise<string> {
  const all: MimePart[] = [];
  for (const part of parts) {
    const given = asText(part.config) ?? '';
    const stored = UUID.test(given) ? await software.config(given) : undefined;
    const content = stored ? (asText(stored.config) ?? JSON.stringify(stored.config)) : given;
    if (asText(part.type) === 'multipart') all.push(...(parseMultipart(content) ?? []));
    else all.push(partOf(content, asFilled(part.subtype), asFilled(part.filename)));
  }
  return formatMultipart(all, seed);
}

/** A part of a message; without a subtype the file's name tells it. */
export function partOf(content: string, subtype: string | undefined, filename: string | undefined): MimePart {
  return { content, subtype: subtype ?? filename?.replace(/(?<=.)\.[^.]*$/, '') ?? 'plain', filename };
}

/** A MIME message as Python's email package writes it; the boundary is the same for the same seed. */
export function formatMultipart(parts: readonly MimePart[], seed: string): string {
  const boundary = boundaryFor(parts, seed);
  const written = parts.map(formatPart).map((text) => `--${boundary}\n${text}\n`);
  const body = written.length > 0 ? written.join('') : `--${boundary}\n\n`;
  return `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n${body}--${boundary}--\n`;
}

function formatPart({ content, subtype, filename }: MimePart): string {
  const isAscii = Buffer.byteLength(content) === content.length;
  const headers = [
    `Content-Type: text/${subtype}; charset="${isAscii ? 'us-ascii' : 'utf-8'}"`,
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${isAscii ? '7bit' : 'base64'}`,
    ...(filename === undefined ? [] : [`Content-Disposition: attachment; filename="${filename}"`]),
  ];
  return `${headers.join('\n')}\n\n${isAscii ? content : base64Lines(content)}`;
}

function base64Lines(content: string): string {
  const text = Buffer.from(content, 'utf8').toString('base64');
  return `${(text.match(/.{1,76}/g) ?? []).join('\n')}\n`;
}

function boundaryFor(parts: readonly MimePart[], seed: string): string {
  for (let turn = 0; ; turn++) {
    const digits = BigInt(`0x${derivedId('boundary', seed, String(turn)).replaceAll('-', '').slice(0, 15)}`);
    const boundary = `===============${String(digits % 10_000_000_000_000_000_000n).padStart(19, '0')}==`;
    if (!parts.some((part) => part.content.includes(boundary))) return boundary;
  }
}

/** The parts of a message; undefined if the text is no multipart message. */
export function parseMultipart(text: string): MimePart[] | undefined {
  const { headers, body } = splitHeaders(text);
  const type = headers.get('content-type') ?? '';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!type.toLowerCase().startsWith('multipart/') || boundary === undefined) return undefined;
  const pieces = `\n${body.replaceAll('\r\n', '\n')}`.split(`\n--${boundary}`).slice(1);
  return pieces.filter((piece) => !piece.startsWith('--')).map((piece) => parsePart(piece.replace(/^[ \t]*\n/, '')));
}

function parsePart(text: string): MimePart {
  const { headers, body } = splitHeaders(text);
  const subtype = /^[^/;]+\/([^;\s]+)/.exec(headers.get('content-type') ?? '')?.[1] ?? 'plain';
  const filename = /filename="?([^";]+)"?/i.exec(headers.get('content-disposition') ?? '')?.[1];
  const isEncoded = headers.get('content-transfer-encoding')?.trim().toLowerCase() === 'base64';
  return { content: isEncoded ? Buffer.from(body, 'base64').toString('utf8') : body, subtype, filename };
}

function splitHeaders(text: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const normal = text.replaceAll('\r\n', '\n');
  const end = normal.indexOf('\n\n');
  const head = end < 0 ? normal : normal.slice(0, end);
  const lines = head.replace(/\n[ \t]+/g, ' ').split('\n');
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] : [];
  });
  return { headers: new Map(headers), body: end < 0 ? '' : normal.slice(end + 2) };
}
