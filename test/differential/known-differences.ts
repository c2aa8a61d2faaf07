/** Scenarios (`file/name`) that end differently here on purpose; docs/heat-compatibility.md tells why. */
export const KNOWN_DIFFERENCES: readonly string[] = [];
