---Which files the server is for, and which folder it is started in.
local M = {}

local projects = { 'JuliaProject.toml', 'Project.toml' }

---Tell whether a file is one of the server's, by its name.
---@param path string
---@return boolean
function M.is_served(path)
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
---@param path string
---@return string
function M.root_of(path)
  local uv = vim.uv or vim.loop
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

return M
