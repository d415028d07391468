"""Selections that grow."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_a_selection_grows_to_the_file(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    found = await editor.text_document_selection_range_async(
        types.SelectionRangeParams(
            types.TextDocumentIdentifier(preferences.as_uri()), [types.Position(4, 9)]
        )
    )
    assert found is not None
    grown = []
    one: types.SelectionRange | None = found[0]
    while one is not None:
        grown.append((one.range.start.line, one.range.start.character, one.range.end.line))
        one = one.parent
    assert grown == [(4, 8, 4), (4, 0, 4), (3, 0, 4), (0, 0, 5)]
