import type { CommandResult } from '../output/result.js';
import type { CommandContext } from './context.js';
import type { Operands, Options } from './parsed-arguments.js';

/** One option of a command, in commander's flag notation. */
export interface OptionSpec {
  readonly flags: string;
  readonly help: string;
  /** May be given several times; its value is then a list. */
  readonly many?: true;
  readonly required?: true;
  readonly choices?: readonly string[];
}

/** What a command does; loaded only when the command runs. */
export type CommandAction = (
  context: CommandContext,
  operands: Operands,
  options: Options,
  // biome-ignore lint/suspicious/noConfusingVoidType: an action without a result just returns
) => Promise<CommandResult | void>;

/** One command as data: enough for the parser, the help and the completion, without loading its code. */
export interface CommandSpec {
  /** Words from the program's name on: `stack event list`. */
  readonly path: string;
  readonly summary: string;
  /** `<required>`, `[optional]`, `<several...>`. */
  readonly operands?: readonly string[];
  readonly options?: readonly OptionSpec[];
  /** Which result it prints: decides which of the output options it has. */
  readonly output?: 'list' | 'show';
  readonly defaultFormat?: OutputFormat;
  /** Formats besides the usual ones. */
  readonly extraFormats?: readonly OutputFormat[];
  readonly load: () => Promise<CommandAction>;
}

export type OutputFormat = 'table' | 'json' | 'yaml' | 'csv' | 'value' | 'shell' | 'log' | 'dot' | 'mermaid' | 'svg';

/** A word that groups commands, with what its help says. */
export interface GroupSpec {
  readonly path: string;
  readonly summary: string;
}
