"""What an editor shows at one place is said once: by a lens, a hint, a finding or a hover."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor_client import Editor

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]

RICH = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        code_lens=types.CodeLensClientCapabilities(),
        inlay_hint=types.InlayHintClientCapabilities(),
    )
)
EVERYTHING = types.Range(types.Position(0, 0), types.Position(1000, 0))
COUNT = re.compile(r"\d+ of \d+")


async def shown_in_the_text(editor: Editor, path: Path) -> list[str]:
    """What is on the screen while the pointer rests nowhere: lenses, hints, findings."""
    document = types.TextDocumentIdentifier(path.as_uri())
    lenses = await editor.text_document_code_lens_async(types.CodeLensParams(document))
    hints = await editor.text_document_inlay_hint_async(types.InlayHintParams(document, EVERYTHING))
    diagnostics = (await editor.diagnostics_of(path)).diagnostics
    return [
        *(one.command.title for one in lenses or [] if one.command is not None),
        *(str(one.label) for one in hints or []),
        *(one.message for one in diagnostics),
    ]


async def test_a_count_is_on_the_screen_once(editor: Editor, preferences: Path) -> None:
    on = {"showsLenses": True}
    await editor.start_session(preferences.parent, capabilities=RICH, options=on)
    editor.open(preferences)
    shown = await shown_in_the_text(editor, preferences)
    assert [text for text in shown if COUNT.search(text)] == [
        "Changing this recompiles 3 of 7 packages"
    ]


async def test_where_neither_lenses_nor_hints_are_shown_the_finding_has_the_count(
    editor: Editor, preferences: Path
) -> None:
    off = {"codeLenses": False, "inlayHints": False, "showsLenses": True}
    await editor.start_session(preferences.parent, capabilities=RICH, options=off)
    editor.open(preferences)
    shown = await shown_in_the_text(editor, preferences)
    (count,) = [text for text in shown if COUNT.search(text)]
    assert count.startswith("Changing this list recompiles 3 of 7 packages: ")


async def test_a_version_that_a_hint_shows_is_not_in_the_hover(
    editor: Editor, project: Path
) -> None:
    await editor.start_session(project.parent, capabilities=RICH)
    editor.open(project)
    hover = await editor.hover_at(project, 5, 2)
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.value.startswith("**Forest**\n")
    assert "1.0.0" not in hover.contents.value


async def test_two_findings_about_one_name_are_one(editor: Editor, project: Path) -> None:
    compat = 'julia = "1.10"\nForest = "1"\nRiver = "2"\nSnoopPrecompile = "1"\n'
    text = f"{project.read_text()}\n[compat]\n{compat}"
    text = text.replace("[deps]\n", '[deps]\nSea = "7f4c7c4a-1b6f-4a0a-9d56-1f0e5a7a1c05"\n')
    await editor.start_session(project.parent)
    editor.open(project, text)
    found = (await editor.diagnostics_of(project)).diagnostics
    at_sea = [one for one in found if one.range.start == types.Position(5, 0)]
    (only,) = at_sea
    assert only.code == "missing-from-manifest"
    first, second = only.message.split("\n")
    assert "manifest" in first.casefold()
    assert "compat" in second
