import { Command, Option } from 'commander';
import { ALL_COMMANDS, GROUPS } from '../definitions/all-commands.js';
import { authOptionNames } from '../transport/auth-options.js';
import type { CommandSpec, OptionSpec, OutputFormat } from './command-spec.js';

/** Called when a command was typed: its spec, its words and all options, the global ones included. */
export type OnCommand = (
  spec: CommandSpec,
  operands: readonly (string | readonly string[] | undefined)[],
  options: { readonly [name: string]: unknown },
) => Promise<void>;

const LIST_FORMATS: readonly OutputFormat[] = ['table', 'json', 'yaml', 'csv', 'value'];
const SHOW_FORMATS: readonly OutputFormat[] = ['table', 'json', 'yaml', 'shell', 'value'];

const EPILOGUE = `
Examples:
  baton stack create -t templates/hello-world.yaml --wait hello
  baton stack list
  baton stack update hello -t templates/hello-world.yaml --parameter size=2 --wait
  baton template validate -t template.yaml

Without a server the engine runs in this process on a data folder (--data-dir, BATON_DATA). With OS_AUTH_URL,
--os-… options or a clouds.yaml entry (--os-cloud) it speaks to that server.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not found, 130 detached by Ctrl-C.`;

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--data-dir <folder>', help: 'Data folder of the engine (BATON_DATA)' },
  { flags: '--os-cloud <name>', help: 'Entry of clouds.yaml (OS_CLOUD)' },
  { flags: '--insecure', help: 'Do not check the server’s certificate' },
  { flags: '--no-color', help: 'No colours (NO_COLOR)' },
  { flags: '-q, --quiet', help: 'No progress' },
  { flags: '--debug', help: 'Show where an unexpected error comes from' },
];

/** The parser of the command line. Only the commands that `args` may mean get their options: start-up pays for no others. */
export function buildProgram(args: readonly string[], version: () => string, onCommand: OnCommand): Command {
  const program = new Command('baton');
  program
    .description('Templates become running stacks: a declarative engine for HOT and CloudFormation.')
    .usage('[options] <command>')
    .addHelpText('after', EPILOGUE)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ subcommandTerm: (command) => command.name() });
  for (const option of GLOBAL_OPTIONS) addOption(program, option);
  for (const name of authOptionNames()) program.addOption(new Option(`--os-${name} <value>`).hideHelp());
  program.option('-V, --version', 'Print the version');
  program.on('option:version', () => {
    program.configureOutput().writeOut?.(`${version()}\n`);
    throw new VersionShown();
  });
  const groups = new Map<string, Command>([['', program]]);
  for (const group of GROUPS) {
    const command = parentOf(groups, group.path).command(lastWord(group.path)).description(group.summary);
    groups.set(group.path, command);
  }
  for (const spec of ALL_COMMANDS) addCommand(parentOf(groups, spec.path), spec, args, onCommand);
  return program;
}

/** Thrown to end parsing once the version is printed. */
export class VersionShown extends Error {}

function addCommand(parent: Command, spec: CommandSpec, args: readonly string[], onCommand: OnCommand): void {
  const command = parent.command(lastWord(spec.path)).description(spec.summary);
  const words = spec.path.split(' ');
  if (!words.every((word) => args.includes(word))) return;
  for (const operand of spec.operands ?? []) command.argument(operand);
  for (const option of spec.options ?? []) addOption(command, option);
  for (const option of outputOptions(spec)) addOption(command, option);
  command.action((...values: unknown[]) => {
    // commander hands over the operands, then the options, then the command.
    const operands = values.slice(0, -2) as (string | readonly string[] | undefined)[];
    return onCommand(spec, operands, command.optsWithGlobals());
  });
}

/** The formats of a command's result; none if it prints by itself. */
export function formatsOf(spec: CommandSpec): readonly OutputFormat[] {
  if (spec.output === undefined) return [];
  return [...(spec.output === 'list' ? LIST_FORMATS : SHOW_FORMATS), ...(spec.extraFormats ?? [])];
}

/** The options that say how a result is written, as openstackclient has them. */
export function outputOptions(spec: CommandSpec): readonly OptionSpec[] {
  const formats = formatsOf(spec);
  if (formats.length === 0) return [];
  const shared: OptionSpec[] = [
    {
      flags: '-f, --format <format>',
      help: `Format of the output (${spec.defaultFormat ?? 'table'})`,
      choices: formats,
    },
    { flags: '-c, --column <column>', help: 'Only this column; may be repeated', many: true },
    { flags: '--noindent', help: 'JSON on one line' },
    { flags: '--max-width <columns>', help: 'Widest a table may be; 0 for no bound' },
    { flags: '--fit-width', help: 'Fit tables to the terminal' },
    { flags: '--print-empty', help: 'Print a table even if it has no rows' },
  ];
  if (spec.output === 'show')
    return [...shared, { flags: '--prefix <prefix>', help: 'Put before the names of the shell format' }];
  return [
    ...shared,
    { flags: '--quote <mode>', help: 'Quotes in CSV', choices: ['all', 'minimal', 'none', 'nonnumeric'] },
    { flags: '--sort-column <column>', help: 'Order by this column; may be repeated', many: true },
  ];
}

function addOption(command: Command, spec: OptionSpec): void {
  const option = new Option(spec.flags, spec.help);
  if (spec.choices !== undefined) option.choices([...spec.choices]);
  if (spec.many) {
    option.argParser((value: string, all: string[] | undefined) => [...(all ?? []), value]);
  }
  if (spec.required) option.makeOptionMandatory();
  command.addOption(option);
}

function parentOf(groups: ReadonlyMap<string, Command>, path: string): Command {
  const parent = groups.get(path.split(' ').slice(0, -1).join(' '));
  if (parent === undefined) throw new Error(`the command "${path}" has no group`);
  return parent;
}

function lastWord(path: string): string {
  return path.split(' ').at(-1) ?? path;
}
