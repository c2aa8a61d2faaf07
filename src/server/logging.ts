import { type Logger, pino } from 'pino';

/** What writes the server's log. */
export type ServerLogger = Logger;

/** Names under which a secret could slip into a line; whatever is under them is not written. */
const SECRET_NAMES = ['password', 'secret', 'token', 'authorization', 'x-auth-token', 'secretKey', 'privateKey', 'signature'];

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
      redact: { paths: SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '***' },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

/** Resolves when all that was logged is written. */
export function flushLogger(logger: ServerLogger): Promise<void> {
  return new Promise((resolve) => logger.flush(() => resolve()));
}
