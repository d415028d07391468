-- Precompass for Neovim 0.7 and later: attaches precompass-lsp to Julia's project files,
-- manifests and preferences files and to precompass.toml, and to no other TOML file.
--
-- Copy this file to ~/.config/nvim/plugin/precompass.lua; Neovim loads it by itself.

-- How to start the server: a name on the PATH, or a full path.
local cmd = { 'precompass-lsp' }

-- The settings, all optional, for example { precompass = { wideThreshold = 20 } }.
local settings = {}

local uv = vim.uv or vim.loop
local projects = { 'JuliaProject.toml', 'Project.toml' }

---Tell whether a file is one of the server's, by its name.
local function is_served(path)
  local name = vim.fn.fnamemodify(path, ':t')
  if name == 'precompass.toml' then
    return true
  end
  name = name:gsub('^Julia', '')
  return name == 'Project.toml'
    or name == 'Manifest.toml'
    or name == 'LocalPreferences.toml'
    or name:match('^Manifest%-v%d+%.%d+%.toml$') ~= nil
end

---Return the outermost folder around a file that has a project file, within its repository
---and below the home directory; else the file's own folder.
local function root_of(path)
  local home = uv.os_homedir()
  local folder = vim.fn.fnamemodify(path, ':p:h')
  local root = folder
  while true do
    for _, project in ipairs(projects) do
      if uv.fs_stat(folder .. '/' .. project) then
        root = folder
      end
    end
    local parent = vim.fn.fnamemodify(folder, ':h')
    if parent == folder or parent == home or uv.fs_stat(folder .. '/.git') then
      return root
    end
    folder = parent
  end
end

if vim.lsp.config then -- Neovim 0.11 and later
  vim.lsp.config('precompass', {
    cmd = cmd,
    filetypes = { 'toml' },
    settings = settings,
    -- Neovim attaches the server to those buffers only for which on_dir is called.
    root_dir = function(buffer, on_dir)
      local path = vim.api.nvim_buf_get_name(buffer)
      if is_served(path) then
        on_dir(root_of(path))
      end
    end,
  })
  vim.lsp.enable('precompass')
  return
end

local clients = {} -- by root; only for Neovim 0.7, which has no vim.lsp.start

---Start the server for a buffer, or attach the one that runs for its root.
local function attach(buffer, root)
  local config = {
    name = 'precompass',
    cmd = cmd,
    root_dir = root,
    settings = settings,
    -- Neovim 0.7 tells the settings to no server that does not get them here.
    init_options = next(settings) and settings or nil,
    on_exit = function()
      clients[root] = nil
    end,
  }
  if vim.lsp.start then
    vim.lsp.start(config)
    return
  end
  clients[root] = clients[root] or vim.lsp.start_client(config)
  if clients[root] then
    vim.lsp.buf_attach_client(buffer, clients[root])
  end
end

vim.api.nvim_create_autocmd('FileType', {
  group = vim.api.nvim_create_augroup('precompass', {}),
  pattern = 'toml',
  callback = function(event)
    local path = vim.api.nvim_buf_get_name(event.buf)
    if not is_served(path) then
      return
    end
    attach(event.buf, root_of(path))
    -- The keys that Neovim 0.11 has for these.
    vim.keymap.set('n', 'K', vim.lsp.buf.hover, { buffer = event.buf })
    vim.keymap.set('n', 'gra', vim.lsp.buf.code_action, { buffer = event.buf })
  end,
})
