import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceSchema } from '../../engine/drivers/resource-schema.js';
import { type CompactType, inflateProperties } from './inflate.js';
import { packageRoot } from './package-root.js';

interface CompactAwsType extends CompactType {
  readonly class: string;
  readonly primaryIdentifier?: readonly string[];
  readonly tags?: NonNullable<ResourceSchema['tags']>;
  readonly stateful?: boolean;
  readonly snapshot?: boolean;
  readonly signal?: boolean;
}

let names: ReadonlySet<string> | undefined;

function readAwsFile(name: string): unknown {
  const path = join(packageRoot(), 'dist/catalogue/aws', name);
  if (!existsSync(path)) {
    throw new Error(`the AWS type catalogue is not complete (${name} is missing): run "npm run build" in the package`);
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The names of all AWS types, sorted. */
export function listAwsTypes(): ReadonlySet<string> {
  names ??= new Set(readAwsFile('index.json') as string[]);
  return names;
}

/** The schema of an AWS type or a `Custom::` type, or undefined if AWS has no such type. */
export function readAwsSchema(type: string): ResourceSchema | undefined {
  const stored = type.startsWith('Custom::') ? 'AWS::CloudFormation::CustomResource' : type;
  if (!listAwsTypes().has(stored)) return undefined;
  const compact = readAwsFile(`${stored.replaceAll('::', '__')}.json`) as CompactAwsType;
  return {
    type,
    origin: 'aws',
    properties: inflateProperties(compact.properties, compact.types ?? {}, 'update'),
    attributes: compact.attributes,
    supportStatus: { status: 'SUPPORTED', version: null, message: null, previous: null },
    nameLimit: 255,
    className: compact.class,
    ...(compact.primaryIdentifier ? { primaryIdentifier: compact.primaryIdentifier } : {}),
    readOnly: Object.keys(compact.attributes).filter((name) => !Object.hasOwn(compact.properties, name)),
    ...(compact.tags ? { tags: compact.tags } : {}),
    ...(compact.stateful ? { stateful: true } : {}),
    ...(compact.open ? { open: true } : {}),
    ...(compact.openAttributes ? { openAttributes: true } : {}),
    canSnapshot: compact.snapshot ?? false,
    capabilities: { check: true, suspend: false, signal: compact.signal ?? false },
  };
}
