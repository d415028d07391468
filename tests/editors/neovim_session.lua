-- What a user does in Neovim, and what the user sees.
--
-- The environment variable PRECOMPASS_TASK tells, as JSON, a part of the diagnostic to wait for,
-- and what to do: the text to hover over and how the title of the action to choose begins; which
-- other files to visit before; the text whose callers to list, and those whose colours to tell; the
-- configuration that shows hints and lenses; the text to explain and to draw; whether to start the
-- server anew; the lines to see in the server's log; or an array of commands to type, whose windows
-- are read. PRECOMPASS_REPORT names the file for the report, JSON too, and PRECOMPASS_PATIENCE is
-- how many seconds to wait for each thing.

local PATIENCE = 1000 * tonumber(os.getenv('PRECOMPASS_PATIENCE')) -- milliseconds

local task = vim.fn.json_decode(os.getenv('PRECOMPASS_TASK'))
local report = {}

local function wait_for(what, condition)
  assert(vim.wait(PATIENCE, condition), 'Neovim shows no ' .. what)
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
      return table.concat(lines, '\n')
    end
  end
end

local function see_diagnostic()
  wait_for('diagnostic ' .. task.diagnostic, function()
    for _, found in ipairs(vim.diagnostic.get(0)) do
      if found.message:find(task.diagnostic, 1, true) then
        return true
      end
    end
  end)
  report.diagnostics = vim.tbl_map(function(found)
    return { line = found.lnum, code = found.code, message = found.message }
  end, vim.diagnostic.get(0))
end

local function go_to(text)
  vim.fn.cursor(1, 1)
  assert(vim.fn.search('\\V' .. text, 'cW') > 0)
end

local function hover()
  go_to(task.hover)
  vim.api.nvim_feedkeys('K', 'x', false)
  wait_for('hover', floating_text)
  report.hover = floating_text()
end

local function choose_action()
  vim.ui.select = function(items, options, on_choice)
    report.offered = vim.tbl_map(options.format_item, items)
    for number, item in ipairs(items) do
      if report.offered[number]:find(task.action, 1, true) == 1 then
        on_choice(item, number)
        return
      end
    end
  end
  local before = vim.api.nvim_buf_get_changedtick(0)
  vim.api.nvim_feedkeys('gra', 'x', false)
  wait_for('edit', function()
    return vim.api.nvim_buf_get_changedtick(0) > before
  end)
end

local function virtual_text()
  local lines = {}
  for _, namespace in pairs(vim.api.nvim_get_namespaces()) do
    local marks = vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
    for _, mark in ipairs(marks) do
      local chunks = mark[4].virt_text or (mark[4].virt_lines or {})[1] or {}
      local text = table.concat(vim.tbl_map(function(chunk)
        return chunk[1]
      end, chunks))
      table.insert(lines, vim.trim(text))
    end
  end
  return table.concat(lines, '\n')
end

local function see_lenses()
  loadstring(task.hints)()
  vim.cmd('doautocmd BufEnter')
  wait_for('lens', function()
    vim.cmd('redraw!') -- when Neovim 0.12 puts lenses into the buffer
    return virtual_text():find(task.lens, 1, true)
  end)
end

local function see_hints()
  see_lenses()
  if vim.lsp.inlay_hint then
    wait_for('hint', function()
      return virtual_text():find(task.hint, 1, true)
    end)
  end
  report.virtual = virtual_text()
end

local function text_here()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

local function explain()
  go_to(task.explain)
  local buffer = vim.api.nvim_get_current_buf()
  vim.cmd('Precompass explain')
  wait_for('explanation', function()
    return vim.api.nvim_get_current_buf() ~= buffer
  end)
  report.explanation = text_here()
  vim.api.nvim_feedkeys('q', 'x', false)
  assert(vim.api.nvim_get_current_buf() == buffer, 'q does not close the explanation')
end

local function open_picture(how)
  local path
  local function take(opened)
    path = opened:match('/%S+%.html')
  end
  local before = { open = vim.ui.open, notify = vim.notify }
  vim.notify = take -- before Neovim 0.10
  if vim.ui.open then
    vim.ui.open = take
  end
  how()
  wait_for('picture', function()
    return path
  end)
  vim.ui.open, vim.notify = before.open, before.notify
  return table.concat(vim.fn.readfile(path), '\n')
end

