" What a user does in Vim, and what the user sees.
"
" The environment variable PRECOMPASS_TASK tells, as JSON, the client in use, a part of the
" diagnostic to wait for, and the text to hover over, whose first action is chosen, or which other
" files to visit before, and which of them the server is for; PRECOMPASS_REPORT names the file for
" the report, JSON too, and PRECOMPASS_PATIENCE is how many seconds to wait for each thing.
" Vim runs in a terminal here and types, because both clients ask there which action to apply.

let s:patience = str2float($PRECOMPASS_PATIENCE) / 0.05 " ticks of 50 milliseconds
let s:task = json_decode($PRECOMPASS_TASK)
let s:report = {}
let s:steps = []
let s:ticks = 0

function! s:End() abort
  call writefile([json_encode(s:report)], $PRECOMPASS_REPORT)
  qall!
endfunction

" Try the next step; go to the one behind when it tells that it is done.
function! s:Tick(timer) abort
  if empty(s:steps)
    return s:End()
  endif
  let [l:what, l:Step] = s:steps[0]
  try
    let l:is_done = l:Step()
  catch
    let s:report.failure = v:exception . ' at ' . v:throwpoint
    return s:End()
  endtry
  if l:is_done
    call remove(s:steps, 0)
    let s:ticks = 0
    return
  endif
  let s:ticks += 1
  if s:ticks > s:patience
    let s:report.failure = 'Vim shows no ' . l:what
    call s:End()
  endif
endfunction

function! s:Then(what, step) abort
  call add(s:steps, [a:what, a:step])
endfunction

" Type keys as soon as Vim waits for a command.
function! s:Type(what, keys) abort
  call s:Then(a:what, {-> mode() ==# 'n' && [feedkeys(a:keys, 't')] == [0]})
endfunction

function! s:SeeDiagnostic() abort
  let s:report.diagnostics = s:Diagnostics()
  return !empty(filter(copy(s:report.diagnostics), {_, text -> stridx(text, s:task.diagnostic) >= 0}))
endfunction

function! s:Diagnostics() abort
  if s:task.client ==# 'ale'
    return map(getloclist(0), {_, item -> item.text})
  endif
  let l:found = []
  for l:of in values(lsp#internal#diagnostics#state#_get_all_diagnostics_grouped_by_server_for_uri(
    \ lsp#utils#get_buffer_uri(bufnr(''))))
    let l:found += map(copy(l:of.params.diagnostics), {_, item -> item.message})
  endfor
  return l:found
endfunction

function! s:GoTo(text) abort
  call cursor(1, 1)
  return search('\V' . a:text, 'cW') > 0
endfunction

" Return the text of the preview window or the window that floats.
function! s:SeeHover() abort
  for l:window in range(1, winnr('$'))
    if getwinvar(l:window, '&previewwindow')
      let s:report.hover = join(getbufline(winbufnr(l:window), 1, '$'), "\n")
    endif
  endfor
  for l:popup in popup_list()
    let s:report.hover = join(getbufline(winbufnr(l:popup), 1, '$'), "\n")
  endfor
  return !empty(get(s:report, 'hover', ''))
endfunction

function! s:Attached(buffer) abort
  if s:task.client ==# 'ale'
    return !empty(filter(values(ale#lsp#GetConnections()),
      \ {_, connection -> has_key(connection.open_documents, a:buffer)}))
  endif
  return index(lsp#get_allowed_servers(a:buffer), 'precompass') >= 0
endfunction

function! s:SeeAttached() abort
  let s:report.attached = filter(copy(s:task.visit), {_, name -> s:Attached(bufnr(name))})
  return empty(filter(copy(get(s:task, 'served', [])), {_, name -> index(s:report.attached, name) < 0}))
endfunction

let s:file = expand('%:p')
for s:name in get(s:task, 'visit', [])
  execute 'edit' fnameescape(expand('%:p:h') . '/' . s:name)
endfor
execute 'edit' fnameescape(s:file)
call s:Then('diagnostic ' . s:task.diagnostic, function('s:SeeDiagnostic'))
if has_key(s:task, 'visit')
  call s:Then('server of the other files', function('s:SeeAttached'))
else
  let [s:hover, s:action] = s:task.client ==# 'ale' ? ['ALEHover', 'ALECodeAction'] :
    \ ['LspHover', 'LspCodeAction']
  call s:Then(s:task.hover, {-> s:GoTo(s:task.hover)})
  call s:Type('prompt', ':' . s:hover . "\<CR>")
  call s:Then('hover', function('s:SeeHover'))
  call s:Then('title', {-> s:GoTo(s:task.hover)})
  let s:before = b:changedtick
  call s:Type('prompt', ':' . s:action . "\<CR>")
  " Both clients list the actions and wait; the first is the one to choose.
  call s:Then('choice', {-> s:task.client ==# 'ale' ? mode() ==# 'c' : &filetype =~# 'quickpick'})
  call s:Then('choice', {-> [feedkeys(s:task.client ==# 'ale' ? "1\<CR>" : "\<CR>", 't')] == [0]})
  call s:Then('edit', {-> getbufvar(bufnr(s:file), 'changedtick') > s:before})
  call s:Then('prompt', {-> mode() ==# 'n'})
  call s:Then('file', {-> execute('wall') isnot 0})
endif
call timer_start(50, function('s:Tick'), {'repeat': -1})
