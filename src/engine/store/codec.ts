import { isMap, type Json, NO_VALUE, Secret, setOwn, Unknown, type Value } from '../model/value.js';
import type { Cipher } from './cipher.js';

/** The only key of the map that stands for an encrypted secret in stored JSON. */
const SECRET_KEY = '$baton:secret';
/** Wraps a plain map that happens to look like one. */
const LITERAL_KEY = '$baton:literal';

/** Values to stored text and back: secrets are encrypted, all else is plain JSON. */
export interface Codec {
  encode(value: Value | undefined): string;
  // biome-ignore lint/suspicious/noExplicitAny: what was stored is what the caller's record type says
  decode<T = any>(text: string): T;
}

export function createCodec(cipher: Cipher): Codec {
  return {
    encode: (value) => JSON.stringify(value === undefined ? null : needsSealing(value) ? seal(value, cipher) : value),
    decode: (text) => {
      const value = JSON.parse(text);
      return text.includes('"$baton:') ? unseal(value, cipher) : value;
    },
  };
}

function needsSealing(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === NO_VALUE;
  if (value instanceof Secret || value instanceof Unknown) return true;
  if (Array.isArray(value)) return value.some(needsSealing);
  for (const key in value) {
    if (key === SECRET_KEY || key === LITERAL_KEY || needsSealing((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}

function seal(value: unknown, cipher: Cipher): Json {
  if (value instanceof Secret) return { [SECRET_KEY]: cipher.encrypt(JSON.stringify(value.reveal())) };
  if (value instanceof Unknown || value === NO_VALUE || value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => seal(item, cipher));
  if (typeof value === 'object' && value !== null) {
    const sealed: { [key: string]: Json } = {};
    for (const [key, entry] of Object.entries(value)) {
      if (entry !== undefined) setOwn(sealed, key, seal(entry, cipher));
    }
    return SECRET_KEY in sealed || LITERAL_KEY in sealed ? { [LITERAL_KEY]: sealed } : sealed;
  }
  return value as Json;
}

function unseal(value: Value, cipher: Cipher): Value {
  if (Array.isArray(value)) return value.map((item) => unseal(item, cipher));
  if (!isMap(value)) return value;
  const secret = value[SECRET_KEY];
  if (typeof secret === 'string') return new Secret(JSON.parse(cipher.decrypt(secret)));
  const literal = value[LITERAL_KEY];
  const source = isMap(literal) ? literal : value;
  const opened: { [key: string]: Value } = {};
  for (const [key, entry] of Object.entries(source)) setOwn(opened, key, unseal(entry, cipher));
  return opened;
}
