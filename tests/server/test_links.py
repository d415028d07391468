"""Document links, and their pages that are found when they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_paths_and_repositories_are_links(editor: Editor, project: Path) -> None:
    lake = project.parent / "Lake"
    lake.mkdir()
    lake.joinpath("Project.toml").write_text('name = "Lake"\n')
    text = '[sources]\nLake = {path = "Lake"}\nSea = {url = "git@example.org:Sea.jl.git"}\n'
    await editor.start_session(project.parent)
    editor.open(project, text)
    found = await editor.text_document_document_link_async(
        types.DocumentLinkParams(types.TextDocumentIdentifier(project.as_uri()))
    )
    assert found is not None
    assert [(link.range.start.line, link.target) for link in found] == [
        (1, lake.joinpath("Project.toml").as_uri()),
        (2, "https://example.org/Sea.jl"),
    ]


async def test_a_link_that_nobody_knows_stays_without_a_target(
    editor: Editor, project: Path
) -> None:
    await editor.start_session(project.parent)
    nowhere = types.Range(types.Position(0, 0), types.Position(0, 1))
    for data in ("7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c02", "no uuid", None, [1]):
        link = await editor.document_link_resolve_async(types.DocumentLink(nowhere, data=data))
        assert link.target is None
