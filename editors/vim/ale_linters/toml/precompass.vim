" Tells ALE how to start precompass-lsp for Julia's project files, manifests and preferences files.

" ALE starts no server where there is no root.
function! s:Root(buffer) abort
  let l:path = bufname(a:buffer)
  return precompass#is_served(l:path) ? precompass#root(l:path) : ''
endfunction

call ale#linter#Define('toml', {
\   'name': 'precompass',
\   'lsp': 'stdio',
\   'executable': {-> precompass#executable()},
\   'command': {-> join(['%e'] + map(precompass#arguments(), {_, one -> ale#Escape(one)}))},
\   'project_root': function('s:Root'),
\   'initialization_options': {-> precompass#initialization_options()},
\})
