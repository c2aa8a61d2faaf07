import type { CompletionNode } from './completion-words.js';

/** A completion script for bash: `source <(baton completion bash)`. */
export function bashCompletion(nodes: readonly CompletionNode[]): string {
  const cases = nodes.map((node) => {
    const words = [...node.children.map((child) => child.word), ...node.options.map((option) => option.flag)];
    return `    ${JSON.stringify(node.path)}) words=${JSON.stringify(words.join(' '))} ;;`;
  });
  const paths = nodes.map((node) => node.path).filter((path) => path !== '');
  const fileFlags = [
    ...new Set(nodes.flatMap((node) => node.options.filter((option) => option.takesFile).map((option) => option.flag))),
  ];
  return `# baton completion for bash
_baton() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path="" next word words="" i
  case "$previous" in
    ${fileFlags.join('|')}) COMPREPLY=( $(compgen -f -- "$current") ); return ;;
  esac
  for (( i = 1; i < COMP_CWORD; i++ )); do
    word="\${COMP_WORDS[i]}"
    next="\${path:+$path }$word"
    case "$next" in
      ${paths.map((path) => JSON.stringify(path)).join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=( $(compgen -W "$words" -- "$current") )
}
complete -o default -F _baton baton
`;
}
