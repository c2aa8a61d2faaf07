import type { JsonMap } from '../../engine/model/value.js';
import { scalarText } from '../output/scalar-text.js';

const SHOWN_LINES = 10;

/** A text moved to the right; unless `long`, only its last ten lines. */
export function indented(
  text: string,
  options: { readonly long: boolean; readonly prefix?: string; readonly postfix?: string },
): string {
  let lines = text.split('\n');
  if (!options.long && lines.length > SHOWN_LINES) {
    lines = lines.slice(-SHOWN_LINES);
    if (options.prefix !== undefined) lines.unshift(options.prefix);
    if (options.postfix !== undefined) lines.push(options.postfix);
  }
  return lines.map((line) => `    ${line}`).join('\n');
}

/** One output of a deployment; its logs as a block. */
export function deploymentOutput(values: JsonMap, name: string, long: boolean): string {
  const value = values[name] ?? null;
  if (name !== 'deploy_stdout' && name !== 'deploy_stderr') return `  ${name}: ${scalarText(value)}`;
  const postfix = '(truncated, view all with --long)';
  return `  ${name}: |\n${indented(scalarText(value), { long, prefix: '...', postfix })}`;
}
