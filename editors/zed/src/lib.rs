//! Tells Zed how to start precompass-lsp, and hands on the user's settings.

use zed_extension_api::{
    self as zed, serde_json::Value, settings::LspSettings, LanguageServerId, Result,
};

struct Precompass;

impl zed::Extension for Precompass {
    fn new() -> Self {
        Self
    }

    /// Finds the server on the PATH; Zed itself prefers `lsp.precompass-lsp.binary.path`.
    fn language_server_command(
        &mut self,
        _server: &LanguageServerId,
        worktree: &zed::Worktree,
    ) -> Result<zed::Command> {
        let command = worktree
            .which("precompass-lsp")
            .ok_or("precompass-lsp is not on the PATH: install the Python package Precompass")?;
        Ok(zed::Command {
            command,
            args: Vec::new(),
            env: worktree.shell_env(),
        })
    }

    /// Answers the server's `workspace/configuration` with `lsp.precompass-lsp.settings`.
    fn language_server_workspace_configuration(
        &mut self,
        server: &LanguageServerId,
        worktree: &zed::Worktree,
    ) -> Result<Option<Value>> {
        Ok(LspSettings::for_worktree(server.as_ref(), worktree)?.settings)
    }
}

zed::register_extension!(Precompass);
