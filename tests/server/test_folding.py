"""Folding ranges."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_tables_and_comments_are_folded(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences, "# for\n# now\n[Lake]\ndepth = 3\n\n[River]\nflow = 1")
    found = await editor.text_document_folding_range_async(
        types.FoldingRangeParams(types.TextDocumentIdentifier(preferences.as_uri()))
    )
    assert [(one.start_line, one.end_line, one.kind) for one in found or []] == [
        (0, 1, types.FoldingRangeKind.Comment),
        (2, 3, None),
        (5, 6, None),
    ]
