/**
 * What a shell reads to complete words behind `percale`. Each asks `percale __complete WORD…`, which answers a line for each candidate and at last
 * `:0` where the shell completes files, else `:4`: the numbers of cobra, which kubectl understands too.
 */
export const SCRIPTS = {
  bash: `# source <(percale completion bash)
_percale() {
  local line words="" directive=4
  while IFS= read -r line; do
    case $line in
      :*) directive=\${line#:} ;;
      *) words+="$line"$'\\n' ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  local IFS=$'\\n'
  COMPREPLY=($words)
  if [ "$directive" = 0 ]; then compopt -o default 2>/dev/null; fi
  case \${COMPREPLY[0]} in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _percale percale calicoq kubectl-percale
`,
  zsh: `#compdef percale calicoq kubectl-percale
# source <(percale completion zsh)
_percale() {
  local -a lines
  lines=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local directive=\${lines[-1]}
  lines=("\${(@)lines[1,-2]}")
  if [ "$directive" = :0 ]; then _files; fi
  compadd -a lines
}
if [ "$funcstack[1]" = _percale ]; then _percale "$@"; else compdef _percale percale calicoq kubectl-percale; fi
`,
  fish: `# percale completion fish | source
function __percale_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
  if test "$lines[-1]" = ":0"
    __fish_complete_path (commandline -ct)
  end
  if test (count $lines) -gt 1
    printf '%s\\n' $lines[1..-2]
  end
end
complete -c percale -f -a '(__percale_complete)'
complete -c calicoq -f -a '(__percale_complete)'
`,
} as const;
