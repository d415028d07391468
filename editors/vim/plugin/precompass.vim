" Defines the commands, and tells vim-lsp how to start precompass-lsp; ALE reads
" ale_linters/toml/precompass.vim by itself.

if exists('g:loaded_precompass')
  finish
endif
let g:loaded_precompass = 1

command! -bar PrecompassStatus call precompass#show('status')
command! -bar PrecompassWhy call precompass#show('why')
command! -bar PrecompassCaches call precompass#show('caches')

augroup precompass
  autocmd!
  autocmd User lsp_setup call lsp#register_server({
    \   'name': 'precompass',
    \   'cmd': {-> [precompass#executable()] + precompass#arguments()},
    \   'allowlist': ['toml'],
    \   'root_uri': {-> lsp#utils#path_to_uri(precompass#root(lsp#utils#get_buffer_path()))},
    \   'initialization_options': precompass#initialization_options(),
    \   'workspace_config': precompass#initialization_options(),
    \ })
augroup END
