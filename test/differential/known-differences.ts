/** Scenarios (`file/name`) that end differently here on purpose; docs/heat-compatibility.md tells why. */
export const KNOWN_DIFFERENCES: readonly string[] = [
  'actions/snapshot with nested stack',
  'actions/suspend while it is created',
  'environments/requests that the real one breaks at',
  'environments/tags come and go',
  'everyday/update in place fails behind a replacement',
  'failure/removed resource comes back by rollback',
  'failure/removed resource stays when the update fails',
  'interruptions/nested stack is gone when it is updated',
  'nested/delete while the nested stack is created',
  'parameters/hidden parameter',
  'policies/property by default or in words is the same',
  'update/only metadata changes',
];
