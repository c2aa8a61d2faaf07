/** The twelve-digit account number of a project: always the same for the same project; one that is such a number is its own. */
export function accountOf(projectId: string): string {
  if (/^\d{12}$/.test(projectId)) return projectId;
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(projectId)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return String((hash % 900_000_000_000n) + 100_000_000_000n);
}

/** The AWS partition that a region belongs to. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
