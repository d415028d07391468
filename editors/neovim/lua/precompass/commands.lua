---What the command :Precompass does.
local server = require('precompass.server')

local M = {}

local function say(message)
  vim.notify('Precompass: ' .. message, vim.log.levels.WARN)
end

---Return the client of the current buffer, or say that there is none.
local function client_here()
  local client = server.clients(vim.api.nvim_get_current_buf())[1]
  if not client then
    say('no server is attached to this file; :checkhealth precompass tells why.')
  end
  return client
end

---Return the document and the position of the cursor, as the server takes them.
local function place(client)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  return { uri = params.textDocument.uri, position = params.position }
end

---Let the server carry out a command; hand its answer on, or say why there is none.
local function execute(client, command, argument, on_answer)
  local params = { command = command, arguments = { argument } }
  server.call(client, 'request', 'workspace/executeCommand', params, function(problem, answer)
    if problem then
      say(problem.message)
    elseif answer == nil or answer == vim.NIL then
      say(
        'there is nothing to tell here; put the cursor on a preference, a table of preferences '
          .. 'or a dependency.'
      )
    else
      on_answer(answer)
    end
  end, vim.api.nvim_get_current_buf())
end

---Show a text in a window of its own, which q closes.
local function show(title, text)
  vim.cmd('botright new')
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, '\n'))
  vim.api.nvim_buf_set_name(buffer, ('precompass://%d/%s'):format(buffer, title))
  vim.bo[buffer].buftype = 'nofile'
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].filetype = 'markdown'
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer })
end

---Open a file in the program that the user has for it.
local function open(path)
  if vim.ui.open then -- since Neovim 0.10
    local _, problem = vim.ui.open(path)
    if problem then
      say(problem)
    end
  else
    say('the picture is ' .. path .. ', a page for your browser.')
  end
end

---Write a web page into a new file, and open that.
local function open_page(answer)
  local path = vim.fn.tempname() .. '.html'
  vim.fn.writefile(vim.split(answer.html, '\n'), path)
  open(path)
end

---Show the picture of what a change of a preference recompiles.
---@param subject table what the server takes, as it stands in a code lens
function M.show_picture(subject)
  local client = client_here()
  if client then
    execute(client, 'precompass.picture', subject, open_page)
  end
end

local commands = {}

function commands.explain()
  local client = client_here()
  if client then
    execute(client, 'precompass.explain', place(client), function(answer)
      show(answer.title, answer.markdown)
    end)
  end
end

---Show a page about the project of the current file.
local function show_project(command, argument)
  local client = client_here()
  if client then
    local file = argument or { uri = vim.uri_from_bufnr(0) }
    execute(client, command, file, function(answer)
      show(answer.title, answer.markdown)
    end)
  end
end

---Show a project at a glance, and what the next `using` recompiles.
---@param argument table|nil what the server takes, as it stands in a code lens
function M.show_status(argument)
  show_project('precompass.status', argument)
end

function commands.status()
  M.show_status()
end

function commands.caches()
  show_project('precompass.caches')
end

function commands.picture()
  local client = client_here()
  if client then
    execute(client, 'precompass.picture', place(client), open_page)
  end
end

function commands.pending()
  local client = client_here()
  if client then
    local about = { uri = vim.uri_from_bufnr(0), pending = true }
    execute(client, 'precompass.picture', about, open_page)
  end
end

function commands.restart()
  if server.restart() == 0 then
    say('no server is running; :checkhealth precompass tells why.')
  end
end

function commands.log()
  vim.cmd('tabedit ' .. vim.fn.fnameescape(require('vim.lsp.log').get_filename()))
end

function commands.trace()
  if #server.logged == 0 then
    say("nothing is logged; set trace = 'messages' or 'verbose' in settings.precompass.")
  else
    show('trace', table.concat(server.logged, '\n'))
  end
end

---Carry out :Precompass NAME.
---@param name string
function M.run(name)
  if commands[name] then
    commands[name]()
  else
    say(('there is no :Precompass %s, but %s.'):format(name, table.concat(M.names(''), ', ')))
  end
end

---Return the names that begin so, sorted.
---@param beginning string
---@return string[]
function M.names(beginning)
  local names = vim.tbl_filter(function(name)
    return vim.startswith(name, beginning)
  end, vim.tbl_keys(commands))
  table.sort(names)
  return names
end

return M
