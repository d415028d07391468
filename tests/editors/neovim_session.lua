-- What a user does in Neovim, and what the user sees.
--
-- The environment variable PRECOMPASS_TASK tells, as JSON, a part of the diagnostic to wait for,
-- then either the text to hover over and how the title of the action to choose begins, or which
-- other files to visit before; PRECOMPASS_REPORT names the file for the report, JSON too.

local PATIENCE = 20000 -- milliseconds; generous, for slow machines

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

local function hover()
  vim.fn.cursor(1, 1)
  assert(vim.fn.search('\\V' .. task.hover, 'cW') > 0)
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
  else
    see_diagnostic()
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
