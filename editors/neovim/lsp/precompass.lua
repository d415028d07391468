-- What vim.lsp.enable('precompass') starts, in Neovim 0.11 and later.
local files = require('precompass.files')

return vim.tbl_extend('force', require('precompass.server').configuration(), {
  filetypes = { 'toml' },
  -- Neovim attaches the server to those buffers only for which on_dir is called.
  root_dir = function(buffer, on_dir)
    local path = vim.api.nvim_buf_get_name(buffer)
    if files.is_served(path) then
      on_dir(files.root_of(path))
    end
  end,
})
