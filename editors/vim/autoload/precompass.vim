" Which files the server is for, which folder it is started in, and how.

" Tell whether a file is one of the server's, by its name.
function! precompass#is_served(path) abort
  return fnamemodify(a:path, ':t') =~#
    \ '^\(precompass\|\(Julia\)\?\(Project\|LocalPreferences\|Manifest\(-v\d\+\.\d\+\)\?\)\)\.toml$'
endfunction

" Return the outermost folder around a file that has a project file, within its repository and
" below the home directory; else the file's own folder.
function! precompass#root(path) abort
  let l:home = fnamemodify('~', ':p:h')
  let l:folder = fnamemodify(a:path, ':p:h')
  let l:root = l:folder
  while 1
    for l:project in ['JuliaProject.toml', 'Project.toml']
      if filereadable(l:folder . '/' . l:project)
        let l:root = l:folder
      endif
    endfor
    let l:parent = fnamemodify(l:folder, ':h')
    if l:parent ==# l:folder || l:parent ==# l:home || !empty(getftype(l:folder . '/.git'))
      return l:root
    endif
    let l:folder = l:parent
  endwhile
endfunction

" Return the program: a name on the PATH, or a full path.
function! precompass#executable() abort
  return get(g:, 'precompass_executable', 'precompass-lsp')
endfunction

" Return the arguments of the program: where it writes its log, if the user wants one.
function! precompass#arguments() abort
  let l:file = get(g:, 'precompass_log_file', '')
  return empty(l:file) ? [] : ['--log-file', expand(l:file)]
endfunction

" Return what the server is told when it is started.
function! precompass#initialization_options() abort
  return {'precompass': get(g:, 'precompass_settings', {})}
endfunction

" Return the command line program, which is installed beside the server.
function! precompass#program() abort
  return substitute(precompass#executable(), 'precompass-lsp\ze\(\.exe\)\?$', 'precompass', '')
endfunction

" Show in a window of its own what a command says of the project that the current file is in.
function! precompass#show(command) abort
  let l:folder = expand('%:p:h')
  let l:words = [precompass#program(), a:command, '--project', l:folder, '--color', 'never']
  let l:lines = systemlist(join(map(l:words, 'shellescape(v:val)')))
  let l:name = 'precompass://' . a:command
  execute bufwinnr(l:name) > 0 ? bufwinnr(l:name) . 'wincmd w' : 'botright new'
  setlocal buftype=nofile bufhidden=wipe noswapfile nobuflisted modifiable
  silent %delete _
  call setline(1, l:lines)
  setlocal nomodifiable
  if bufname('%') !=# l:name
    silent execute 'file' fnameescape(l:name)
  endif
endfunction
