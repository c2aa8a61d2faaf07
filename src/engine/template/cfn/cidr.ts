/** Splits an address block into blocks: `count` of them, each with `bits` host bits. Throws a RangeError that says why not. */
export function splitCidr(block: string, count: number, bits: number): string[] {
  const [address = '', prefixText = ''] = block.split('/');
  const isV6 = address.includes(':');
  const width = isV6 ? 128 : 32;
  const start = isV6 ? parseV6(address) : parseV4(address);
  if (start === undefined || !/^\d{1,3}$/.test(prefixText) || Number(prefixText) > width) {
    throw new RangeError(`${block} is not a valid CIDR block`);
  }
  if (!Number.isInteger(count) || count < 1 || count > 256) throw new RangeError('count must be between 1 and 256');
  const prefix = Number(prefixText);
  const step = 1n << BigInt(bits);
  const size = 1n << BigInt(width - prefix);
  if (!Number.isInteger(bits) || bits < 0 || step > size) {
    throw new RangeError(`cidrBits ${bits} does not fit into ${block}`);
  }
  if (BigInt(count) * step > size) {
    throw new RangeError(`${block} cannot be split into ${count} blocks with ${bits} CIDR bits`);
  }
  const base = (start / size) * size;
  const format = isV6 ? formatV6 : formatV4;
  return Array.from({ length: count }, (_, index) => `${format(base + BigInt(index) * step)}/${width - bits}`);
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function formatV4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.');
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function formatV6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  );
  const longest = [...groups.join(':').matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort(
    (a, b) => b[0].length - a[0].length,
  )[0];
  if (longest === undefined) return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, longest.index)}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}
