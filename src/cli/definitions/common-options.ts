import type { OptionSpec } from '../program/command-spec.js';

/** `-t`, and what it may name. */
export const TEMPLATE: OptionSpec = { flags: '-t, --template <template>', help: 'Template: a file or an address' };
/** `-e`, several. */
export const ENVIRONMENT: OptionSpec = {
  flags: '-e, --environment <environment>',
  help: 'Environment file or address; several are merged in order',
  many: true,
};
export const FILES_CONTAINER: OptionSpec = {
  flags: '-s, --files-container <container>',
  help: 'Object container that holds the files; local ones other than the template are then not sent',
};
export const PARAMETER: OptionSpec = {
  flags: '--parameter <key=value>',
  help: 'Value of a parameter; may be repeated',
  many: true,
};
export const PARAMETER_FILE: OptionSpec = {
  flags: '--parameter-file <key=file>',
  help: "Parameter whose value is a file's content; may be repeated",
  many: true,
};
export const TIMEOUT: OptionSpec = { flags: '--timeout <minutes>', help: 'Minutes after which the operation fails' };
export const TAGS: OptionSpec = { flags: '--tags <tags>', help: 'Tags of the stack, separated by commas' };
export const DRY_RUN: OptionSpec = { flags: '--dry-run', help: 'Show what would be done, and do nothing' };
export const WAIT: OptionSpec = { flags: '--wait', help: 'Wait until the operation has ended, and show how it goes' };
export const POLL: OptionSpec = {
  flags: '--poll <seconds>',
  help: 'Seconds between looks at the server while waiting (1)',
};
export const YES: OptionSpec = { flags: '-y, --yes', help: 'Do not ask' };
export const ENABLE_ROLLBACK: OptionSpec = {
  flags: '--enable-rollback',
  help: 'Undo everything if the operation fails',
};
export const OUTPUT_FILE: OptionSpec = {
  flags: '--output-file <file>',
  help: 'Write the data there instead of showing it',
};
export const LONG: OptionSpec = { flags: '--long', help: 'Show more' };

/** A hook option such as `--pre-create`. */
export function hookOption(hook: string): OptionSpec {
  return {
    flags: `--${hook} <resource>`,
    help: `Pause at the ${hook} hook of a resource; nested/name and * work; may be repeated`,
    many: true,
  };
}

/** `--nested-depth`. */
export function nestedDepth(flags = '--nested-depth <depth>'): OptionSpec {
  return { flags, help: 'Look into nested stacks down to this depth' };
}

/** `--filter key=value`, several. */
export function filter(keys: string): OptionSpec {
  return { flags: '--filter <key=value>', help: `Only those that match; keys: ${keys}; may be repeated`, many: true };
}
