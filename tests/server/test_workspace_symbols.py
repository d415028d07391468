"""Symbols of the whole workspace: open texts over the disk, over all folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor
from support.small_environment import write_environment

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def test_names_are_found_in_every_folder(editor: Editor, tmp_path: Path) -> None:
    one, other = (write_environment(tmp_path / name) for name in ("One", "Other"))
    answer = await editor.start_session(one.parent, other.parent)
    assert answer.capabilities.workspace_symbol_provider
    found = await _named(editor, "skipre")
    place = types.Range(types.Position(1, 0), types.Position(1, 15))
    assert [(symbol.name, symbol.location) for symbol in found] == [
        (
            "skip_precompile",
            types.Location(path.with_name("LocalPreferences.toml").as_uri(), place),
        )
        for path in (one, other)
    ]
    assert found[0].kind is types.SymbolKind.Key
    assert found[0].container_name == "One SnoopPrecompile"


async def test_what_is_open_counts_as_it_is_in_the_editor(
    editor: Editor, project: Path, preferences: Path, tmp_path: Path
) -> None:
    outside = write_environment(tmp_path / "Outside")
    await editor.start_session(project.parent)
    assert len(await _named(editor, "Forest")) == 1
    editor.open(outside, outside.read_text().replace("Forest", "Wood"))
    editor.open(preferences, "")
    assert [symbol.location.uri for symbol in await _named(editor, "Wood")] == [outside.as_uri()]
    assert await _named(editor, "skip_precompile") == []


async def _named(editor: Editor, query: str) -> list[types.SymbolInformation]:
    """Return what a query finds; with its range, a symbol reads as what older clients know."""
    found = await editor.workspace_symbol_async(types.WorkspaceSymbolParams(query))
    assert found is not None
    return [symbol for symbol in found if isinstance(symbol, types.SymbolInformation)]
