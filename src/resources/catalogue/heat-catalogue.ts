import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceSchema, SupportStatus } from '../../engine/drivers/resource-schema.js';
import { type CompactType, inflateProperties } from './inflate.js';
import { packageRoot } from './package-root.js';

interface CompactStatus {
  readonly status?: SupportStatus['status'];
  readonly version?: string;
  readonly message?: string;
  readonly previous?: CompactStatus;
}

interface CompactEntry {
  readonly class: string;
  readonly service?: string;
  readonly entity?: string;
  readonly extension?: string;
  readonly nameLimit?: number;
  readonly can?: readonly string[];
  readonly status?: CompactStatus;
}

interface HeatIndex {
  readonly aliases: { readonly [alias: string]: string };
  readonly types: { readonly [type: string]: CompactEntry };
}

/** What a listing shows of a Heat type; all of it comes from one small file. */
export interface HeatTypeEntry {
  readonly type: string;
  readonly className: string;
  readonly service: string | undefined;
  readonly extension: string | undefined;
  readonly hidden: boolean;
  readonly supportStatus: SupportStatus;
}

const files = new Map<string, unknown>();

function readData<T>(name: string): T {
  let content = files.get(name);
  if (content === undefined) {
    const root = packageRoot();
    const source = join(root, 'src/resources/catalogue/heat', name);
    const path = existsSync(source) ? source : join(root, 'dist/catalogue/heat', name);
    content = JSON.parse(readFileSync(path, 'utf8'));
    files.set(name, content);
  }
  return content as T;
}

const heatIndex = (): HeatIndex => readData<HeatIndex>('index.json');

function inflateStatus(compact: CompactStatus = {}): SupportStatus {
  return {
    status: compact.status ?? 'SUPPORTED',
    version: compact.version ?? null,
    message: compact.message ?? null,
    previous: compact.previous ? inflateStatus(compact.previous) : null,
  };
}

/** Every Heat type by name, hidden ones too, aliases not. */
export function listHeatTypes(): readonly HeatTypeEntry[] {
  return Object.entries(heatIndex().types).map(([type, entry]) => {
    const supportStatus = inflateStatus(entry.status);
    return {
      type,
      className: entry.class,
      service: entry.service,
      extension: entry.extension,
      hidden: supportStatus.status === 'HIDDEN',
      supportStatus,
    };
  });
}

/** The names under which Heat also knows types; a trailing `*` stands for any ending (`OS::Quantum*`). */
export function heatAliases(): { readonly [alias: string]: string } {
  return heatIndex().aliases;
}

/** The name that an alias stands for, or the name itself. */
export function resolveHeatAlias(type: string): string {
  const { aliases } = heatIndex();
  if (Object.hasOwn(aliases, type)) return aliases[type] ?? type;
  for (const alias in aliases) {
    if (!alias.endsWith('*') || !type.startsWith(alias.slice(0, -1))) continue;
    return (aliases[alias] ?? alias).slice(0, -1) + type.slice(alias.length - 1);
  }
  return type;
}

/** The schema of a Heat type or alias, or undefined if Heat has no such type. */
export function readHeatSchema(name: string): ResourceSchema | undefined {
  const type = resolveHeatAlias(name);
  const index = heatIndex();
  const entry = Object.hasOwn(index.types, type) ? index.types[type] : undefined;
  if (entry === undefined) return undefined;
  const file = `${type.split('::').slice(0, 2).join('-').toLowerCase()}.json`;
  const compact = readData<{ readonly [type: string]: CompactType }>(file)[type];
  if (compact === undefined) throw new Error(`the catalogue's ${file} lacks ${type}, which its index names`);
  const can = new Set(entry.can);
  return {
    type,
    origin: 'heat',
    properties: inflateProperties(compact.properties, {}, 'replace'),
    attributes: compact.attributes,
    ...(compact.updatePolicy ? { updatePolicy: inflateProperties(compact.updatePolicy, {}, 'replace') } : {}),
    supportStatus: inflateStatus(entry.status),
    nameLimit: entry.nameLimit ?? 255,
    className: entry.class,
    ...(entry.service === undefined ? {} : { service: entry.service }),
    ...(entry.entity === undefined ? {} : { entity: entry.entity }),
    ...(entry.extension === undefined ? {} : { extension: entry.extension }),
    ...(compact.open ? { open: true } : {}),
    ...(compact.openAttributes ? { openAttributes: true } : {}),
    canSnapshot: can.has('snapshot'),
    capabilities: { check: can.has('check'), suspend: can.has('suspend'), signal: can.has('signal') },
  };
}
