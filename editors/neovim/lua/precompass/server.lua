---The server's processes, for every Neovim since 0.7: how they are started, found and asked.
local files = require('precompass.files')

local M = {}

---What has its own name since Neovim 0.11: vim.lsp.config and vim.lsp.enable.
M.has_own_enable = vim.fn.has('nvim-0.11') == 1

local MOST_LINES = 2000

---What the servers have written into the log, the last lines of it: see the setting `trace`.
M.logged = {}

---Keep a line of the log; Neovim's own log has only warnings and errors, unless it is told more.
local function on_log_message(problem, message, context, config)
  if message then
    for _, line in ipairs(vim.split(message.message, '\n')) do
      table.insert(M.logged, line)
    end
    while #M.logged > MOST_LINES do
      table.remove(M.logged, 1)
    end
  end
  return vim.lsp.handlers['window/logMessage'](problem, message, context, config)
end

---Return how to start the server, and its settings; vim.g.precompass goes over it.
---@return { cmd: string[], settings: table, init_options: table, handlers: table }
function M.configuration()
  local chosen = vim.tbl_deep_extend('force', {
    cmd = { 'precompass-lsp' },
    settings = {},
    init_options = { commands = { 'precompass.showPicture', 'precompass.showStatus' } },
    handlers = { ['window/logMessage'] = on_log_message },
  }, vim.g.precompass or {})
  if vim.fn.has('nvim-0.8') == 0 then
    -- Neovim 0.7 tells the settings to no server that does not get them here.
    chosen.init_options = vim.tbl_extend('force', chosen.init_options, chosen.settings)
  end
  return chosen
end

---Return the clients that are connected to a server; those of a buffer, if one is given.
---@param buffer integer?
---@return table[]
function M.clients(buffer)
  local all = (vim.lsp.get_clients or vim.lsp.get_active_clients)()
  return vim.tbl_filter(function(client)
    return client.name == 'precompass'
      and (buffer == nil or vim.lsp.buf_is_attached(buffer, client.id))
  end, all)
end

local started = {} -- client by root; only for Neovim 0.7, which has no vim.lsp.start

---Start a server for a buffer, or attach the one that runs for its root.
---@param buffer integer
---@param config table with name, cmd, root_dir, settings and init_options
local function start(buffer, config)
  if vim.lsp.start then
    vim.api.nvim_buf_call(buffer, function()
      vim.lsp.start(config)
    end)
    return
  end
  local root = config.root_dir
  config.on_exit = function()
    started[root] = nil
  end
  started[root] = started[root] or vim.lsp.start_client(config)
  if started[root] then
    vim.lsp.buf_attach_client(buffer, started[root])
  end
end

---Start a server for a buffer with one of its files; before Neovim 0.11 alone, which has
---vim.lsp.enable for that.
---@param buffer integer
function M.attach(buffer)
  local config = M.configuration()
  config.name = 'precompass'
  config.root_dir = files.root_of(vim.api.nvim_buf_get_name(buffer))
  start(buffer, config)
end

---Call a method of a client, whose functions take the client itself since Neovim 0.11.
---@param client table
---@param method string
function M.call(client, method, ...)
  if M.has_own_enable then
    return client[method](client, ...)
  end
  return client[method](...)
end

---Tell the servers that Julia may have compiled since they looked.
function M.look_again()
  for _, client in ipairs(M.clients()) do
    M.call(client, 'notify', 'workspace/didChangeWatchedFiles', { changes = {} })
  end
end

---End the servers and start them anew, each for the buffers that it had.
---@return integer number of servers
function M.restart()
  local clients = M.clients()
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_filter(function(buffer)
      return vim.lsp.buf_is_attached(buffer, client.id)
    end, vim.api.nvim_list_bufs())
    M.call(client, 'stop')
    local function has_ended()
      return vim.lsp.get_client_by_id(client.id) == nil
    end
    if not vim.wait(3000, has_ended, 20) then
      M.call(client, 'stop', true)
      vim.wait(1000, has_ended, 20)
    end
    for _, buffer in ipairs(buffers) do
      start(buffer, client.config)
    end
  end
  return #clients
end

return M
