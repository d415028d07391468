---@brief
---
--- https://github.com/precompass/precompass
---
--- Precompass, a language server for Julia's project files, manifests and preferences files: what
--- does Julia recompile if this line changes?
---
--- `precompass-lsp` can be installed with `mason`, or with `uv`:
--- ```sh
--- uv tool install precompass
--- ```
---
--- The server is attached to Julia's own TOML files only, and runs beside a server for TOML.

local patterns = {
  '^Project%.toml$',
  '^JuliaProject%.toml$',
  '^Manifest%.toml$',
  '^JuliaManifest%.toml$',
  '^Manifest%-v[%d.]+%.toml$',
  '^JuliaManifest%-v[%d.]+%.toml$',
  '^LocalPreferences%.toml$',
  '^JuliaLocalPreferences%.toml$',
  '^precompass%.toml$',
}

---@type vim.lsp.Config
return {
  cmd = { 'precompass-lsp' },
  filetypes = { 'toml' },
  root_dir = function(bufnr, on_dir)
    local path = vim.api.nvim_buf_get_name(bufnr)
    for _, pattern in ipairs(patterns) do
      if vim.fs.basename(path):find(pattern) then
        local root = vim.fs.root(path, { '.git' })
          or vim.fs.root(path, { 'JuliaProject.toml', 'Project.toml' })
        on_dir(root or vim.fs.dirname(path))
        return
      end
    end
  end,
}
