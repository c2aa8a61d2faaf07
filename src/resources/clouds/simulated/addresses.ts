import { isIPv4, isIPv6 } from 'node:net';

/** An address as a number, with the family it belongs to. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** A block of addresses: from its first (the network's own) to its last. */
export interface Block {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

/** Reads an IPv4 or IPv6 address; undefined if it is none. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) {
    return { version: 4, value: text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  if (!isIPv6(text) || text.includes('%')) return undefined;
  let plain = text;
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  if (tail?.[1] !== undefined && tail[2] !== undefined) {
    const low = parseAddress(tail[2])?.value ?? 0n;
    plain = `${tail[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const [head = '', rest] = plain.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = rest === undefined || rest === '' ? [] : rest.split(':');
  const zeros = rest === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return {
    version: 6,
    value: [...left, ...zeros, ...right].reduce((sum, part) => sum * 65536n + BigInt(`0x${part}`), 0n),
  };
}

/** An address as text; IPv6 in its short form. */
export function formatAddress({ version, value }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

/** Reads `10.0.0.0/24`; undefined if it is no block. Bits after the prefix are dropped. */
export function parseBlock(text: string): Block | undefined {
  const [host = '', length = ''] = text.split('/');
  const address = parseAddress(host);
  if (address === undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = address.version === 4 ? 32 : 128;
  const prefix = Number(length);
  if (prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = (address.value / size) * size;
  return { version: address.version, first, last: first + size - 1n, prefix };
}

/** A block as text. */
export function formatBlock(block: Block): string {
  return `${formatAddress({ version: block.version, value: block.first })}/${block.prefix}`;
}

/** True if two blocks have an address in common. */
export function overlap(a: Block, b: Block): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last;
}

/** The address that a host makes for itself in an IPv6 block from its MAC address (EUI-64). */
export function eui64(block: Block, mac: string): bigint {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16));
  const full = [(bytes[0] ?? 0) ^ 2, bytes[1], bytes[2], 0xff, 0xfe, bytes[3], bytes[4], bytes[5]];
  return block.first + full.reduce<bigint>((sum, byte) => sum * 256n + BigInt(byte ?? 0), 0n);
}
