"""Edits of several files, in the form that the client takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from precompass_lsp.moment import Moment

if TYPE_CHECKING:
    from precompass.findings import FileEdit


def workspace_edit(moment: Moment, edits: Sequence[FileEdit]) -> types.WorkspaceEdit:
    """Return edits as one step, for the versions that they were made from if the client can."""
    if not moment.client.versioned_edits:
        return types.WorkspaceEdit(
            changes={moment.uri(edit.file): _text_edits(moment, edit) for edit in edits}
        )
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(
                    moment.uri(edit.file), moment.version(edit.file)
                ),
                _text_edits(moment, edit),
            )
            for edit in edits
        ]
    )


def _text_edits(moment: Moment, edit: FileEdit) -> list[types.TextEdit]:
    return [
        types.TextEdit(moment.positions.range(edit.file, change.span), change.new_text)
        for change in edit.edits
    ]
