"""The command that explains what is under the cursor."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def explained(editor: Editor, *arguments: object) -> object:
    return await editor.workspace_execute_command_async(
        types.ExecuteCommandParams("precompass.explain", list(arguments))
    )


def place(path: Path, line: int, character: int) -> dict[str, object]:
    return {"uri": path.as_uri(), "position": {"line": line, "character": character}}


async def test_the_client_is_told_of_the_command(editor: Editor, preferences: Path) -> None:
    answer = await editor.start_session(preferences.parent)
    provider = answer.capabilities.execute_command_provider
    assert provider is not None
    assert "precompass.explain" in provider.commands


async def test_a_preference_is_explained_on_a_page(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    page = await explained(editor, place(preferences, 1, 2))
    assert isinstance(page, dict)
    assert page["title"] == "SnoopPrecompile.skip_precompile"
    assert "Changing it recompiles 3 of 7 packages" in page["markdown"]
    assert '`["River"]`, from `LocalPreferences.toml:2`' in page["markdown"]


async def test_it_is_the_text_of_the_editor_that_counts(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    editor.change(preferences, '[SnoopPrecompile]\n\n\nskip_precompile = ["Forest"]\n')
    page = await explained(editor, place(preferences, 3, 2))
    assert isinstance(page, dict)
    assert '`["Forest"]`, from `LocalPreferences.toml:4`' in page["markdown"]


async def test_there_is_nothing_to_explain_in_what_julia_ignores(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    assert await explained(editor, place(preferences, 4, 0)) is None
    assert await explained(editor, place(preferences, 2, 0)) is None
    assert await explained(editor, {**place(preferences, 1, 2), "uri": "untitled:x"}) is None


async def test_what_is_no_place_has_no_explanation(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    for argument in (None, 3, {}, {"uri": "file:///x"}, {"uri": 1, "position": 2}):
        assert await explained(editor, argument) is None
    far = {"uri": preferences.as_uri(), "position": {"line": 10**6, "character": 10**9}}
    assert await explained(editor, far) is None
