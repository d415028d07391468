"""Inlay hints, and the switch that turns them off."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


EVERYTHING = types.Range(types.Position(0, 0), types.Position(1000, 0))


async def labels(editor: Editor, path: Path) -> list[tuple[int, int, str]]:
    found = await editor.text_document_inlay_hint_async(
        types.InlayHintParams(types.TextDocumentIdentifier(path.as_uri()), EVERYTHING)
    )
    return [(one.position.line, one.position.character, str(one.label)) for one in found or []]


async def test_counts_and_versions_are_shown_inside_the_lines(
    editor: Editor, project: Path, preferences: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(preferences)
    editor.open(project)
    assert await labels(editor, preferences) == [(1, 27, "recompiles 3 of 7")]
    assert [label for _, _, label in await labels(editor, project)] == ["1.0.0", "2.0.0", "1.0.3"]


async def test_they_can_be_switched_off(editor: Editor, project: Path) -> None:
    await editor.start_session(project.parent, options={"inlayHints": False})
    editor.open(project)
    assert await labels(editor, project) == []
