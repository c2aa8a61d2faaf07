import { type Logger, pino } from 'pino';
import type { Json, JsonMap } from '../engine/model/value.js';

/** What writes the server's log. */
export type ServerLogger = Logger;

/** Names under which a secret could slip into a line; what is under them is not written. */
const SECRET_NAME = /pass|secret|token|authori|private.?key|signature|credential/i;

/** The fields of a line without what may be secret. */
export function withoutSecrets(fields: JsonMap): JsonMap {
  const clean = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(clean);
    return typeof value === 'object' && value !== null ? withoutSecrets(value) : value;
  };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, SECRET_NAME.test(name) ? '***' : clean(value)]),
  );
}

/**
 * JSON lines on standard error, one per event, with the time in ISO 8601; standard output is for the address that the
 * server prints. Lines are written beside the requests: `flush` before the process ends.
 */
export function createLogger(level: string): ServerLogger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

/** Resolves when all that was logged is written. */
export function flushLogger(logger: ServerLogger): Promise<void> {
  return new Promise((resolve) => logger.flush(() => resolve()));
}
