-- Precompass for Neovim 0.7 and later: attaches precompass-lsp to Julia's project files,
-- manifests and preferences files and to precompass.toml, and to no other TOML file.

if vim.g.loaded_precompass then
  return
end
vim.g.loaded_precompass = true

vim.api.nvim_create_user_command('Precompass', function(call)
  require('precompass.commands').run(call.args)
end, {
  nargs = 1,
  complete = function(beginning)
    return require('precompass.commands').names(beginning)
  end,
  desc = 'What Julia recompiles, and the server that tells',
})

-- Julia may have compiled while another window had the focus.
vim.api.nvim_create_autocmd('FocusGained', {
  group = vim.api.nvim_create_augroup('precompass-focus', {}),
  callback = function()
    require('precompass.server').look_again()
  end,
})

vim.lsp.commands['precompass.showPicture'] = function(command)
  require('precompass.commands').show_picture(command.arguments[1])
end

if vim.fn.has('nvim-0.11') == 1 then
  vim.lsp.enable('precompass')
  return
end

vim.api.nvim_create_autocmd('FileType', {
  group = vim.api.nvim_create_augroup('precompass', {}),
  pattern = 'toml',
  callback = function(event)
    if not require('precompass.files').is_served(vim.api.nvim_buf_get_name(event.buf)) then
      return
    end
    require('precompass.server').attach(event.buf)
    -- The keys that Neovim 0.11 has for these.
    vim.keymap.set('n', 'K', vim.lsp.buf.hover, { buffer = event.buf })
    vim.keymap.set('n', 'gra', vim.lsp.buf.code_action, { buffer = event.buf })
  end,
})

vim.lsp.commands['precompass.showStatus'] = function(command)
  require('precompass.commands').show_status(command.arguments[1])
end
