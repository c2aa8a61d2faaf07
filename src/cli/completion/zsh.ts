import type { CompletionNode } from './completion-words.js';

/** A completion script for zsh: `source <(baton completion zsh)`, or a file `_baton` in `fpath`. */
export function zshCompletion(nodes: readonly CompletionNode[]): string {
  const cases = nodes.map((node) => {
    const children = node.children.map((child) => quote(`${child.word}:${child.summary}`)).join(' ');
    const options = node.options.map((option) => quote(`${option.flag}:${option.help}`)).join(' ');
    return `    ${quote(node.path)}) commands=(${children}); options=(${options}) ;;`;
  });
  const paths = nodes.map((node) => node.path).filter((path) => path !== '');
  const fileFlags = [
    ...new Set(nodes.flatMap((node) => node.options.filter((option) => option.takesFile).map((option) => option.flag))),
  ];
  return `#compdef baton
_baton() {
  local path="" next word
  local -a commands options
  case "\${words[CURRENT-1]}" in
    ${fileFlags.join('|')}) _files; return ;;
  esac
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${path:+$path }$word"
    case "$next" in
      ${paths.map(quote).join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  (( \${#commands} )) && _describe -t commands 'command' commands
  if [[ "\${words[CURRENT]}" == -* ]] || (( ! \${#commands} )); then
    _describe -t options 'option' options
  fi
}
if [[ "$funcstack[1]" == _baton ]]; then _baton "$@"; else compdef _baton baton; fi
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
