"""Code lenses, and the switch that turns them off."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from precompass.julia.uuids import SNOOP_PRECOMPILE
from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


async def titles(editor: Editor, path: Path) -> list[tuple[int, str]]:
    found = await editor.text_document_code_lens_async(
        types.CodeLensParams(types.TextDocumentIdentifier(path.as_uri()))
    )
    lenses = [(one.range.start.line, one.command) for one in found or []]
    assert all(command is not None and command.command == "" for _, command in lenses)
    return [(line, command.title) for line, command in lenses if command is not None]


async def test_tables_of_preferences_say_what_a_change_recompiles(
    editor: Editor, preferences: Path
) -> None:
    await editor.start_session(preferences.parent)
    editor.open(preferences)
    assert await titles(editor, preferences) == [(0, "Changing this recompiles 3 of 7 packages")]


async def test_they_can_be_switched_off(editor: Editor, preferences: Path) -> None:
    await editor.start_session(preferences.parent, options={"codeLenses": False})
    editor.open(preferences)
    assert await titles(editor, preferences) == []


async def test_they_open_the_picture_in_a_client_that_can_show_it(
    editor: Editor, preferences: Path
) -> None:
    options = {"commands": ["precompass.showPicture", 3]}
    await editor.start_session(preferences.parent, options=options)
    editor.open(preferences)
    found = await editor.text_document_code_lens_async(
        types.CodeLensParams(types.TextDocumentIdentifier(preferences.as_uri()))
    )
    (noticed,) = (one.command for one in found or [])
    assert noticed is not None
    assert noticed.command == "precompass.showPicture"
    (subject,) = noticed.arguments or ()
    uri, package = preferences.as_uri(), str(SNOOP_PRECOMPILE)
    assert subject == {"uri": uri, "package": package, "key": "skip_precompile"}
