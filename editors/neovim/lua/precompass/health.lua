---:checkhealth precompass
local server = require('precompass.server')

local M = {}

-- Their names until Neovim 0.9 begin with "report_".
local health = vim.health or require('health')
local start = health.start or health.report_start
local ok = health.ok or health.report_ok
local info = health.info or health.report_info
local warn = health.warn or health.report_warn
local error = health.error or health.report_error

---Return the configuration in effect.
local function configuration()
  if server.has_own_enable then
    return vim.lsp.config.precompass
  end
  return server.configuration()
end

---Say how to name another program, in the words of this Neovim.
local function how_to_set_cmd()
  if server.has_own_enable then
    return "or name it: vim.lsp.config('precompass', { cmd = { '/full/path/to/precompass-lsp' } })"
  end
  return "or name it: vim.g.precompass = { cmd = { '/full/path/to/precompass-lsp' } }"
end

local function check_neovim()
  start('Neovim')
  local version = vim.version()
  local text = ('%d.%d.%d'):format(version.major, version.minor, version.patch)
  if vim.fn.has('nvim-0.7') == 0 then
    error(text .. ' is too old', { 'Install Neovim 0.7 or later.' })
  elseif server.has_own_enable and not vim.lsp.is_enabled('precompass') then
    warn(text .. ', and the server is switched off', { "vim.lsp.enable('precompass')" })
  else
    ok(text)
  end
end

local function check_program()
  start('The server')
  local cmd = configuration().cmd
  if type(cmd) ~= 'table' then
    info('It is started by a function of your configuration')
    return
  end
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    error(('%s is not on the PATH that Neovim was started with'):format(cmd[1]), {
      'Install it: in a clone of https://github.com/precompass/precompass, pip install .',
      how_to_set_cmd(),
    })
    return
  end
  local told = vim.trim(vim.fn.system({ path, '--version' }))
  if vim.v.shell_error ~= 0 or told == '' then
    error(('%s --version does not answer: %s'):format(path, told), {
      'Install it anew: in a clone of https://github.com/precompass/precompass, pip install .',
      how_to_set_cmd(),
    })
    return
  end
  ok(('%s is %s'):format(path, told))
end

local function check_settings()
  local settings = configuration().settings or {}
  local section = settings.precompass
  if section == nil and next(settings) ~= nil then
    warn('The settings have no section "precompass": the server reads none of them', {
      'settings = { precompass = { wideThreshold = 20 } }',
    })
  else
    info('Settings: ' .. vim.inspect(section or {}, { newline = ' ', indent = '' }))
  end
end

local function check_clients()
  start('Open files')
  local clients = server.clients()
  if #clients == 0 then
    info('No server is running: open a Project.toml or LocalPreferences.toml')
  end
  for _, client in ipairs(clients) do
    local names = {}
    for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
      if vim.lsp.buf_is_attached(buffer, client.id) then
        local path = vim.api.nvim_buf_get_name(buffer)
        table.insert(names, vim.fn.fnamemodify(path, ':~:.'))
      end
    end
    table.sort(names)
    local root = vim.fn.fnamemodify(client.config.root_dir, ':~')
    ok(('In %s, client %d: %s'):format(root, client.id, table.concat(names, ', ')))
  end
  local files = require('precompass.files')
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    local path = vim.api.nvim_buf_get_name(buffer)
    local is_open = vim.api.nvim_buf_is_loaded(buffer)
    if is_open and files.is_served(path) and #server.clients(buffer) == 0 then
      warn(('%s has no server'):format(vim.fn.fnamemodify(path, ':~:.')), {
        vim.bo[buffer].filetype ~= 'toml'
            and ('Its file type is "%s", not "toml": look for what sets it'):format(
              vim.bo[buffer].filetype
            )
          or ':Precompass log tells what went wrong',
      })
    end
  end
end

function M.check()
  check_neovim()
  check_program()
  check_settings()
  check_clients()
end

return M
