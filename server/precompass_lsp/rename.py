"""Rename: a package in the files of a project."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from precompass_lsp.host import Host
from precompass_lsp.moment import Moment
from precompass_lsp.plain_text import notice
from precompass_lsp.uris import path_of
from precompass_lsp.workspace_edits import workspace_edit


def register(server: Host) -> None:
    """Let a server rename packages."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare_rename(ls: Host, params: types.PrepareRenameParams) -> types.Range | None:
        path = path_of(params.text_document.uri)
        if path is None:
            return None
        return await ls.answer(None, renamed_range, ls.moment, path, params.position)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(ls: Host, params: types.RenameParams) -> types.WorkspaceEdit | None:
        path = path_of(params.text_document.uri)
        if path is None:
            return None
        ls.forget_moment()  # what is edited must be the present state
        found = await ls.answer(None, edit_for, ls.moment, path, params.position, params.new_name)
        if isinstance(found, str):
            raise JsonRpcException(notice(found), types.LSPErrorCodes.RequestFailed.value)
        return found


def renamed_range(moment: Moment, path: Path, position: types.Position) -> types.Range | None:
    """Return the name at a place, if it can be renamed."""
    from precompass.answers.rename import renamed_span

    span = renamed_span(moment.session, path, moment.positions.offset(path, position))
    return moment.positions.range(path, span) if span is not None else None


def edit_for(
    moment: Moment, path: Path, position: types.Position, new_name: str
) -> types.WorkspaceEdit | str:
    """Return the edit that renames the package at a place, or a sentence why none can be."""
    from precompass.answers.rename import NoRename, rename
    from precompass.wording.shortening import brief

    offset = moment.positions.offset(path, position)
    edits = rename(moment.session, path, offset, new_name)
    return brief(edits.why) if isinstance(edits, NoRename) else workspace_edit(moment, edits)
