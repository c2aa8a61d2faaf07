/** A version of HOT: its date, and the name of the release that brought it. */
export interface HotVersion {
  readonly version: string;
  readonly alias?: string;
}

/** All versions of HOT, oldest first. */
export const HOT_VERSIONS = [
  { version: '2013-05-23' },
  { version: '2014-10-16' },
  { version: '2015-04-30' },
  { version: '2015-10-15' },
  { version: '2016-04-08' },
  { version: '2016-10-14', alias: 'newton' },
  { version: '2017-02-24', alias: 'ocata' },
  { version: '2017-09-01', alias: 'pike' },
  { version: '2018-03-02', alias: 'queens' },
  { version: '2018-08-31', alias: 'rocky' },
  { version: '2021-04-16', alias: 'wallaby' },
] as const satisfies readonly HotVersion[];

/** The date that names a version. */
export type HotDate = (typeof HOT_VERSIONS)[number]['version'];

/** The version of a date or release name; undefined if there is none. */
export function findHotVersion(name: string): (HotVersion & { readonly version: HotDate }) | undefined {
  return HOT_VERSIONS.find((entry) => entry.version === name || ('alias' in entry && entry.alias === name));
}

/** Everything that may stand after `heat_template_version`, in Heat's order. */
export const HOT_VERSION_NAMES: readonly string[] = HOT_VERSIONS.flatMap((entry) =>
  'alias' in entry ? [entry.version, entry.alias] : [entry.version],
).sort();
