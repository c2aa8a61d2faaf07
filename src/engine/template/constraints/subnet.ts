import { isIPv4, isIPv6 } from 'node:net';

function prefixOfMask(mask: string): number | undefined {
  const bits = mask
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  if (/^1*0*$/.test(bits)) return bits.lastIndexOf('1') + 1;
  // A wildcard mask, e.g. 0.0.0.255, is taken for its opposite.
  return /^0*1*$/.test(bits) ? bits.lastIndexOf('0') + 1 : undefined;
}

/** Missing octets of a short IPv4 network are zeros: `10.1/16` is 10.1.0.0/16. */
function expandIPv4(address: string): string {
  const parts = address.split('.');
  return [...parts, ...Array<string>(Math.max(0, 4 - parts.length)).fill('0')].join('.');
}

/** The prefix that the address class implies where none is written. */
function classPrefix(address: string): number {
  const first = Number(address.split('.')[0]);
  if (address.split('.').length === 4) return 32;
  return first < 128 ? 8 : first < 192 ? 16 : first < 224 ? 24 : 4;
}

/**
 * Why a text is no network in CIDR form, in Neutron's words, or undefined if it is one.
 * @param unreadable the text for something that is no network at all
 */
export function subnetProblem(text: string, unreadable: (text: string) => string): string | undefined {
  if (/\s/.test(text)) return `'${text}' is not a valid IP subnet`;
  const [address = '', prefix, ...more] = text.split('/');
  if (more.length > 0 || prefix === '') return unreadable(text);
  if (isIPv6(address) && !address.includes('%')) {
    if (prefix === undefined) return `'${text}' isn't a recognized IP subnet cidr, '${address}/128' is recommended`;
    return /^\d{1,3}$/.test(prefix) && Number(prefix) <= 128 ? undefined : unreadable(text);
  }
  const full = expandIPv4(address);
  if (!isIPv4(full) || !/^[\d.]+$/.test(address)) return unreadable(text);
  const length =
    prefix === undefined
      ? classPrefix(address)
      : /^\d{1,2}$/.test(prefix)
        ? Number(prefix)
        : isIPv4(prefix)
          ? prefixOfMask(prefix)
          : undefined;
  if (length === undefined || length > 32) return unreadable(text);
  const canonical = `${full}/${length}`;
  if (canonical === text) return undefined;
  return `'${text}' isn't a recognized IP subnet cidr, '${canonical}' is recommended`;
}
