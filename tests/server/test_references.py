"""References across the files of an environment, and highlights within one."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_all_places_that_name_a_package(
    editor: Editor, project: Path, preferences: Path, manifest: Path
) -> None:
    await editor.start_session(project.parent)
    editor.open(preferences)
    found = await editor.text_document_references_async(
        types.ReferenceParams(
            types.ReferenceContext(include_declaration=True),
            types.TextDocumentIdentifier(preferences.as_uri()),
            types.Position(1, 21),
        )
    )
    assert [(one.uri, one.range.start.line) for one in found or []] == [
        (preferences.as_uri(), 1),
        (project.as_uri(), 6),
        (manifest.as_uri(), 25),
    ]


async def test_the_places_of_one_file(editor: Editor, project: Path, manifest: Path) -> None:
    await editor.start_session(project.parent)
    editor.open(manifest)
    found = await editor.text_document_document_highlight_async(
        types.DocumentHighlightParams(
            types.TextDocumentIdentifier(manifest.as_uri()), types.Position(9, 9)
        )
    )
    assert [one.range.start.line for one in found or []] == [9, 26]
