/** An expression that cannot be parsed or evaluated; the message is YAQL's own where it has one. */
export class YaqlError extends Error {
  override readonly name = 'YaqlError';
}
