import { bashCompletion } from '../completion/bash.js';
import { completionWords } from '../completion/completion-words.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';
import type { CommandAction } from '../program/command-spec.js';
import { UsageError } from '../program/exit-codes.js';

/** `baton completion`. */
export const printCompletion: CommandAction = async (context, operands) => {
  const shell = operands.at(0);
  const words = completionWords();
  const scripts: { readonly [name: string]: () => string } = {
    bash: () => bashCompletion(words),
    zsh: () => zshCompletion(words),
    fish: () => fishCompletion(words),
  };
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined) throw new UsageError(`completion: ${shell} is not known; bash, zsh and fish are`);
  context.terminal.out.write(script());
};
