import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonMap } from '../../engine/model/value.js';
import { isMap } from '../../engine/model/value.js';
import { messageOf } from '../program/error-text.js';
import { CommandError } from '../program/exit-codes.js';
import { type AuthOptions, readAuthOptions } from './auth-options.js';

/** Where clouds.yaml is looked for, first hit wins. */
export interface CloudsPlaces {
  readonly cwd: string;
  readonly home: string;
  /** OS_CLIENT_CONFIG_FILE. */
  readonly file?: string;
}

/** The entry of a cloud in clouds.yaml, secure.yaml laid over it; an unknown name is an error that lists the known ones. */
export async function readCloud(name: string, places: CloudsPlaces): Promise<AuthOptions> {
  const clouds = await readClouds('clouds', places);
  const entry = clouds[name];
  if (!isMap(entry)) {
    const known = Object.keys(clouds);
    const hint = known.length > 0 ? `; clouds.yaml has ${known.join(', ')}` : '; no clouds.yaml was found';
    throw new CommandError(`Cloud ${name} was not found${hint}.`);
  }
  const secret = (await readClouds('secure', places))[name];
  const merged = overlay(entry as JsonMap, isMap(secret) ? (secret as JsonMap) : {});
  const auth = isMap(merged.auth) ? (merged.auth as JsonMap) : {};
  const options = readAuthOptions((key) => auth[key] ?? merged[key]);
  return merged.verify === false || merged.insecure === true ? { ...options, insecure: true } : options;
}

async function readClouds(kind: 'clouds' | 'secure', places: CloudsPlaces): Promise<JsonMap> {
  const folders = [places.cwd, join(places.home, '.config', 'openstack'), '/etc/openstack'];
  const candidates = folders.flatMap((folder) => [join(folder, `${kind}.yaml`), join(folder, `${kind}.yml`)]);
  if (kind === 'clouds' && places.file !== undefined) candidates.unshift(places.file);
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return {};
  const { load } = await import('js-yaml');
  let document: unknown;
  try {
    document = load(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new CommandError(`${path} cannot be read: ${messageOf(cause)}`);
  }
  const clouds = isMap(document) ? (document as { clouds?: Json }).clouds : undefined;
  return isMap(clouds) ? (clouds as JsonMap) : {};
}

function overlay(base: JsonMap, over: JsonMap): JsonMap {
  const merged: JsonMap = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isMap(old) && isMap(value) ? overlay(old as JsonMap, value as JsonMap) : value;
  }
  return merged;
}
