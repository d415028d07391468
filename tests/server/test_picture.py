"""The command that draws what a change recompiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

TITLE = "SnoopPrecompile.skip_precompile: changing it recompiles 3 of 7 packages"


async def drawn(editor: Editor, *arguments: object) -> Any:
    return await editor.workspace_execute_command_async(
        types.ExecuteCommandParams("precompass.picture", list(arguments))
    )


def place(path: Path, line: int, character: int) -> dict[str, object]:
    return {"uri": path.as_uri(), "position": {"line": line, "character": character}}


async def test_the_client_is_told_of_the_command(editor: Editor, preferences: Path) -> None:
    answer = await editor.start_session(preferences.parent)
    provider = answer.capabilities.execute_command_provider
    assert provider is not None
    assert "precompass.picture" in provider.commands


async def test_the_picture_of_the_preference_under_the_cursor(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    answer = await drawn(editor, place(preferences, 1, 2))
    assert answer.keys() == {"title", "html", "picture"}
    assert answer["title"] == answer["picture"]["title"] == TITLE
    assert f"<h1>{TITLE}</h1>" in answer["html"]
    assert answer["picture"]["origin"] == {"file": str(preferences), "line": 1}
    assert {unit["label"] for unit in answer["picture"]["units"]} == {
        "SnoopPrecompile",
        "River",
        "Survey",
    }


@pytest.mark.parametrize("package", ["SnoopPrecompile", "66db9d55-30c0-4569-8b51-7e840670fc0c"])
async def test_the_picture_of_what_is_named(editor: Editor, project: Path, package: str) -> None:
    await editor.start_session(project.parent)
    about = {"uri": project.as_uri(), "package": package}
    preference = await drawn(editor, {**about, "key": "skip_precompile"})
    assert preference["title"] == TITLE
    itself = await drawn(editor, {**about, "key": None})
    assert itself["title"] == "SnoopPrecompile: changing it recompiles 3 of 7 packages"


async def test_it_follows_the_text_of_the_editor(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    about = {"uri": preferences.as_uri(), "package": "SnoopPrecompile", "key": "skip_precompile"}
    editor.change(preferences, '\n[SnoopPrecompile]\nskip_precompile = ["Forest"]\n')
    answer = await drawn(editor, about)
    assert answer["picture"]["value"] == ["Forest"]
    assert answer["picture"]["origin"]["line"] == 2


async def test_there_is_nothing_to_draw(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    assert await drawn(editor, place(preferences, 2, 0)) is None
    assert await drawn(editor, place(preferences, 4, 0)) is None  # Julia ignores this table
    nowhere = {"uri": preferences.as_uri(), "package": "Nowhere", "key": None}
    assert await drawn(editor, nowhere) is None


@pytest.mark.parametrize(
    "argument", [None, 1, {}, {"uri": "file:///x"}, {"uri": 1, "package": "x"}]
)
async def test_an_argument_that_is_none_is_answered_with_nothing(
    editor: Editor, preferences: Path, argument: object
) -> None:
    await editor.start_session(preferences.parent)
    assert await drawn(editor, argument) is None
