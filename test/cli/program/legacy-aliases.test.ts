import { ALL_COMMANDS } from '../../../src/cli/definitions/all-commands.js';
import { LEGACY_COMMANDS, modernize } from '../../../src/cli/program/legacy-aliases.js';

const takesValue = (word: string): boolean => word === '--data-dir';

test.each([
  { reason: 'a plain alias', args: ['stack-list', '-f', 'json'], words: ['stack', 'list', '-f', 'json'] },
  {
    reason: 'after a global option with a value',
    args: ['--data-dir', 'event', 'stack-show', 'x'],
    words: ['--data-dir', 'event', 'stack', 'show', 'x'],
  },
  {
    reason: 'a template by -f',
    args: ['stack-create', '-f', 't.yaml', 'x'],
    words: ['stack', 'create', '--template', 't.yaml', 'x'],
  },
  {
    reason: '-f stays a format if it names one',
    args: ['stack-create', '-f', 'json', 'x'],
    words: ['stack', 'create', '-f', 'json', 'x'],
  },
  {
    reason: 'long options',
    args: ['stack-update', '--template-file=t', '--environment-file', 'e'],
    words: ['stack', 'update', '--template=t', '--environment', 'e'],
  },
  {
    reason: 'the timeout by -c',
    args: ['stack-create', '-c', '20', 'x'],
    words: ['stack', 'create', '--timeout', '20', 'x'],
  },
  {
    reason: 'openstackclient’s prefix',
    args: ['orchestration', 'template', 'validate'],
    words: ['template', 'validate'],
  },
  {
    reason: 'a stack called like an alias is left alone',
    args: ['stack', 'show', 'stack-list'],
    words: ['stack', 'show', 'stack-list'],
  },
  { reason: 'nothing', args: [], words: [] },
])('$reason', ({ args, words }) => {
  expect(modernize(args, takesValue)).toEqual(words);
});

test('every alias leads to a command that is there', () => {
  const paths = ALL_COMMANDS.map((spec) => spec.path);
  for (const target of Object.values(LEGACY_COMMANDS)) expect(paths).toContain(target.replace(/ --.*$/, ''));
});
