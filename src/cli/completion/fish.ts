import type { CompletionNode } from './completion-words.js';

/** A completion script for fish: `baton completion fish | source`. */
export function fishCompletion(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap((node) => {
    const condition = quote(`__baton_at ${node.path === '' ? '""' : JSON.stringify(node.path)}`);
    const children = node.children.map(
      (child) => `complete -c baton -f -n ${condition} -a ${quote(child.word)} -d ${quote(child.summary)}`,
    );
    const options = node.options.map((option) => {
      const flag = option.flag.startsWith('--') ? `-l ${option.flag.slice(2)}` : `-s ${option.flag.slice(1)}`;
      return `complete -c baton ${option.takesFile ? '-r -F' : '-f'} -n ${condition} ${flag} -d ${quote(option.help)}`;
    });
    return [...children, ...options];
  });
  const paths = nodes.map((node) => node.path).filter((path) => path !== '');
  return `# baton completion for fish
set -g __baton_paths ${paths.map(quote).join(' ')}
function __baton_at
  set -l path ""
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$path $word")
    contains -- "$next" $__baton_paths; and set path "$next"
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
