"""The commands that show a project's status and its compile caches, and the watched depot."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def shown(editor: Editor, command: str, *arguments: object) -> object:
    return await editor.workspace_execute_command_async(
        types.ExecuteCommandParams(command, list(arguments))
    )


async def test_the_status_of_a_project_is_a_page(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    page = await shown(editor, "precompass.status", {"uri": preferences.as_uri()})
    assert isinstance(page, dict)
    assert page["title"].startswith("Status of ")
    assert "- **manifest:** Manifest.toml" in page["markdown"]
    assert "SnoopPrecompile.skip_precompile" in page["markdown"]


async def test_the_list_of_caches_says_how_to_delete_and_deletes_nothing(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    page = await shown(editor, "precompass.caches", {"uri": preferences.as_uri()})
    assert isinstance(page, dict)
    assert "0 cache files" in page["markdown"]
    assert "`precompass caches PACKAGE --delete` deletes caches in a terminal." in page["markdown"]


@pytest.mark.parametrize("command", ["precompass.status", "precompass.caches"])
async def test_what_has_no_project_has_no_page(
    editor: Editor, preferences: Path, command: str, tmp_path: Path
) -> None:
    await editor.start_session(preferences.parent)
    elsewhere = tmp_path / "elsewhere" / "LocalPreferences.toml"
    for argument in (None, 3, {}, {"uri": 1}, {"uri": elsewhere.as_uri()}):
        assert await shown(editor, command, argument) is None
