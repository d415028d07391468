"""Renamed folders and files: the client asks which paths change with them."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.uris import path_of
from precompass_lsp.workspace_edits import workspace_edit

_OPTIONS = types.FileOperationRegistrationOptions(
    [
        types.FileOperationFilter(
            types.FileOperationPattern("**", types.FileOperationPatternKind.Folder), "file"
        ),
        types.FileOperationFilter(
            types.FileOperationPattern("**/*.{jl,toml}", types.FileOperationPatternKind.File),
            "file",
        ),
    ]
)
"""Paths in Julia's files lead to folders, manifests and sources."""


def register(server: Host) -> None:
    """Let a server keep paths right when what they lead to is renamed."""

    @server.feature(types.WORKSPACE_WILL_RENAME_FILES, _OPTIONS)
    async def will_rename_files(
        ls: Host, params: types.RenameFilesParams
    ) -> types.WorkspaceEdit | None:
        renamed = {}
        for file in params.files:
            old, new = path_of(file.old_uri), path_of(file.new_uri)
            if old is not None and new is not None:
                renamed[old] = new
        ls.forget_moment()  # what is edited must be the present state
        return await ls.answer(None, edit_for, ls.moment, renamed)


def edit_for(moment: Moment, renamed: dict[Path, Path]) -> types.WorkspaceEdit | None:
    """Return the edit that keeps the paths of all known files right, or None if all stay so."""
    from precompass.answers.renamed_files import path_edits

    edits = path_edits(moment.session, moment.julia_files, renamed)
    return workspace_edit(moment, edits) if edits else None