local function draw()
  go_to(task.draw)
  report.picture = open_picture(function()
    vim.cmd('Precompass picture')
  end)
  -- The lens above the table of the preference that was drawn.
  see_lenses()
  vim.fn.search('^\\[', 'b')
  report.picture_of_lens = open_picture(vim.lsp.codelens.run)
end

local function show_project()
  local buffer = vim.api.nvim_get_current_buf()
  for _, name in ipairs({ 'status', 'caches' }) do
    vim.cmd('Precompass ' .. name)
    wait_for(name, function()
      return vim.api.nvim_get_current_buf() ~= buffer
    end)
    report[name] = text_here()
    vim.api.nvim_feedkeys('q', 'x', false)
  end
  report.pending = open_picture(function()
    vim.cmd('Precompass pending')
  end)
end

local function commands()
  report.windows = {}
  for _, command in ipairs(task.commands) do
    local before = vim.api.nvim_get_current_win()
    vim.cmd('silent ' .. command)
    table.insert(report.windows, { name = vim.fn.expand('%:t'), text = text_here() })
    if vim.api.nvim_get_current_win() ~= before then
      vim.cmd('close')
    end
  end
end

local function see_trace()
  local seen = require('precompass.server').logged
  wait_for('trace', function()
    local text = table.concat(seen, '\n')
    return #vim.tbl_filter(function(line)
      return text:find(line, 1, true)
    end, task.trace) == #task.trace
  end)
  vim.cmd('Precompass trace')
  report.trace = text_here()
end

local function see_callers()
  go_to(task.callers)
  vim.lsp.buf.incoming_calls()
  wait_for('list of callers', function()
    return #vim.fn.getqflist() > 0
  end)
  report.callers = vim.tbl_map(function(item)
    return vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ':t') .. ': ' .. item.text
  end, vim.fn.getqflist())
  vim.cmd('cclose')
end

local function see_colours()
  local function colour()
    local found = vim.inspect_pos(0, nil, nil, { semantic_tokens = true }).semantic_tokens
    return vim.tbl_map(function(token)
      return token.opts.hl_group
    end, found)
  end
  report.colours = {}
  for _, text in ipairs(task.colours) do
    go_to(text)
    wait_for('colour of ' .. text, function()
      return #colour() > 0
    end)
    report.colours[text] = colour()
  end
end

local function clients()
  return (vim.lsp.get_clients or vim.lsp.get_active_clients)()
end

local function is_attached(buffer)
  for _, client in ipairs(clients()) do
    if vim.lsp.buf_is_attached(buffer, client.id) then
      return true
    end
  end
  return false
end

local function restart()
  local before = clients()[1].id
  vim.diagnostic.reset()
  vim.cmd('Precompass restart')
  wait_for('new server alone', function()
    return #clients() == 1 and clients()[1].id ~= before
  end)
  see_diagnostic()
end

local function visit()
  report.attached = {}
  local file = vim.fn.expand('%:p')
  local buffers = {}
  for _, name in ipairs(task.visit) do
    vim.cmd('silent edit ' .. vim.fn.expand('%:p:h') .. '/' .. name)
    buffers[name] = vim.api.nvim_get_current_buf()
    vim.cmd('silent edit ' .. file)
  end
  see_diagnostic()
  for _, name in ipairs(task.visit) do
    if is_attached(buffers[name]) then
      table.insert(report.attached, name)
    end
  end
end

local function session()
  if task.visit then
    visit()
  elseif task.diagnostic then
    see_diagnostic()
  end
  if task.commands then
    commands()
  end
  if task.trace then
    see_trace()
  end
  if task.project then
    show_project()
  end
  if task.restart then
    restart()
  end
  if task.callers then
    see_callers()
  end
  if task.colours and vim.lsp.semantic_tokens then
    see_colours()
  end
  if task.hint then
    see_hints()
  end
  if task.explain then
    explain()
  end
  if task.draw then
    draw()
  end
  if task.action then
    hover()
    choose_action()
    vim.cmd('silent wall')
  end
  report.roots = vim.tbl_map(function(client)
    return client.config.root_dir
  end, clients())
end

local ok, message = pcall(session)
if not ok then
  report.failure = message
end
vim.fn.writefile({ vim.fn.json_encode(report) }, os.getenv('PRECOMPASS_REPORT'))
vim.cmd('qall!')
