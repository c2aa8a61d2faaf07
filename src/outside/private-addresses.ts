import { BlockList, isIP } from 'node:net';

const PRIVATE = networksOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  // Tunnels: an address of version 4 is inside, any one.
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
]);

/** Networks in CIDR form (`10.1.0.0/16`, or one address) as a list to check addresses by; throws for what is none. */
export function networksOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', length] = network.split('/');
    const version = isIP(address);
    const bits = version === 6 ? 128 : 32;
    const prefix = length === undefined ? bits : /^\d+$/.test(length) ? Number(length) : -1;
    if (version === 0 || prefix < 0 || prefix > bits) throw new Error(`${network} is not a network like 10.1.0.0/16`);
    list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** True if one of the networks has the address. */
export function isWithin(networks: BlockList, address: string): boolean {
  const plain = plainAddress(address);
  return networks.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** True for addresses that only some network inside has, this machine's own included. */
export function isPrivateAddress(address: string): boolean {
  const plain = plainAddress(address);
  // Mapped addresses in hexadecimal are nobody's honest way to write one.
  return /^::ffff:/i.test(plain) || isWithin(PRIVATE, plain);
}

function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}
