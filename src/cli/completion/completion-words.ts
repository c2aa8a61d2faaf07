import { ALL_COMMANDS, GROUPS } from '../definitions/all-commands.js';
import { GLOBAL_OPTIONS, outputOptions } from '../program/build-program.js';
import type { OptionSpec } from '../program/command-spec.js';

/** What may follow a command or group: words below it, and its options. */
export interface CompletionNode {
  /** `stack event`; empty for the program itself. */
  readonly path: string;
  readonly children: readonly { readonly word: string; readonly summary: string }[];
  readonly options: readonly { readonly flag: string; readonly help: string; readonly takesFile: boolean }[];
}

/** The whole tree of commands, one node for each path. */
export function completionWords(): CompletionNode[] {
  const all = [...GROUPS, ...ALL_COMMANDS];
  const paths = ['', ...all.map((entry) => entry.path)];
  return paths.map((path) => {
    const spec = ALL_COMMANDS.find((command) => command.path === path);
    const options =
      spec === undefined ? GLOBAL_OPTIONS : [...(spec.options ?? []), ...outputOptions(spec), ...GLOBAL_OPTIONS];
    return {
      path,
      children: all
        .filter((entry) => entry.path.split(' ').slice(0, -1).join(' ') === path)
        .map((entry) => ({ word: entry.path.split(' ').at(-1) ?? '', summary: entry.summary })),
      options: options.flatMap(optionWords),
    };
  });
}

function optionWords(option: OptionSpec): CompletionNode['options'] {
  const takesFile = /<(template|environment|file|folder|key=file)>/.test(option.flags);
  return option.flags
    .split(/[ ,]+/)
    .filter((word) => word.startsWith('-'))
    .map((flag) => ({ flag, help: option.help, takesFile }));
}
